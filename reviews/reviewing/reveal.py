"""Somebody looks at a call's personal data: who, when and why is written before it is shown."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from reviews import audit
from reviews.errors import ErrorCode, Refused
from reviews.models import ApiKey, Source, Transcript

REASONS = {
    "check_finding": _("To check a finding"),
    "customer_request": _("The customer asks for it"),
    "dispute": _("A dispute or a complaint"),
    "regulator": _("A regulator asks for it"),
}
"""Why somebody looks; the code is kept in the audit trail."""


class NoReason(Refused):
    code = ErrorCode.REASON_REFUSED


def reveal(
    *,
    row: Transcript | Source,
    reason: str,
    by: audit.Who,
    now: datetime,
) -> None:
    """Write the audit row, in the caller's transaction: without it nothing may be shown.

    `row` is a call, or a source that is asked for what it holds. Raises NoReason.
    """
    _check(reason)
    data: dict[str, str | int] = {"reason": reason}
    if isinstance(row, Transcript):
        data["revision"] = row.revision
    audit.record(
        event=audit.Event.PERSONAL_DATA_REVEALED,
        by=by,
        target=row,
        at=now,
        data=data,
    )


def reveal_table(*, table: str, reason: str, by: ApiKey, now: datetime) -> None:
    """As `reveal`, of a table that a program takes whole. Raises NoReason."""
    _check(reason)
    data: dict[str, str | int] = {"reason": reason, "table": table}
    audit.record(event=audit.Event.PERSONAL_DATA_REVEALED, by=by, target=by, at=now, data=data)


def _check(reason: str) -> None:
    if reason not in REASONS:
        raise NoReason(
            "Revealing personal data is refused", "no reason of the list", "Choose a reason."
        )
