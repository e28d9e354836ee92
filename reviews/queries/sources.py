"""Sources as their pages show them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from reviews import access
from reviews.models import Job, JobKind, Membership, Source, Transcript, TranscriptState
from reviews.queries import health
from reviews.queries.health import Phase


@dataclass(frozen=True, slots=True)
class SourceRow:
    source: Source
    calls: Mapping[str, int]
    """State of the transcript → how many."""
    backfill: Phase
    is_late: bool
    """Its polls do not come to their end."""

    @property
    def total(self) -> int:
        return sum(self.calls.values())


def source_rows(membership: Membership, *, now: datetime) -> tuple[SourceRow, ...]:
    """Three SQL queries."""
    sources = list(access.scoped_to(Source, membership.tenant_id).order_by("name"))
    return tuple(_source_rows(membership, sources, now))


def source_row(membership: Membership, source_id: UUID, *, now: datetime) -> SourceRow:
    """Raises Http404."""
    source = access.get_source_for(membership, source_id)
    return next(_source_rows(membership, [source], now))


def _source_rows(
    membership: Membership, sources: list[Source], now: datetime
) -> Iterator[SourceRow]:
    calls = access.scoped_to(Transcript, membership.tenant_id).filter(source__in=sources)
    counts = list(calls.values_list("source_id", "state").annotate(count=Count("pk")))
    jobs = access.scoped_to(Job, membership.tenant_id).filter(
        kind=JobKind.BACKFILL, subject_id__in=[source.pk for source in sources]
    )
    newest = {job.subject_id: job for job in jobs.order_by("pk")}
    for source in sources:
        yield SourceRow(
            source=source,
            calls={TranscriptState(s).label: n for of, s, n in counts if of == source.pk},
            backfill=health.phase(source, newest.get(source.pk)),
            is_late=health.is_late(source, now),
        )
