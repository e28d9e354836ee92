"""A database of a measurement's own, and processes on it, all on one core."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from compliance_app.run import roles
from compliance_app.run.postgres import Server

ROOT = Path(__file__).parent.parent


def pinned() -> int | None:
    """The one core that this process and all it starts may use; None where it cannot be."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    return core


@contextmanager
def server(kept: Path | None = None) -> Iterator[Server]:
    """A migrated database as an installation has it: in the directory `kept`, or a fresh one."""
    base = kept or Path(tempfile.mkdtemp(prefix="vb-bench-"))
    base.mkdir(parents=True, exist_ok=True)
    base.chmod(0o755)  # as root the server's user passes through; what lies inside is 0700 or 0600
    made = Server(base)
    try:
        made.start()
        run(made, [sys.executable, "manage.py", "migrate", "--database=owner", "--verbosity=0"])
        yield made
    finally:
        made.stop()
        if kept is None:
            shutil.rmtree(base, ignore_errors=True)


def run(server: Server, command: list[str]) -> str:
    """What the command wrote. Raises CalledProcessError."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "compliance_app.settings",
        "DATABASE_URL": server.url(roles.APP),
        "DATABASE_OWNER_URL": server.url(roles.OWNER),
        "SECRET_KEY": server.secrets["secret_key"],
        "FIELD_KEYS": server.secrets["field_key"],
        "HASH_KEY": server.secrets["hash_key"],
        "HTTPS": "0",
    }
    done = subprocess.run(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout
