"""Jobs as their page, the API and the command line show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Count, F, Q, QuerySet, TextChoices, Value, When

from reviews import access
from reviews.jobs.ledger import STANDING
from reviews.models import Job, JobKind, JobState, ListedCall, ListedState, Source
from reviews.queries.health import LIVE, RATE_S
from reviews.queries.places import Place, beyond

PAGE = 100
SILENT = timedelta(seconds=60)
"""After so long without a sign of a worker, while work is due, there is none."""
_NEWEST = ("-created_at", "-pk")
_OF_SOURCES = (
    JobKind.BACKFILL, JobKind.FETCH, JobKind.POLL, JobKind.RECONCILE, JobKind.SUBMIT, JobKind.ERASE,
    JobKind.AUDIO,
)  # fmt: skip


class Shown(TextChoices):
    """A job's state in words: a standing job between two turns rests, it is not done."""

    DEAD = "dead", "Dead letter"
    RUNNING = "running", "Running"
    QUEUED = "queued", "Queued"
    RESTING = "resting", "Resting"
    DONE = "done", "Done"


@dataclass(frozen=True, slots=True)
class JobRow:
    id: UUID
    kind: str
    label: str
    state: Shown
    done: int
    total: int | None
    rate: float | None
    """Calls a second over the last minute; None where the job counts none."""
    attempts: int
    error: str
    began_at: datetime
    due_at: datetime | None
    """None where it is at work, has ended, or rests until it is woken."""
    ended_at: datetime | None
    source: Source | None
    """That it is about, where it is about one."""

    @property
    def eta_s(self) -> float | None:
        if not self.rate or self.total is None:
            return None
        return (self.total - self.done) / self.rate

    @property
    def may_cancel(self) -> bool:
        return self.kind == JobKind.BACKFILL and self.state in (Shown.QUEUED, Shown.RUNNING)


@dataclass(frozen=True, slots=True)
class JobPage:
    rows: Sequence[JobRow]
    counts: Mapping[str, int]
    """Shown → how many jobs there are in all."""
    next: Place | None
    """Of the last row, where another page follows it."""
    overdue_at: datetime | None
    """Since when work is due that no worker has taken; None where one is seen working."""


def page(
    tenant_id: UUID,
    *,
    state: Shown | None,
    after: Place | None,
    now: datetime,
    limit: int = PAGE,
    is_dead_first: bool = False,
) -> JobPage:
    """The newest first; where it is asked for, before all others those that are dead letters."""
    jobs = in_words(tenant_id, now)
    rows = jobs.filter(shown=state) if state else jobs
    first: list[Any] = []
    if is_dead_first and state is None:
        rows, dead = jobs.exclude(shown=Shown.DEAD), jobs.filter(shown=Shown.DEAD)
        first = [] if after else list(dead.order_by(*_NEWEST)[:limit])
    if after:
        rows = rows.filter(beyond(after, "created_at"))
    found = list(rows.order_by(*_NEWEST)[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return JobPage(
        rows=rows_of(tenant_id, [*first, *found[:limit]], now=now),
        counts=dict(jobs.order_by().values_list("shown").annotate(Count("pk"))),
        next=(last.created_at, last.pk) if last else None,
        overdue_at=overdue_at(tenant_id, now=now),
    )


def in_words(tenant_id: UUID, now: datetime) -> "QuerySet[Any]":
    """Every job of the tenant, with its state as people are told it: `shown`."""
    is_later = Q(state=JobState.QUEUED, due_at__gt=now, last_error_code="")
    rests = Q(kind__in=STANDING) & (Q(state=JobState.DONE) | is_later)
    words = Case(
        When(rests, then=Value(Shown.RESTING.value)),
        default=F("state"),
        output_field=CharField(),
    )
    return access.scoped_to(Job, tenant_id).annotate(shown=words)


def overdue_at(tenant_id: UUID, *, now: datetime) -> datetime | None:
    """Since when the tenant's work is due, where no worker was seen at it for SILENT.

    One is seen by a lease that it holds, or by what it ended.
    """
    jobs = access.scoped_to(Job, tenant_id)
    oldest = jobs.filter(state__in=LIVE).order_by("due_at").first()
    if oldest is None or oldest.due_at > now - SILENT:
        return None
    is_leased = Q(state=JobState.RUNNING, due_at__gt=now)
    is_seen = jobs.filter(is_leased | Q(finished_at__gt=now - SILENT)).exists()
    return None if is_seen else oldest.due_at


def rows_of(tenant_id: UUID, jobs: Sequence[Any], *, now: datetime) -> Sequence[JobRow]:
    """Of jobs as `in_words` gives them. Two SQL queries."""
    about = {job.subject_id for job in jobs if job.kind in _OF_SOURCES}
    sources = access.scoped_to(Source, tenant_id).in_bulk(about)
    fetching = [job.subject_id for job in jobs if _is_fetching(job)]
    counts = _fetched(tenant_id, fetching, now) if fetching else {}
    return [_row(job, sources.get(job.subject_id), counts) for job in jobs]


def _is_fetching(job: Any) -> bool:
    return job.kind == JobKind.FETCH and job.shown in LIVE


@dataclass(frozen=True, slots=True)
class _Fetched:
    """Calls that a source is known to have."""

    known: int
    wanted: int
    recent: int


def _fetched(tenant_id: UUID, sources: Sequence[UUID], now: datetime) -> Mapping[UUID, _Fetched]:
    calls = access.scoped_to(ListedCall, tenant_id).filter(source__in=sources)
    counted = calls.exclude(state=ListedState.SKIPPED).order_by().values_list("source_id")
    rows = counted.annotate(
        known=Count("pk"),
        wanted=Count("pk", filter=Q(state=ListedState.WANTED)),
        recent=Count("pk", filter=Q(ended_at__gte=now - timedelta(seconds=RATE_S))),
    )
    return {row[0]: _Fetched(*row[1:]) for row in rows}


def _row(job: Any, source: Source | None, counts: Mapping[UUID, _Fetched]) -> JobRow:
    state = Shown(job.shown)
    fetched = counts.get(job.subject_id) if _is_fetching(job) else None
    return JobRow(
        id=job.pk,
        kind=job.kind,
        label=JobKind(job.kind).label,
        state=state,
        done=fetched.known - fetched.wanted if fetched else job.done_count,
        total=fetched.known if fetched else job.total_count,
        rate=fetched.recent / RATE_S if fetched else None,
        attempts=job.attempts,
        error=job.last_error_code,
        began_at=job.created_at,
        due_at=job.due_at if job.state == JobState.QUEUED else None,
        ended_at=None if state is Shown.RESTING else job.finished_at,
        source=source,
    )
