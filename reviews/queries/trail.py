"""The audit trail as its page and its table show it, and whether its chain is whole."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import QuerySet, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviews import access, audit
from reviews.models import AuditEvent, Membership, User

PAGE = 50
TABLE_AT_MOST = 50_000
CHECKED = 1000
"""So many of the newest rows are checked whenever the page is looked at."""


class Group(TextChoices):
    """What the events are about, by the first part of their names."""

    SIGN_IN = "sign_in", _("People and sign-in")
    REVEAL = "reveal", _("Reveals")
    VERDICT = "verdict", _("Verdicts")
    CONFIGURATION = "configuration", _("Configuration")
    DATA = "data", _("Data")


BEGINNINGS: Mapping[Group, tuple[str, ...]] = {
    Group.SIGN_IN: ("member", "agent", "api_key", "tenant"),
    Group.REVEAL: ("personal_data", "recording.heard"),
    Group.VERDICT: ("finding", "call_review", "backtest.hit_judged"),
    Group.DATA: (
        *("calls", "call", "job", "recording.submitted", "source.call_erased"),
        *("source.backfill_started", "source.backfill_cancelled", "source.comparison_started"),
        "source.fetched_first",
    ),
}
"""Whatever is in none of them is configuration."""


def group_of(event: str) -> Group:
    for group, beginnings in BEGINNINGS.items():
        if any(event == each or event.startswith(f"{each}.") for each in beginnings):
            return group
    return Group.CONFIGURATION


@dataclass(frozen=True, slots=True)
class Filters:
    """`after` is the sequence number that the next page begins below; 0: the newest."""

    by: UUID | None = None
    group: str = ""
    since: date | None = None
    until: date | None = None
    after: int = 0


@dataclass(frozen=True, slots=True)
class TrailPage:
    rows: Sequence[AuditEvent]
    next: int
    """Where the next page begins, 0 at the end."""


@dataclass(frozen=True, slots=True)
class Chain:
    """How many rows were checked of how many, and the first that does not fit."""

    checked: int
    rows: int
    broken: int | None


def page(tenant_id: UUID, filters: Filters) -> TrailPage:
    """The newest first. One SQL query."""
    found = list(filtered(tenant_id, filters)[: PAGE + 1])
    return TrailPage(found[:PAGE], found[PAGE - 1].sequence if len(found) > PAGE else 0)


def beyond(tenant_id: UUID, *, after: int, limit: int) -> Sequence[AuditEvent]:
    """The first first. One SQL query."""
    rows = access.scoped_to(AuditEvent, tenant_id).filter(sequence__gt=after)
    return list(rows.order_by("sequence")[:limit])


def filtered(tenant_id: UUID, filters: Filters) -> "QuerySet[AuditEvent]":
    rows = access.scoped_to(AuditEvent, tenant_id).select_related("by").order_by("-sequence")
    if filters.by:
        rows = rows.filter(by=filters.by)
    if filters.group:
        rows = rows.filter(event__in=_events(Group(filters.group)))
    if filters.since:
        rows = rows.filter(at__gte=_midnight(filters.since))
    if filters.until:
        rows = rows.filter(at__lt=_midnight(filters.until + timedelta(days=1)))
    return rows.filter(sequence__lt=filters.after) if filters.after else rows


def _events(group: Group) -> list[str]:
    return [event.value for event in audit.Event if group_of(event) is group]


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def people(membership: Membership) -> list[tuple[str, str]]:
    """Who may have done something: id and name of every member, whoever left included."""
    rows = access.scoped_to(Membership, membership.tenant_id).select_related("user")
    named = ((str(row.user_id), row.user.name or row.user.email) for row in rows)
    return sorted(named, key=lambda each: each[1].lower())


def chain(tenant_id: UUID, *, newest: int | None) -> Chain:
    """Check the newest rows, or all. A row fits where its hash is its own and follows the last.

    Where rows were cut off before the oldest that is checked nothing can be seen of it; a check of
    all begins at the first.
    """
    rows = access.scoped_to(AuditEvent, tenant_id).order_by("-sequence")
    last = rows.first()
    total = last.sequence if last else 0
    from_sequence = max(1, total - newest + 1) if newest else 1
    some = rows.filter(sequence__gte=from_sequence).order_by("sequence")
    broken = _first_unfit(some.iterator(2000), from_sequence)
    return Chain(total - from_sequence + 1 if total else 0, total, broken)


def _first_unfit(rows: Iterable[AuditEvent], sequence: int) -> int | None:
    before = audit.FIRST if sequence == 1 else None
    for row in rows:
        is_linked = before is None or bytes(row.previous_sha256) == before
        if row.sequence != sequence or not is_linked or audit.digest(row) != bytes(row.sha256):
            return sequence
        before, sequence = bytes(row.sha256), sequence + 1
    return None


def who(row: AuditEvent) -> str:
    """Name of a person, the beginning of a key's id, or "" for the installation itself."""
    if isinstance(row.by, User):
        return row.by.name or row.by.email
    return f"API {str(row.api_key_id)[:8]}" if row.api_key_id else ""


def detail(row: AuditEvent) -> str:
    """Ids, codes and numbers, as `name value` pairs."""
    return ", ".join(f"{name} {value}" for name, value in row.data.items())
