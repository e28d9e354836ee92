"""How a source is doing: what came, what is still to come, and what did not.

Pages, API and command line show these same numbers.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q, TextChoices

from reviews import access
from reviews.jobs import ledger
from reviews.models import FoundBy, Job, JobKind, JobState, ListedState, Source, SourceState
from reviews.queries import listed

SOON = timedelta(days=2)
"""What the source deletes within it is told of as expiring."""
LATE = 3
"""A poll is late after so many of its intervals."""
RATE_S = 60
"""The rate is that of the last so many seconds."""
LIVE = (JobState.QUEUED, JobState.RUNNING)


class Phase(TextChoices):
    """Where a backfill stands."""

    NONE = "none", "None has run"
    LISTING = "listing", "Reading the list"
    FETCHING = "fetching", "Fetching"
    PAUSED = "paused", "Paused"
    STOPPED = "stopped", "Stopped"
    CANCELLED = "cancelled", "Cancelled"
    DONE = "done", "Done"


_LIVE_PHASES = (Phase.LISTING, Phase.FETCHING)
CANCELLABLE = (*_LIVE_PHASES, Phase.PAUSED, Phase.STOPPED)


@dataclass(frozen=True, slots=True)
class Backfill:
    """`total` is None until the list is walked to its end; `found` is what it noted so far."""

    phase: Phase
    found: int
    done: int
    """Here, gone or refused."""
    left_out: int
    total: int | None
    rate: float
    """Calls a second, over the last minute."""
    oldest_at: datetime | None
    refused: int
    began_at: datetime | None
    ended_at: datetime | None
    error: str
    """What stopped its list, or puts it off; a code."""

    @property
    def is_live(self) -> bool:
        return self.phase in _LIVE_PHASES

    @property
    def may_cancel(self) -> bool:
        return self.phase in CANCELLABLE

    @property
    def eta_s(self) -> float | None:
        """Seconds to its end; None where nobody can tell."""
        if self.phase != Phase.FETCHING or self.total is None or not self.rate:
            return None
        return (self.total - self.done) / self.rate


@dataclass(frozen=True, slots=True)
class Health:
    states: Mapping[str, int]
    """ListedState → calls."""
    today: int
    compared: int
    """Found by comparisons and by nothing before."""
    unanswered: int
    """Webhooks that whoever received them did not answer with 2xx, as the source says."""
    refused_by: Sequence[tuple[str, int]]
    """Code, calls; the most first."""
    is_late: bool
    """No poll came to its end for LATE of its intervals."""
    limited_at: datetime | None
    """When the vendor last asked the account for fewer requests."""
    closed_until: datetime | None
    """Until then nobody asks; None where somebody may."""
    backfill: Backfill
    expiring: int
    """Deleted at the source within SOON, and not here yet."""


def newest_backfill(source: Source) -> Job | None:
    jobs = access.scoped_to(Job, source.tenant_id)
    return jobs.filter(kind=JobKind.BACKFILL, subject_id=source.pk).order_by("-pk").first()


def of(source: Source, *, expiring: int, now: datetime) -> Health:
    """Three SQL queries, one over all calls that the source is known to have; and the account's."""
    rows = _counted(source, now)
    account = source.account
    closed_until = account.closed_until if account else None
    return Health(
        states={state.value: _sum(_in(rows, state=state)) for state in listed.STATES},
        today=_sum(rows, "today"),
        compared=_sum(_in(rows, found_by=FoundBy.RECONCILIATION)),
        unanswered=_sum(rows, "unanswered"),
        refused_by=_refused_by(source),
        is_late=is_late(source, now),
        limited_at=account.limited_at if account else None,
        closed_until=closed_until if closed_until and closed_until > now else None,
        backfill=_backfill(source, rows),
        expiring=expiring,
    )


def is_late(source: Source, now: datetime) -> bool:
    if source.state != SourceState.ACTIVE or not source.poll_every_s:
        return False
    since = source.polled_at or source.created_at
    return now - since > LATE * timedelta(seconds=source.poll_every_s)


def phase(source: Source, job: Job | None) -> Phase:
    """Where the backfill stands, by its source and its newest job."""
    is_listing = job is not None and job.state in LIVE
    is_fetching = source.backfill_listed_at is not None
    if source.backfill_done_at is not None:
        return Phase.DONE
    if job is not None and job.last_error_code == ledger.CANCELLED:
        return Phase.CANCELLED
    if job is None and not is_fetching:
        return Phase.NONE
    if source.state == SourceState.PAUSED:
        return Phase.PAUSED
    if is_listing:
        return Phase.LISTING
    return Phase.FETCHING if is_fetching else Phase.STOPPED


Counted = Mapping[str, Any]


def _counted(source: Source, now: datetime) -> Sequence[Counted]:
    """One row for each state and way of being found."""
    recent = Q(ended_at__gte=now - timedelta(seconds=RATE_S)) & ~Q(state=ListedState.SKIPPED)
    return list(
        listed.calls(source)
        .order_by()
        .values("state", "found_by")
        .annotate(
            calls=Count("pk"),
            today=Count("pk", filter=listed.today(now)),
            unanswered=Count("pk", filter=listed.UNANSWERED),
            recent=Count("pk", filter=recent),
            oldest=Min("listed_at"),
        )
    )


def _in(rows: Sequence[Counted], **named: str) -> Sequence[Counted]:
    return [row for row in rows if all(row[name] == value for name, value in named.items())]


def _sum(rows: Iterable[Counted], name: str = "calls") -> int:
    return sum(row[name] for row in rows)


def _refused_by(source: Source) -> Sequence[tuple[str, int]]:
    refused = listed.calls(source).filter(state=ListedState.REFUSED).order_by()
    counts = refused.values_list("last_error_code").annotate(calls=Count("pk"))
    return sorted(counts, key=lambda each: (-each[1], each[0]))


def _backfill(source: Source, rows: Sequence[Counted]) -> Backfill:
    job = newest_backfill(source)
    own = _in(rows, found_by=FoundBy.BACKFILL)
    left_out = _sum(_in(own, state=ListedState.SKIPPED))
    wanted = _sum(_in(own, state=ListedState.WANTED))
    found = _sum(own) - left_out
    error = job.last_error_code if job else ""
    return Backfill(
        phase=phase(source, job),
        found=found,
        done=found - wanted,
        left_out=left_out,
        total=found if source.backfill_listed_at else None,
        rate=_sum(own, "recent") / RATE_S,
        oldest_at=min((row["oldest"] for row in own if row["oldest"]), default=None),
        refused=_sum(_in(own, state=ListedState.REFUSED)),
        began_at=job.created_at if job else None,
        ended_at=source.backfill_done_at,
        error="" if error == ledger.CANCELLED else error,
    )
