"""What a tenant has of the calls that came in on a day, counted from its own rows.

A call counts on the day (UTC) on which it first came in, which its id tells, for as long as it is
here: what is evaluated anew counts once, what is deleted no longer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from reviews.models import Tenant
from reviews.models.rows import select

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EVER = (UUID(int=0), UUID(int=2**128 - 1))
# Of each day three looks at ranges of an index; a payload's length is read without the payload.
_COUNT = """
SELECT day.nth, call.calls, call.ms, found.findings, call.bytes + heard.bytes
FROM unnest(%(low)s::uuid[], %(high)s::uuid[]) WITH ORDINALITY AS day (low, high, nth)
CROSS JOIN LATERAL (
    SELECT count(*) AS calls, coalesce(sum(duration_ms), 0) AS ms,
        coalesce(sum(octet_length(payload)), 0) AS bytes
    FROM reviews_transcript
    WHERE tenant_id = %(own)s AND id >= day.low AND id < day.high AND state = 'ready'
) AS call
CROSS JOIN LATERAL (
    SELECT count(*) AS findings FROM reviews_queueitem
    WHERE tenant_id = %(own)s AND transcript_id >= day.low AND transcript_id < day.high
        AND standing <> 'superseded'
) AS found
CROSS JOIN LATERAL (
    SELECT coalesce(sum(size), 0) AS bytes FROM reviews_audio
    WHERE tenant_id = %(own)s AND transcript_id >= day.low AND transcript_id < day.high
        AND state = 'held'
) AS heard
ORDER BY day.nth
"""


@dataclass(frozen=True, slots=True)
class Usage:
    """`bytes`: payloads as they are stored, and recordings that are kept."""

    calls: int
    ms: int
    findings: int
    bytes: int


def by_day(tenant_id: UUID, days: Sequence[date]) -> dict[date, Usage]:
    """In the tenant's transaction; days without a call are left out. One SQL query."""
    counted = _counted(tenant_id, [_span(day) for day in days])
    return {day: used for day, used in zip(days, counted, strict=True) if used.calls}


def ever(tenant_id: UUID) -> Usage:
    """All that the tenant has. Cost: it looks at each of its calls."""
    return _counted(tenant_id, [_EVER])[0]


def of_quotas(tenant_id: UUID) -> tuple[int | None, int | None, int | None]:
    """Calls a day, minutes a day, bytes; None: no bound."""
    rows = Tenant.objects.filter(pk=tenant_id)
    return rows.values_list("calls_per_day", "minutes_per_day", "stored_bytes").get()


def _counted(tenant_id: UUID, spans: Sequence[tuple[UUID, UUID]]) -> list[Usage]:
    low, high = [span[0] for span in spans], [span[1] for span in spans]
    rows = select(_COUNT, {"own": tenant_id, "low": low, "high": high})
    return [Usage(*map(int, row[1:])) for row in rows]


def _span(day: date) -> tuple[UUID, UUID]:
    return _first_id(day), _first_id(day + timedelta(days=1))


def _first_id(day: date) -> UUID:
    """No id that was made on the day comes before it: reviews/models/ids.py."""
    since = datetime.combine(day, time(), tzinfo=UTC) - _EPOCH
    return UUID(int=since // timedelta(milliseconds=1) << 80)
