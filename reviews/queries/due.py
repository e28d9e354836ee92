"""Until when a finding is to be decided: a number of the tenant's working hours by severity."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from reviews.access import scoped_to
from reviews.models import WorkingHours

DAYS_AT_MOST = 400
"""A tenant whose hours leave less open than this many days need has no due dates."""


@dataclass(frozen=True, slots=True)
class Hours:
    """`weekdays`: 1 is Monday; `due`: severity → working hours."""

    zone: str = "UTC"
    weekdays: frozenset[int] = frozenset({1, 2, 3, 4, 5})
    opens_min: int = 9 * 60
    closes_min: int = 17 * 60
    days_off: frozenset[date] = frozenset()
    due: Mapping[str, int] = field(
        default_factory=lambda: {"critical": 4, "high": 8, "medium": 24, "low": 40}
    )

    def within(self, hours: int) -> "Hours":
        """The same days, with this many hours for whatever is asked as ""."""
        return replace(self, due={"": hours})


def hours(tenant_id: UUID) -> Hours:
    """The tenant's, or the usual ones. One SQL query, in the tenant's transaction."""
    row = scoped_to(WorkingHours, tenant_id).first()
    if row is None:
        return Hours()
    return Hours(
        zone=row.zone,
        weekdays=frozenset(row.weekdays),
        opens_min=row.opens_min,
        closes_min=row.closes_min,
        days_off=frozenset(row.days_off),
        due=row.due_hours,
    )


def due_at(worked: Hours, severity: str, since: datetime) -> datetime | None:
    """`since` and so many working hours; None where the severity has no term."""
    if severity not in worked.due:
        return None
    left = timedelta(hours=worked.due[severity])
    zone = ZoneInfo(worked.zone)
    day = since.astimezone(zone).date()
    for _ in range(DAYS_AT_MOST):
        opens, closes = _open(worked, day, zone)
        begins = max(opens, since)
        if begins < closes and left <= closes - begins:
            return begins + left
        left -= max(closes - begins, timedelta())
        day += timedelta(days=1)
    return None


def _open(worked: Hours, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When the day's work begins and ends; the same moment on a day without."""
    begin = _at(day, worked.opens_min, zone)
    if day.isoweekday() not in worked.weekdays or day in worked.days_off:
        return begin, begin
    return begin, _at(day, worked.closes_min, zone)


def _at(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """By the clock on the wall: a day that loses an hour at night keeps its working hours."""
    days, rest = divmod(minute, 24 * 60)
    wall = datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60), tzinfo=zone)
    return wall.astimezone(UTC)
