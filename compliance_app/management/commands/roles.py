"""`manage.py roles --sql`: the SQL that makes the database roles, for a database of your own."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from compliance_app.run import roles


class Command(BaseCommand):
    help = "Print the SQL a superuser runs once, connected to the database. Put in the passwords."
    requires_system_checks: list[str] = []  # noqa: RUF012 # Django's own declaration

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sql", action="store_true", required=True, help="print the SQL")
        parser.add_argument("--database", default="verbatim", help="name of the database")
        parser.add_argument(
            "--reader", metavar="ROLE", help="a role that reads a tenant's views, as bi_acme"
        )
        parser.add_argument("--tenant", type=UUID, metavar="ID", help="the tenant of --reader")

    def handle(self, *args: Any, **options: Any) -> None:
        for statement in _statements(options):
            self.stdout.write(f"{statement};")


def _statements(options: dict[str, Any]) -> list[str]:
    """Raises CommandError."""
    if bool(options["reader"]) != bool(options["tenant"]):
        raise CommandError("--reader or --tenant alone was refused: give both, or neither.")
    if not options["reader"]:
        return roles.statements(
            database=options["database"],
            owner_password="<owner password>",  # noqa: S106 # a place to fill in
            app_password="<app password>",  # noqa: S106 # a place to fill in
        )
    try:
        return roles.reader(
            name=options["reader"],
            tenant_id=options["tenant"],
            password="<reader password>",  # noqa: S106 # a place to fill in
        )
    except ValueError as error:
        raise CommandError(str(error)) from error
