"""`manage.py api_key`: keys of the REST API, made and rotated (shown once), listed, tied to
networks, revoked.
"""

from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reviews.accounts import keys
from reviews.errors import Refused
from reviews.models import ApiKey
from reviews.models.tenant import instance

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
        scopes = ", ".join((*keys.Scope, *keys.PlatformScope))
        create.add_argument("--scopes", required=True, help=f"with commas between: {scopes}")
        listing = acts.add_parser("list", help="every key of the tenant, without its secret")
        rotate = acts.add_parser("rotate", help="give a key a new secret and show it, this once")
        rotate.add_argument(
            "--overlap-hours",
            type=int,
            default=keys.OVERLAP_H,
            help=f"so long the old secret stays good, 0 to {keys.OVERLAP_H_AT_MOST}; "
            f"{keys.OVERLAP_H}",
        )
        networks = acts.add_parser("networks", help="say from where a key may be used")
        revoke = acts.add_parser("revoke", help="end a key at once")
        for each in (rotate, networks, revoke):
            each.add_argument("id", help="the key's id, as `list` shows it")
        for each in (create, rotate):
            each.add_argument(
                "--days", type=int, default=keys.DAYS, help=f"how long it works; {keys.DAYS}"
            )
        for each in (create, networks):
            each.add_argument(
                "--networks",
                default="",
                help="addresses and networks with commas between; without: from everywhere",
            )
        for each in (create, listing, rotate, networks, revoke):
            whose = each.add_mutually_exclusive_group(required=True)
            whose.add_argument("--tenant", help="the tenant's short name")
            whose.add_argument(
                "--platform",
                action="store_true",
                help="a platform key, which makes tenants and acts for them; it needs --networks",
            )

    def handle(self, *args: Any, **options: Any) -> None:
        acts: Mapping[str, Callable[..., None]] = {
            "create": self._create,
            "list": self._list,
            "rotate": self._rotate,
            "networks": self._networks,
            "revoke": self._revoke,
        }
        try:
            acts[options["act"]](**options)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal

    def _create(self, *, name: str, scopes: str, days: int, networks: str, **whose: Any) -> None:
        wanted = keys.Wanted(name, _split(scopes), days, _split(networks))
        tenant_id = _tenant_id(**whose)
        self._show(keys.create(tenant_id=tenant_id, wanted=wanted, by=None, now=timezone.now()))

    def _list(self, **whose: Any) -> None:
        for row in keys.listed(_tenant_id(**whose)):
            self.stdout.write(_line(row, timezone.now()))

    def _rotate(self, *, days: int, overlap_hours: int, **named: Any) -> None:
        self._show(keys.rotate(days=days, overlap_h=overlap_hours, **_key(**named)))

    def _networks(self, *, networks: str, **named: Any) -> None:
        self.stdout.write(_line(keys.tie(to=_split(networks), **_key(**named)), timezone.now()))

    def _revoke(self, **named: Any) -> None:
        self.stdout.write(_line(keys.revoke(**_key(**named)), timezone.now()))

    def _show(self, made: keys.Made) -> None:
        self.stderr.write(f"{_line(made.row, timezone.now())}\nThe key is shown this once:")
        self.stdout.write(made.token)


def _key(*, id: str, **whose: Any) -> dict[str, Any]:  # noqa: A002 # the argument's name on the command line
    """Raises KeyRefused where there is no such tenant."""
    tenant_id = _tenant_id(**whose)
    return {"tenant_id": tenant_id, "prefix": id, "by": None, "now": timezone.now()}


def _tenant_id(*, tenant: str | None, **_: Any) -> UUID:
    """The installation's own of a platform key. Raises KeyRefused where there is no such tenant."""
    return keys.tenant_of(tenant).pk if tenant else instance(timezone.now()).pk


def _split(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]


def _line(row: ApiKey, now: datetime) -> str:
    ends = f"until {row.expires_at:{_TIME}}"
    if row.revoked_at:
        ends = f"revoked {row.revoked_at:{_TIME}}"
    parts = [row.prefix, row.name, ",".join(row.scopes), ends]
    parts.append(f"used {row.last_used_at:{_TIME}}" if row.last_used_at else "never used")
    if previous := keys.previous_until(row, now):
        parts.append(f"the secret before until {previous:{_TIME}}")
    if row.networks:
        parts.append(f"from {','.join(row.networks)}")
    if row.last_refused_at:
        parts.append(f"refused from elsewhere {row.last_refused_at:{_TIME}}")
    return "  ".join(parts)
