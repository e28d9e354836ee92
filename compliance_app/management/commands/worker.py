"""`manage.py worker`: the background worker, supervised."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from compliance_app.run import startup, worker


class Command(BaseCommand):
    help = "Run the background worker in the foreground until SIGTERM or Ctrl+C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--cluster", action="store_true", help="the queue's processes alone; started by worker"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            startup.refuse_unsafe()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        if options["cluster"]:
            worker.cluster()
        else:
            worker.serve()
