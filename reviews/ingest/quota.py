"""Whether a tenant may take in more: its calls and minutes of today (UTC), and all its bytes.

Counted when an intake begins, and carried on for what that intake takes in. So what several take
in at the same moment may go beyond by as much; nothing is locked for it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from reviews.errors import ErrorCode, Refused
from reviews.models import Transcript
from reviews.queries import usage

LOOK_AGAIN = timedelta(minutes=15)
"""What waits for room is looked at so often."""
_MINUTE_MS = 60_000


class QuotaReached(Refused):
    code = ErrorCode.QUOTA_REACHED


@dataclass(slots=True)
class Quota:
    """What a tenant may have of something, None without bound, and what it has."""

    what: str
    most: int | None
    seen: float = 0
    remedy: str = "New calls are taken in from midnight UTC on, or once the platform raises it."

    @property
    def is_reached(self) -> bool:
        return self.most is not None and self.seen >= self.most


@dataclass(slots=True)
class Room:
    """A tenant's quotas amid an intake."""

    calls: Quota
    minutes: Quota
    bytes: Quota

    def check(self) -> None:
        """Raises QuotaReached."""
        for each in (self.calls, self.minutes, self.bytes):
            if each.is_reached:
                raise QuotaReached(
                    "The call is refused", f"the quota of {each.most:,} {each.what}", each.remedy
                )

    @property
    def is_over(self) -> bool:
        return any(each.is_reached for each in (self.calls, self.minutes, self.bytes))

    def take(self, row: Transcript) -> None:
        """One more call is here."""
        self.calls.seen += 1
        self.minutes.seen += (row.duration_ms or 0) / _MINUTE_MS
        self.bytes.seen += len(row.payload)


def room(tenant_id: UUID, *, now: datetime) -> Room:
    """In the tenant's transaction. One SQL query; with quotas one or two more."""
    calls, minutes, most_bytes = usage.of_quotas(tenant_id)
    made = Room(
        Quota("calls a day", calls),
        Quota("minutes a day", minutes),
        Quota("stored bytes", most_bytes, remedy="Have the platform raise it, or delete calls."),
    )
    if calls is not None or minutes is not None:
        day = now.astimezone(UTC).date()
        used = usage.by_day(tenant_id, [day]).get(day)
        made.calls.seen = used.calls if used else 0
        made.minutes.seen = used.ms / _MINUTE_MS if used else 0
    if most_bytes is not None:
        made.bytes.seen = usage.ever(tenant_id).bytes
    return made


def is_over(tenant_id: UUID, *, now: datetime) -> bool:
    """In the tenant's transaction."""
    return room(tenant_id, now=now).is_over
