"""`manage.py up`: database, web and worker in the foreground."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from compliance_app.run import startup
from compliance_app.run.binaries import CannotStart
from compliance_app.run.processes import StopSignal, manage
from compliance_app.run.up import installation


class Command(BaseCommand):
    help = "Start database (unless DATABASE_URL is set), web and worker; Ctrl+C stops them all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        try:
            startup.require_free(host, port)
            # A refusal in web and worker alone would only have them started again and again.
            if settings.DATABASES["default"].get("NAME"):
                startup.refuse_unsafe()
            else:
                startup.require_usable_keys()
            with StopSignal() as stop, installation() as running:
                running.migrate()
                running.start("worker", manage("worker"), VERBATIM_PROCESS="worker")
                running.start("web", manage("web", "--host", host, "--port", str(port)))
                self.stdout.write(f"Serving on http://{host}:{port}/ – Ctrl+C stops everything.")
                running.run(stop)
        except (CannotStart, ImproperlyConfigured) as error:
            raise CommandError(str(error)) from error
