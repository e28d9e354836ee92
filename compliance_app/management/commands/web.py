"""`manage.py web`: the web server (gunicorn, threads)."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from compliance_app.run import startup


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
        command = [
            sys.executable, "-m", "gunicorn", "compliance_app.wsgi", "--worker-class", "gthread",
            "--workers", "2", "--threads", "4", "--bind", f"{options['host']}:{options['port']}",
            "--graceful-timeout", "20", "--log-level", "warning",
        ]  # fmt: skip
        # The process changes into gunicorn: signals reach it, and it alone has the pool.
        os.execve(command[0], command, os.environ | {"VERBATIM_PROCESS": "web"})  # noqa: S606 # our own command
