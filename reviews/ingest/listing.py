"""Noting what a source has: every way in writes here, and the fetch job takes it from here."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from reviews.ingest import gone
from reviews.jobs import ledger
from reviews.jobs.nudge import nudge
from reviews.models import FoundBy, JobKind, ListedCall, ListedState, Source
from reviews.models.ids import uuid7
from reviews.sources.assemblyai.client import Item

LIVE, ASKED_FOR, BACKFILL = 0, 1, 2
"""Ranks: new calls first, then what a person asked for, then the past."""
RANKS = {FoundBy.BACKFILL: BACKFILL}
IN_WORK = frozenset({"queued", "processing"})
FIRST_LOOK = timedelta(seconds=15)
_NOTE = """
INSERT INTO reviews_listedcall AS known (id, tenant_id, source_id, external_id, status, found_by,
    state, rank, listed_at, seen_at, look_at, tries, last_error_code)
SELECT id, %(tenant)s, %(source)s, external_id, status, %(found_by)s,
    'wanted', %(rank)s, listed_at, %(now)s, look_at, 0, ''
FROM unnest(%(ids)s::uuid[], %(externals)s::text[], %(statuses)s::text[],
    %(listed)s::timestamptz[], %(looks)s::timestamptz[])
    AS item (id, external_id, status, listed_at, look_at)
ON CONFLICT (tenant_id, source_id, external_id) DO UPDATE SET
    status = excluded.status,
    listed_at = coalesce(excluded.listed_at, known.listed_at),
    rank = least(known.rank, excluded.rank),
    look_at = least(known.look_at, excluded.look_at),
    state = CASE WHEN {revived} THEN 'wanted' ELSE known.state END,
    tries = CASE WHEN {revived} THEN 0 ELSE known.tries END,
    ended_at = CASE WHEN {revived} THEN NULL ELSE known.ended_at END
WHERE {revived} OR known.listed_at IS NULL AND excluded.listed_at IS NOT NULL
    OR known.state = 'wanted' AND (known.status, known.rank) <> (excluded.status, excluded.rank)
RETURNING xmax = 0
"""
# A webhook may come before the list shows its call, and find nothing yet.
_REVIVED = """(known.state = ANY (%(revived)s)
    OR known.state = 'gone' AND known.listed_at IS NULL AND excluded.listed_at IS NOT NULL)"""


def note(
    source: Source,
    items: Iterable[Item],
    *,
    by: FoundBy,
    revived: Sequence[ListedState] = (),
    is_nudged: bool = True,
) -> int:
    """Write down what a page lists, and wake the fetch job; how many were never heard of before.

    In the caller's tenant transaction. A call that is known keeps what became of it, unless that is
    one of `revived`. One that was erased here is not heard of again.
    """
    rows = gone.without(source, list({item.id: item for item in items}.values()))
    if not rows:
        return 0
    now = timezone.now()
    looks = [_look_at(row.status, now) for row in rows]
    given: dict[str, Any] = {
        "tenant": source.tenant_id,
        "source": source.pk,
        "found_by": by,
        "rank": RANKS.get(by, LIVE),
        "now": now,
        "ids": [uuid7() for _ in rows],
        "externals": [row.id for row in rows],
        "statuses": [row.status[:20] for row in rows],
        "listed": [row.created_at for row in rows],
        "looks": looks,
        "revived": list(revived),
    }
    with connection.cursor() as cursor:
        cursor.execute(_NOTE.format(revived=_REVIVED), given)
        written = [is_new for (is_new,) in cursor.fetchall()]
    if written:
        wake_fetch(source, at=min(looks), is_nudged=is_nudged)
    return sum(written)


def wake_fetch(source: Source, *, at: datetime, is_nudged: bool = True) -> None:
    """The source's fetch job, due at `at` at the latest; in the caller's tenant transaction.

    Without a nudge the worker's own look at what is due finds it, within two seconds.
    """
    job_id = ledger.wake(tenant_id=source.tenant_id, kind=JobKind.FETCH, source_id=source.pk, at=at)
    if is_nudged:
        nudge(tenant_id=source.tenant_id, job_id=job_id)


def _look_at(status: str, now: datetime) -> datetime:
    return now + FIRST_LOOK if status in IN_WORK else now


def end(row: ListedCall, state: ListedState, *, code: str = "", webhook: int | None = None) -> None:
    """It is wanted no longer. In the caller's tenant transaction."""
    ListedCall.objects.filter(pk=row.pk).update(
        state=state,
        ended_at=timezone.now(),
        last_error_code=code,
        webhook_status=webhook,
    )


def quarantine(row: ListedCall, *, code: str) -> None:
    """It is of no tenant, or of two; nothing of it is kept. In the caller's tenant transaction."""
    end(row, ListedState.QUARANTINED, code=code)


def route(row: ListedCall, *, to: UUID) -> None:
    """Say whose it is. In the caller's tenant transaction."""
    ListedCall.objects.filter(pk=row.pk).update(routed_to=to)


def put_off(row: ListedCall, *, status: str, code: str, wait: timedelta, tries: int) -> None:
    """Look again later. In the caller's tenant transaction."""
    ListedCall.objects.filter(pk=row.pk).update(
        status=status[:20], look_at=timezone.now() + wait, tries=tries, last_error_code=code
    )
