"""`manage.py index_calls`: a tenant's calls that were stored before they could be searched."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from reviews.accounts import keys
from reviews.errors import Refused
from reviews.ingest import search_words
from reviews.models.tenancy import tenant_context


class Command(BaseCommand):
    help = (
        "Make the calls of a tenant searchable that were stored before there was a search; those "
        "that are stay as they are, so that it may be run again. "
        "Example: manage.py index_calls --tenant north-wind"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", required=True, help="the tenant's short name")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            tenant_id = keys.tenant_of(options["tenant"]).pk
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{_all(tenant_id):,} calls can be searched now, beside the others")


def _all(tenant_id: UUID) -> int:
    """A transaction for each of some hundred calls."""
    count, last = 0, None
    while True:
        with tenant_context(tenant_id):
            found = search_words.write_missing(tenant_id, last)
        if not found:
            return count
        count, last = count + len(found), found[-1]
