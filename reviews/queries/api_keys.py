"""A tenant's keys of the REST API as their pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from reviews import access
from reviews.models import ApiKey

SOON = timedelta(days=14)


class KeyState(TextChoices):
    IN_USE = "in_use", _("In use")
    ENDS_SOON = "ends_soon", _("Ends soon")
    EXPIRED = "expired", _("Expired")
    REVOKED = "revoked", _("Revoked")


ENDED = frozenset({KeyState.EXPIRED, KeyState.REVOKED})


@dataclass(frozen=True, slots=True)
class KeyRow:
    row: ApiKey
    state: KeyState

    @property
    def known_by(self) -> str:
        """What of it is no secret."""
        return f"vb_live_…_{self.row.prefix}"

    @property
    def is_ended(self) -> bool:
        return self.state in ENDED


def shown(row: ApiKey, now: datetime) -> KeyRow:
    if row.revoked_at:
        return KeyRow(row, KeyState.REVOKED)
    if row.expires_at <= now:
        return KeyRow(row, KeyState.EXPIRED)
    return KeyRow(row, KeyState.ENDS_SOON if row.expires_at - now <= SOON else KeyState.IN_USE)


def key_rows(tenant_id: UUID, now: datetime) -> Sequence[KeyRow]:
    """The newest first. One SQL query."""
    rows = access.scoped_to(ApiKey, tenant_id).select_related("created_by")
    return [shown(row, now) for row in rows.order_by("-created_at", "-pk")]


def newest(tenant_id: UUID) -> str:
    """Tells whether a key was made since; "" where none ever was."""
    row = access.scoped_to(ApiKey, tenant_id).order_by("-pk").first()
    return row.pk.hex if row else ""
