"""Sources and jobs as their pages show them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from reviews import access
from reviews.models import Job, JobKind, JobState, Membership, Source, Transcript, TranscriptState

JOBS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class JobRow:
    id: UUID
    kind: str
    state: JobState
    done: int
    total: int | None
    attempts: int
    error: str
    began_at: datetime
    due_at: datetime
    ended_at: datetime | None

    @property
    def is_live(self) -> bool:
        return self.state in (JobState.QUEUED, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class SourceRow:
    source: Source
    calls: Mapping[str, int]
    """State of the transcript → how many."""
    backfill: JobRow | None
    """The newest one."""

    @property
    def total(self) -> int:
        return sum(self.calls.values())


@dataclass(frozen=True, slots=True)
class JobPage:
    rows: tuple[JobRow, ...]
    counts: Mapping[str, int]
    """State → how many jobs there are in all."""


def source_rows(membership: Membership) -> tuple[SourceRow, ...]:
    """Three SQL queries."""
    sources = list(access.scoped_to(Source, membership.tenant_id).order_by("name"))
    return tuple(_source_rows(membership, sources))


def source_row(membership: Membership, source_id: UUID) -> SourceRow:
    """Raises Http404."""
    source = access.get_source_for(membership, source_id)
    return next(_source_rows(membership, [source]))


def _source_rows(membership: Membership, sources: list[Source]) -> Iterator[SourceRow]:
    calls = access.scoped_to(Transcript, membership.tenant_id).filter(source__in=sources)
    counts = list(calls.values_list("source_id", "state").annotate(count=Count("pk")))
    jobs = access.scoped_to(Job, membership.tenant_id).filter(
        kind=JobKind.BACKFILL, subject_id__in=[source.pk for source in sources]
    )
    newest = {job.subject_id: _job_row(job) for job in jobs.order_by("created_at")}
    for source in sources:
        own = {TranscriptState(state).label: n for of, state, n in counts if of == source.pk}
        yield SourceRow(source, own, newest.get(source.pk))


def job_page(membership: Membership, state: JobState | None) -> JobPage:
    """The newest jobs, of one state where it is asked for. Two SQL queries."""
    jobs = access.scoped_to(Job, membership.tenant_id)
    shown = jobs.filter(state=state) if state else jobs
    return JobPage(
        rows=tuple(_job_row(job) for job in shown.order_by("-created_at")[:JOBS_SHOWN]),
        counts=dict(jobs.values_list("state").annotate(count=Count("pk")).order_by()),
    )


def _job_row(job: Job) -> JobRow:
    return JobRow(
        id=job.pk,
        kind=JobKind(job.kind).label,
        state=JobState(job.state),
        done=job.done_count,
        total=job.total_count,
        attempts=job.attempts,
        error=job.last_error_code,
        began_at=job.created_at,
        due_at=job.due_at,
        ended_at=job.finished_at,
    )
