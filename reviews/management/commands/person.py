"""`manage.py person`: what the host's operator alone may do for somebody who signs in."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reviews.accounts import factors
from reviews.errors import Refused


class Command(BaseCommand):
    help = (
        "People who sign in. Example: manage.py person remove-factors ann@example.org, "
        "for one who lost the second factor and the recovery codes; make sure first who asks."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        remove = acts.add_parser("remove-factors", help="the password alone signs in then")
        remove.add_argument("email", help="as the page of people shows it")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        try:
            count = factors.remove_all(email)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{count} factors removed. The next sign-in takes the password alone.")
