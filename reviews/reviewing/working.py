"""The tenant's working hours, and its own reasons for dismissals."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from reviews import audit
from reviews.access import scoped_to
from reviews.errors import ErrorCode, Refused
from reviews.models import DismissalReason, Tenant, User, WorkingHours
from reviews.queries.due import Hours
from reviews.queries.reasons import AT_MOST, USUAL


class WorkRefused(Refused):
    code = ErrorCode.REASON_REFUSED


def keep_hours(*, tenant: Tenant, hours: Hours, by: User, now: datetime) -> WorkingHours:
    """They hold for what is found from now on. Raises WorkRefused."""
    if not hours.weekdays or not 0 <= hours.opens_min < hours.closes_min <= 24 * 60:
        raise WorkRefused(
            "The working hours were not saved",
            "a week without an open hour",
            "Choose a day, and an end after the beginning.",
        )
    row, _ = WorkingHours.objects.update_or_create(
        tenant=tenant,
        defaults={
            "zone": hours.zone,
            "weekdays": sorted(hours.weekdays),
            "opens_min": hours.opens_min,
            "closes_min": hours.closes_min,
            "days_off": sorted(hours.days_off),
            "due_hours": dict(hours.due),
            "changed_at": now,
        },
    )
    audit.record(event=audit.Event.HOURS_CHANGED, by=by, target=row, at=now)
    return row


def keep_reasons(
    *, tenant: Tenant, labels: Sequence[tuple[str, str]], by: User, now: datetime
) -> Mapping[str, str]:
    """Code ("" for a new one) and label, in the order of their keys; the others are retired.

    A code that was given stays what it was: old verdicts keep their reason. Raises WorkRefused.
    """
    if not 0 < len(labels) <= AT_MOST:
        raise WorkRefused(
            "The reasons were not saved", f"{len(labels)} reasons", f"Keep 1 to {AT_MOST}."
        )
    own_rows = scoped_to(DismissalReason, tenant.pk)
    rows = {row.code: row for row in own_rows}
    kept: dict[str, str] = {}
    for position, (code, label) in enumerate(labels):
        own = code if code in rows or code in USUAL else _new_code({*rows, *kept, *USUAL})
        row, _ = DismissalReason.objects.update_or_create(
            tenant=tenant,
            code=own,
            defaults={"label": label, "position": position, "retired_at": None},
        )
        kept[own] = label
    gone = own_rows.exclude(code__in=kept).filter(retired_at=None)
    gone.update(retired_at=now)
    audit.record(event=audit.Event.REASONS_CHANGED, by=by, target=row, at=now)
    return kept


def _new_code(taken: set[str]) -> str:
    return next(code for number in range(1, 1000) if (code := f"own_{number}") not in taken)
