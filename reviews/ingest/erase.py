"""Delete at the source what is here, where its tenant wants that.

Only a call that is stored whole, with its checksum, and that no recording is still to be fetched
of: the source deletes both. Each deletion is committed with its own row; one that was asked for
twice finds nothing, which is the same end.

A call that was erased here is deleted there as well, at once; then nothing of it is kept.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Exists, Min, OuterRef, QuerySet
from django.utils import timezone

from reviews import audit
from reviews.egress import NotFound
from reviews.ingest import vendor
from reviews.jobs import ledger
from reviews.models import (
    Audio,
    AudioState,
    JobKind,
    ListedCall,
    ListedState,
    Source,
    Transcript,
    TranscriptState,
)
from reviews.models.tenancy import tenant_context
from reviews.sources.assemblyai.client import AssemblyAI

BATCH = 8
"""Between two looks at the time."""
LOOK_AGAIN = timedelta(minutes=15)
"""What waits for a recording is looked at so often."""


def wake(source: Source, *, at: datetime) -> None:
    """From `at` on calls are deleted there, if that is wanted. In its tenant transaction."""
    if source.erase_after_h is not None:
        ledger.wake(tenant_id=source.tenant_id, kind=JobKind.ERASE, source_id=source.pk, at=at)


def held(row: ListedCall) -> None:
    """The call is here now. In the transaction that says so."""
    if row.source.erase_after_h is not None:
        wake(row.source, at=timezone.now() + timedelta(hours=row.source.erase_after_h))


def run(claim: ledger.Claim) -> None:
    """One slice of what is due, then rest until the next is."""
    source = vendor.load(claim)
    if source is None:
        return
    turn = vendor.turn(claim)
    with vendor.asking(claim, source), vendor.connect(source) as client:
        while not turn.is_over() and (rows := _due(source)):
            for row in rows:
                _delete(client, row)
                _note(claim, row)
        with tenant_context(claim.tenant_id):
            ledger.rest(claim, until=_next(source, timezone.now()))


def _due(source: Source) -> Sequence[ListedCall]:
    with tenant_context(source.tenant_id):
        source.refresh_from_db(fields=["erase_after_h"])
        if rows := list(_erased(source)[:BATCH]):
            return rows
        if source.erase_after_h is None:
            return []
        before = timezone.now() - timedelta(hours=source.erase_after_h)
        due = _whole(source).filter(ended_at__lte=before)
        return list(due.order_by("ended_at")[:BATCH])


def _erased(source: Source) -> "QuerySet[ListedCall]":
    """What was erased here first."""
    return ListedCall.objects.filter(source=source, state=ListedState.ERASED).order_by("pk")


def _kept(source: Source) -> "QuerySet[ListedCall]":
    """What is here, and was not deleted there."""
    return ListedCall.objects.filter(source=source, state=ListedState.HELD, erased_at=None)


def _whole(source: Source) -> "QuerySet[ListedCall]":
    calls = Transcript.objects.filter(
        source=source, external_id=OuterRef("external_id"), state=TranscriptState.READY
    )
    waiting = Audio.objects.filter(
        transcript__source=source,
        transcript__external_id=OuterRef("external_id"),
        state=AudioState.WANTED,
    )
    return _kept(source).filter(Exists(calls.exclude(payload_hmac=b"")), ~Exists(waiting))


def _delete(client: AssemblyAI, row: ListedCall) -> None:
    try:
        client.delete(row.external_id)
    except NotFound:
        return  # by its own retention, or by us before a crash


def _note(claim: ledger.Claim, row: ListedCall) -> None:
    with tenant_context(claim.tenant_id):
        now = timezone.now()
        known = ListedCall.objects.filter(pk=row.pk)
        if row.state == ListedState.ERASED:
            known.delete()
        else:
            known.update(erased_at=now)
        audit.record(event=audit.Event.CALL_ERASED, by=None, target=row, at=now)
        ledger.extend(claim, done=0, total=None)


def _next(source: Source, now: datetime) -> datetime | None:
    """When the next is due, or what waits for a recording is looked at."""
    if _erased(source).exists():
        return now
    if source.erase_after_h is None:
        return None
    after, kept, whole = timedelta(hours=source.erase_after_h), _kept(source), _whole(source)
    oldest: datetime | None = whole.aggregate(at=Min("ended_at"))["at"]
    if oldest is None or kept.count() > whole.count():
        again = now + LOOK_AGAIN if kept.exists() else None
        return min(again, max(oldest + after, now)) if again and oldest else again
    return max(oldest + after, now)
