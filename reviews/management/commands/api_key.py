"""`manage.py api_key`: keys of the REST API, made (shown once), listed, revoked."""

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reviews.accounts import keys
from reviews.errors import Refused
from reviews.models import ApiKey

_TIME = "%Y-%m-%d %H:%M"


class Command(BaseCommand):
    help = (
        "Keys of the REST API. Example: "
        "manage.py api_key create --tenant north-wind --name crm --scopes read:findings --days 90"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        create = acts.add_parser("create", help="make a key and show it, this once")
        create.add_argument("--name", required=True, help="what the key is for")
        scopes = ", ".join(keys.Scope)
        create.add_argument("--scopes", required=True, help=f"with commas between: {scopes}")
        create.add_argument("--days", type=int, default=90, help="how long it works; 90")
        listing = acts.add_parser("list", help="every key of the tenant, without its secret")
        revoke = acts.add_parser("revoke", help="end a key at once")
        revoke.add_argument("id", help="the key's id, as `list` shows it")
        for each in (create, listing, revoke):
            each.add_argument("--tenant", required=True, help="the tenant's short name")

    def handle(self, *args: Any, **options: Any) -> None:
        acts: dict[str, Callable[..., None]] = {
            "create": self._create,
            "list": self._list,
            "revoke": self._revoke,
        }
        try:
            acts[options["act"]](**options)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal

    def _create(self, *, tenant: str, name: str, scopes: str, days: int, **_: Any) -> None:
        wanted = keys.Wanted(name, [each.strip() for each in scopes.split(",")], days)
        made = keys.create(
            tenant_id=keys.tenant_of(tenant).pk, wanted=wanted, by=None, now=timezone.now()
        )
        self.stderr.write(f"{_line(made.row)}\nThe key is shown this once:")
        self.stdout.write(made.token)

    def _list(self, *, tenant: str, **_: Any) -> None:
        for row in keys.listed(keys.tenant_of(tenant).pk):
            self.stdout.write(_line(row))

    def _revoke(self, *, tenant: str, id: str, **_: Any) -> None:  # noqa: A002 # the argument's name on the command line
        row = keys.revoke(
            tenant_id=keys.tenant_of(tenant).pk, prefix=id, by=None, now=timezone.now()
        )
        self.stdout.write(_line(row))


def _line(row: ApiKey) -> str:
    used = f"used {row.last_used_at:{_TIME}}" if row.last_used_at else "never used"
    ends = f"until {row.expires_at:{_TIME}}"
    if row.revoked_at:
        ends = f"revoked {row.revoked_at:{_TIME}}"
    return f"{row.prefix}  {row.name}  {','.join(row.scopes)}  {ends}  {used}"
