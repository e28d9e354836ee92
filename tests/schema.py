"""A database by the squashed migrations beside one by their single steps: `make schema`."""

import difflib
import os
import re
import subprocess
import sys
import time

import django
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from compliance_app.run import roles
from compliance_app.run.binaries import find_binaries
from compliance_app.run.postgres import Server
from tests.database import SERVER

SQUASHED = "squashed"
NAMES = (SQUASHED, "single")
FIRST = ("reviews", "0001_tables")
HEADING = re.compile(r"^--\n-- (?:Data for )?Name: ", re.MULTILINE)
TABLE = "; Type: TABLE; "
AT_LEAST = 1_000
"""Objects; a comparison of two empty databases would find no difference, too."""


def main() -> int:
    django.setup()
    try:
        SERVER.start()
        squashed, single = (_schema(SERVER, name) for name in NAMES)
    finally:
        connections.close_all()
        SERVER.stop()
    differences = list(difflib.unified_diff(squashed, single, *NAMES, n=1, lineterm=""))
    print(*differences, f"{len(squashed)} objects, {len(differences)} lines differ", sep="\n")
    return int(bool(differences) or len(squashed) < AT_LEAST)


def _schema(server: Server, name: str) -> list[str]:
    """What stands in a database of that name, once it is made in that way."""
    _create(server, name)
    began = time.monotonic()
    done = _migrate(name, is_squashed=name == SQUASHED)
    print(f"{name}: {time.monotonic() - began:.1f} s", file=sys.stderr)
    return sorted([*done, *(_normal(each) for each in HEADING.split(_dump(server, name))[1:])])


def _create(server: Server, name: str) -> None:
    with server.connect("postgres") as connection:
        connection.execute(f"CREATE DATABASE {name}")
    with server.connect(name) as connection:
        for statement in roles.statements(
            database=name,
            owner_password=server.secrets[roles.OWNER],
            app_password=server.secrets[roles.APP],
        ):
            connection.execute(statement)


def _migrate(name: str, *, is_squashed: bool) -> list[str]:
    """Gives the migrations that are recorded then: the same in both ways."""
    connection = connections["owner"]
    connection.close()
    connection.settings_dict["NAME"] = name
    if not is_squashed:
        first = MigrationExecutor(connection)
        first.loader = MigrationLoader(connection, replace_migrations=False)
        first.migrate([FIRST])  # a database that has one step goes on by the others
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    return [" ".join(key) for key in executor.recorder.applied_migrations()]


def _dump(server: Server, name: str) -> str:
    """Schema, rights and rows."""
    command = [str(find_binaries() / "pg_dump"), "-h", str(server.socket_directory),
               "-U", "postgres", "-T", "django_migrations*", "--column-inserts", name]  # fmt: skip
    environment = os.environ | {"PGPASSWORD": server.secrets["postgres"]}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def _normal(described: str) -> str:
    """Without the marks of this one dump; a table's columns in any order."""
    lines = [line for line in described.splitlines() if line not in ("", "--") and line[0] != "\\"]
    if TABLE in lines[0]:
        lines[1:] = sorted(line.rstrip(",") for line in lines[1:])
    return "\n".join(lines)


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "compliance_app.settings"
    sys.exit(main())
