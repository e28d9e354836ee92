"""`manage.py demo`: three tenants, their calls fetched over HTTP, checked, and shown."""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from argparse import ArgumentParser
from contextlib import closing
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from compliance_app.run import ground
from compliance_app.run.binaries import CannotStart, account
from compliance_app.run.postgres import default_base
from compliance_app.run.processes import StopSignal, manage
from compliance_app.run.up import Installation, installation
from reviews.demo.names import email_of
from reviews.models import MemberRole

CALLS = 60
SEED = 1
FIRST_TABLE_S = 180
SECOND_TABLE_S = 10
UP_S = 30.0
WEB_PORT = 8000


class Command(BaseCommand):
    help = "Run the whole loop on demo calls: fetch, evaluate, show. Ctrl+C stops everything."
    requires_system_checks: list[str] = []  # noqa: RUF012 # Django's own declaration

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="no terminal: compare with the truth and end"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.began = float(os.environ.get("DEMO_BEGAN") or time.time())
        if settings.DATABASES["default"].get("NAME"):
            raise CommandError("DATABASE_URL='…' was refused: the demo brings its own database.")
        try:
            base = _fresh() if options["check"] else _kept()
        except CannotStart as error:
            raise CommandError(str(error)) from error
        self.stdout.write("Starting database, sandbox and worker …")
        limit = SECOND_TABLE_S if (base / "pgdata").exists() else FIRST_TABLE_S
        try:
            with StopSignal() as stop, installation(base) as running:
                self._run(running, stop, limit=limit, is_check=options["check"])
        except CannotStart as error:
            raise CommandError(str(error)) from error
        finally:
            if options["check"]:
                shutil.rmtree(base, ignore_errors=True)

    def _run(self, running: Installation, stop: StopSignal, *, limit: int, is_check: bool) -> None:
        numbers = ("--calls", str(CALLS), "--seed", str(SEED))
        port, web = _free_port(), _free_port(WEB_PORT)
        sandbox, password = f"http://127.0.0.1:{port}", secrets.token_urlsafe(9)
        running.environment |= {
            "EGRESS_ALLOW_PRIVATE": f"127.0.0.1:{port}",
            "DEMO_PASSWORD": password,
            "HTTPS": "0",
        }
        running.start("sandbox", manage("sandbox", "--port", str(port), *numbers))
        running.migrate()
        running.start("worker", manage("worker"), VERBATIM_PROCESS="worker")
        running.start("web", manage("web", "--port", str(web)), VERBATIM_PROCESS="web")
        _wait_for("sandbox", port, running, stop)
        check = ("--check",) if is_check else ()
        self._step(running, stop, "demo_fill", "--base-url", sandbox, *numbers, *check)
        _wait_for("web application", web, running, stop)
        if stop:
            _refuse_half(is_check=is_check)
            return
        self._say_where(f"http://127.0.0.1:{web}/", sandbox, password)
        self._say_seconds(limit, is_check=is_check)
        if not is_check:
            self.stdout.write("Web, worker and sandbox go on. Ctrl+C stops everything.")
            running.run(stop)

    def _step(self, running: Installation, stop: StopSignal, *command: str) -> None:
        """Run one of our commands to its end, tending the others meanwhile."""
        child = subprocess.Popen(  # noqa: S603 # our own command
            manage(*command), env=running.environment, start_new_session=True
        )
        running.run(stop, until=lambda: child.poll() is not None)
        if stop:
            child.terminate()
            child.wait()
        elif child.returncode:
            raise CommandError(f"{command[0]} ended with {child.returncode}, see above.")

    def _say_where(self, address: str, sandbox: str, password: str) -> None:
        self.stdout.write(f"\nOpen {address} and sign in, password {password}, as one of")
        for role in MemberRole:
            self.stdout.write(f"  {email_of(role):28} {role.label}")
        self.stdout.write(f"A source to connect yourself: {sandbox}, key sandbox-meridian-care\n")

    def _say_seconds(self, limit: int, *, is_check: bool) -> None:
        """Seconds from `make demo` to the table; above the limit the check fails."""
        seconds = time.time() - self.began
        self.stdout.write(f"{seconds:.0f} s to the table (limit {limit} s).")
        if is_check and seconds > limit:
            raise CommandError(f"{seconds:.0f} s is more than the limit of {limit} s.")


def _fresh() -> Path:
    """A directory of the check's own, entered by any user so that the server's may."""
    base = Path(tempfile.mkdtemp(prefix="vb-demo-"))
    base.chmod(0o755)
    return base


def _kept() -> Path:
    """The demo's directory inside the installation's, whose owner is looked at too."""
    base = default_base(settings.BASE_DIR)
    ground.make_base(base, account())
    return base / "demo"


def _refuse_half(*, is_check: bool) -> None:
    if is_check:
        raise CommandError(
            "The check was stopped by a signal before its end: nothing is proven. Start it again."
        )


def _free_port(wanted: int = 0) -> int:
    """`wanted` where nobody listens there, else any."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return _free_port()
        return int(probe.getsockname()[1])


def _wait_for(name: str, port: int, running: Installation, stop: StopSignal) -> None:
    deadline = time.monotonic() + UP_S

    def is_up() -> bool:
        with closing(socket.socket()) as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0 or time.monotonic() > deadline

    running.run(stop, until=is_up)
    if time.monotonic() > deadline:
        raise CommandError(f"The {name} did not answer on port {port} in {UP_S:.0f} s.")
