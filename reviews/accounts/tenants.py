"""A tenant's own settings: name, looks, and what it demands of who signs in."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from reviews import access, audit
from reviews.accounts import colours, logos
from reviews.models import Membership, Tenant, User
from reviews.policies import NotPossible

IDLE_MINUTES = (5, 720)


@dataclass(frozen=True, slots=True)
class Settings:
    """`logo`: what was uploaded; None keeps the one that is there, empty removes it."""

    name: str
    colour: str = ""
    logo: bytes | None = None
    needs_factor: bool = False
    needs_provider: bool = False
    idle_minutes: int | None = None


def change(
    *, member: Membership, wanted: Settings, by: User, is_by_provider: bool, now: datetime
) -> None:
    """Raises Refused, where nothing is changed. Lock: the tenant."""
    if wanted.needs_provider and not is_by_provider:
        raise NotPossible(
            "Demanding a provider is refused",
            "a session that began with a password",
            "Sign in at the provider yourself first: so it works, and you are not locked out.",
        )
    if wanted.colour:
        colours.shades(wanted.colour)
    row = Tenant.objects.select_for_update().get(pk=member.tenant_id)
    before = _said(row)
    row.name, row.colour = wanted.name, wanted.colour.lower()
    row.needs_factor, row.needs_provider = wanted.needs_factor, wanted.needs_provider
    row.idle_minutes = wanted.idle_minutes
    if wanted.logo is not None:
        row.logo = logos.drawn_anew(wanted.logo) if wanted.logo else b""
        row.logo_sha256 = hashlib.sha256(row.logo).hexdigest() if row.logo else ""
    row.save()
    after = _said(row)
    changed = {name: value for name, value in after.items() if value != before[name]}
    target = access.get_membership_for(member, member.pk)
    audit.record(event=audit.Event.TENANT_CHANGED, by=by, target=target, at=now, data=changed)


def _said(row: Tenant) -> dict[str, str | int]:
    """Without the name, which may be a person's."""
    return {
        "colour": row.colour,
        "logo": row.logo_sha256[:8],
        "needs_factor": int(row.needs_factor),
        "needs_provider": int(row.needs_provider),
        "idle_minutes": row.idle_minutes or 0,
    }


def logo(member: Membership) -> bytes:
    """The PNG; empty where there is none."""
    row = Tenant.objects.only("logo").get(pk=member.tenant_id)
    return bytes(row.logo)
