"""`manage.py setup`: the first admin and the first tenant, asked for or from the environment."""

import getpass
import os
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.text import slugify

from compliance_app.run import up
from compliance_app.run.postgres import Server, default_base
from reviews.accounts import first
from reviews.errors import Refused

EMAIL, PASSWORD, TENANT, SLUG = (
    "SETUP_EMAIL", "SETUP_PASSWORD", "SETUP_TENANT", "SETUP_TENANT_SLUG",
)  # fmt: skip


class Command(BaseCommand):
    help = (
        "Make the first admin and tenant. Asks; with --no-input it reads "
        f"{EMAIL}, {PASSWORD} (or {PASSWORD}_FILE), {TENANT} and, if wanted, {SLUG}. "
        "Example: manage.py setup --no-input"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-input", action="store_true", help="ask nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DATABASES["default"].get("NAME"):
            _again_on_embedded()
        try:
            given = _given() if options["no_input"] else self._asked()
            tenant = first.set_up(given, now=timezone.now())
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{given.email} is the admin of {tenant.name}: /t/{tenant.slug}/queue")

    def _asked(self) -> first.First:
        email = self._ask("Your e-mail address: ", first.check_email)
        password = self._ask("A password: ", first.check_password, read=getpass.getpass)
        name = self._ask("The tenant's name: ", lambda _: None)
        offered = slugify(name)
        slug = self._ask(f"Its short name in addresses [{offered}]: ", first.check_slug, offered)
        return first.First(email, password, name, slug)

    def _ask(
        self,
        question: str,
        check: Callable[[str], None],
        default: str = "",
        read: Callable[[str], str] = input,
    ) -> str:
        """Ask until the answer will do."""
        while True:
            try:
                answer = read(question).strip() or default
                check(answer)
            except EOFError:
                raise CommandError(
                    "No terminal answered. Set the environment and add --no-input."
                ) from None
            except Refused as refusal:
                self.stderr.write(str(refusal))
            else:
                return answer


def _again_on_embedded() -> None:
    """Begin anew as a process that knows the database which `manage.py up` has started."""
    server = Server(default_base(settings.BASE_DIR))
    if not server.attach():
        raise CommandError(
            "No database was found: DATABASE_URL is not set, and `manage.py up` does not run here. "
            "Start it in another terminal, then run this again."
        )
    os.execve(sys.executable, [sys.executable, *sys.argv], up.environment(server))  # noqa: S606 # our own command


def _given() -> first.First:
    email, password, tenant = (_required(name) for name in (EMAIL, PASSWORD, TENANT))
    return first.First(email, password, tenant, os.environ.get(SLUG) or slugify(tenant))


def _required(name: str) -> str:
    path = os.environ.get(f"{name}_FILE")
    value = Path(path).read_text().strip() if path else os.environ.get(name, "")
    if not value:
        raise CommandError(f"{name}='' was refused: set it, or run without --no-input.")
    return value
