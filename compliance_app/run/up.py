"""The one foreground owner: database (where none is given), migrations, web, worker.

With DATABASE_URL no database is started and nothing is migrated: that is the operator's.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from compliance_app import env
from compliance_app.run import roles
from compliance_app.run.binaries import CannotStart
from compliance_app.run.postgres import Server, default_base
from compliance_app.run.processes import Service, StopSignal, manage, stop_all

TICK_S = 0.2
NOT_FOR_CHILDREN = frozenset({"DATABASE_OWNER_URL", "DATABASE_OWNER_URL_FILE"})


@dataclass(slots=True)
class Installation:
    """A running database and the services on it. `environment` is what their processes get."""

    environment: dict[str, str]
    server: Server | None
    services: list[Service] = field(default_factory=list)

    def migrate(self) -> None:
        """Migrate our own database in a process of its own, alone in seeing the owner's address."""
        if self.server is None or self._is_migrated(self.server):
            return
        owner = {"DATABASE_OWNER_URL": self.server.url(roles.OWNER)}
        # Checks load every page; `up` has made them already, and the demo is what its tests saw.
        command = manage("migrate", "--database", "owner", "--verbosity", "0", "--skip-checks")
        done = subprocess.run(  # noqa: S603 # our own command
            command, env=self.environment | owner, check=False, stdout=sys.stderr
        )
        if done.returncode:
            raise CannotStart(
                f"The migrations were refused (exit {done.returncode}, see above). "
                "Nothing is served on a half-migrated database."
            )

    def _is_migrated(self, server: Server) -> bool:
        """Whether every migration is recorded: a process that finds so costs each start seconds."""
        with server.connect() as connection:
            has_table = connection.execute("SELECT WHERE to_regclass('django_migrations') > 0")
            if has_table.fetchone() is None:
                return False
            done = set(connection.execute("SELECT app, name FROM django_migrations"))
        return done >= set(MigrationLoader(None).disk_migrations)

    def start(self, name: str, command: Sequence[str], **extra: str) -> Service:
        service = Service(name, command, self.environment | extra)
        self.services.append(service)
        service.start()
        return service

    def tend(self, stop: StopSignal) -> None:
        """Restart what died: the database first, for the others need it."""
        if self.server and self.server.is_down():
            self.server.restart()
        for service in self.services:
            if service.is_down():
                stop.pause(service.wait_before_restart())
                service.start()

    def run(self, stop: StopSignal, *, until: Callable[[], bool] = lambda: False) -> None:
        """Tend until a signal comes or `until` says so."""
        while not stop and not until():
            self.tend(stop)
            stop.pause(TICK_S)


@contextmanager
def installation(base: Path | None = None) -> Iterator[Installation]:
    """An installation whose database is up; at the end all its processes are gone."""
    if settings.DATABASES["default"].get("NAME"):
        made = Installation(environment=dict(os.environ), server=None)
    else:
        server = Server(base or default_base(settings.BASE_DIR))
        server.start()
        made = Installation(environment=environment(server), server=server)
    try:
        yield made
    finally:
        stop_all(made.services)
        if made.server:
            made.server.stop()


def environment(server: Server) -> dict[str, str]:
    """What a process needs on the server, name by name where nothing is given.

    An empty value or an empty file is nothing.
    """
    kept = {name: value for name, value in os.environ.items() if name not in NOT_FOR_CHILDREN}
    own = {
        "DATABASE_URL": server.url(roles.APP),
        "SECRET_KEY": server.secrets["secret_key"],
        "FIELD_KEYS": server.secrets["field_key"],
        "HASH_KEY": server.secrets["hash_key"],
        "STATIC_ROOT": str(server.base / "static"),
        "AUDIO_DIR": str(server.base / "audio"),
    }
    for name, value in own.items():
        if not env.secret(name):
            kept.pop(f"{name}_FILE", None)
            kept[name] = value
    return kept
