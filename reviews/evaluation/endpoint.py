"""A tenant's language model: set with its budget, turned off, the act on record."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.conf import settings

from reviews import audit
from reviews.egress import parse_origin
from reviews.errors import ErrorCode, Refused
from reviews.models import JudgeEndpoint, User
from reviews.models.secret import seal
from reviews.models.tenancy import tenant_context

CALLS_AT_MOST, TOKENS_AT_MOST = 100_000, 1_000_000_000


class EndpointRefused(Refused):
    code = ErrorCode.SETUP_REFUSED


@dataclass(frozen=True, slots=True)
class Wanted:
    base_url: str
    model: str
    key: str = field(repr=False)
    calls_per_day: int
    tokens_per_day: int


def turn_on(*, tenant_id: UUID, wanted: Wanted, by: User | None, now: datetime) -> JudgeEndpoint:
    """Set and turn on; what was used of the day's budget stays used.

    Raises EndpointRefused, and DestinationRefused for an address that may not be asked.
    """
    parse_origin(wanted.base_url, allow_private=settings.EGRESS_ALLOW_PRIVATE)
    _check(wanted)
    values = {
        "base_url": wanted.base_url,
        "model": wanted.model,
        "sealed_key": seal(wanted.key),
        "calls_per_day": wanted.calls_per_day,
        "tokens_per_day": wanted.tokens_per_day,
        "is_on": True,
        "updated_at": now,
    }
    with tenant_context(tenant_id):
        row, _ = JudgeEndpoint.objects.update_or_create(tenant_id=tenant_id, defaults=values)
        budget = {"calls": wanted.calls_per_day, "tokens": wanted.tokens_per_day}
        audit.record(event=audit.Event.JUDGE_ON, by=by, target=row, at=now, data=budget)
    return row


def turn_off(*, tenant_id: UUID, by: User | None, now: datetime) -> JudgeEndpoint:
    """Nobody is asked from now on. Raises EndpointRefused where none was set."""
    with tenant_context(tenant_id):
        row = _of(tenant_id)
        row.is_on, row.updated_at = False, now
        row.save(update_fields=["is_on", "updated_at"])
        audit.record(event=audit.Event.JUDGE_OFF, by=by, target=row, at=now)
    return row


def shown(tenant_id: UUID) -> JudgeEndpoint:
    """Raises EndpointRefused where none was set."""
    with tenant_context(tenant_id):
        return _of(tenant_id)


def _of(tenant_id: UUID) -> JudgeEndpoint:
    row = JudgeEndpoint.objects.filter(tenant_id=tenant_id).first()
    if row is None:
        raise EndpointRefused(
            "There is no language model", "none was set", "Set one by `manage.py judge on`."
        )
    return row


def _check(wanted: Wanted) -> None:
    if not wanted.model.strip() or len(wanted.model) > 200 or len(wanted.base_url) > 500:
        _refuse("a name or address that is empty or too long", "Give both as the server has them.")
    if not wanted.key or not wanted.key.isascii() or not wanted.key.isprintable():
        _refuse("a key that is empty or no plain text", "Paste the key again.")
    if not 1 <= wanted.calls_per_day <= CALLS_AT_MOST:
        _refuse(f"{wanted.calls_per_day:,} calls a day", f"Give 1 to {CALLS_AT_MOST:,}.")
    if not 1 <= wanted.tokens_per_day <= TOKENS_AT_MOST:
        _refuse(f"{wanted.tokens_per_day:,} tokens a day", f"Give 1 to {TOKENS_AT_MOST:,}.")


def _refuse(seen: str, remedy: str) -> None:
    raise EndpointRefused("The language model is refused", seen, remedy)
