"""`manage.py roles --sql`: the SQL that makes the database roles, for a database of your own."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from compliance_app.run import roles


class Command(BaseCommand):
    help = "Print the SQL a superuser runs once, connected to the database. Put in the passwords."
    requires_system_checks: list[str] = []  # noqa: RUF012 # Django's own declaration

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sql", action="store_true", required=True, help="print the SQL")
        parser.add_argument("--database", default="verbatim", help="name of the database")

    def handle(self, *args: Any, **options: Any) -> None:
        statements = roles.statements(
            database=options["database"],
            owner_password="<owner password>",  # noqa: S106 # a place to fill in
            app_password="<app password>",  # noqa: S106 # a place to fill in
        )
        for statement in statements:
            self.stdout.write(f"{statement};")
