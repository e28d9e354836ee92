"""`manage.py web`: the web server (gunicorn, threads)."""

import hashlib
import os
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from compliance_app.run import startup
from compliance_app.run.processes import manage

_MARK = ".collected"
"""In STATIC_ROOT: of which files it was made."""
_NOT_SERVED = (
    *("rest_framework", "ext", "htmx-4*", "htmax*", "*-2.js"),
    *("redoc", "*.map", "oauth2-redirect.*"),
)
"""What packages bring and no page names: compressing it takes seconds of every start."""


class Command(BaseCommand):
    help = "Serve the web application in the foreground until SIGTERM or Ctrl+C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            startup.refuse_unsafe()
            startup.require_free(options["host"], options["port"])
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        environment = os.environ | {"VERBATIM_PROCESS": "web"}
        _collect(environment)
        command = [
            sys.executable, "-m", "gunicorn", "compliance_app.wsgi", "--worker-class", "gthread",
            "--preload", "--workers", "2", "--threads", "4", "--graceful-timeout", "20",
            "--bind", f"{options['host']}:{options['port']}", "--log-level", "warning",
        ]  # fmt: skip
        # The process changes into gunicorn: signals reach it, and it alone has the pool.
        os.execve(command[0], command, environment)  # noqa: S606 # our own command


def _collect(environment: dict[str, str]) -> None:
    """Put what the browser needs into STATIC_ROOT, as the web process will name it.

    Where the files are those of the last start, what it put there stays: compressing takes seconds.
    """
    signature, mark = _signature(), Path(settings.STATIC_ROOT) / _MARK
    if mark.is_file() and mark.read_text() == signature:
        return
    ignored = [f"--ignore={pattern}" for pattern in _NOT_SERVED]
    command = manage("collectstatic", "--no-input", "--clear", "--verbosity", "0", *ignored)
    done = subprocess.run(  # noqa: S603 # our own command
        command, env=environment, check=False, stdout=sys.stderr
    )
    if done.returncode:
        raise CommandError(
            f"STATIC_ROOT={settings.STATIC_ROOT!r} was refused (exit {done.returncode}, see "
            "above). Set it to a directory that this process may write."
        )
    mark.write_text(signature)


def _signature() -> str:
    """Of every file that is served: its name, size and time, and how it is to be named."""
    digest = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for name, storage in sorted(finder.list(_NOT_SERVED), key=lambda found: found[0]):
            seen = Path(storage.path(name)).stat()
            digest.update(f"{name} {seen.st_size} {seen.st_mtime_ns}\n".encode())
    return digest.hexdigest()
