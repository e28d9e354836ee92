"""Send a submitted recording to its source, once, whatever dies on the way.

That it is sent is committed before it is. A job that finds it sent, and does not know what came of
it, looks first: the list since then is noted, the fetch job fetches what is new there, and a call
with the nonce makes the submission a taken one. Only when the list is known whole, a minute later,
and the nonce is not in it, is it sent again.

What remains: a source that takes a recording, answers nothing, and does not list it for longer than
that minute gets it twice. Both calls carry the nonce, and the second counts as a duplicate.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from reviews.egress import KeyRefused, NotFound, RateLimited, Rejected, Stream
from reviews.errors import ErrorCode
from reviews.ingest import hooks, listing, submitted, vendor
from reviews.jobs import ledger
from reviews.models import (
    FoundBy,
    Job,
    JobKind,
    JobState,
    ListedCall,
    ListedState,
    RecordingPart,
    Source,
    SourceState,
    Submission,
    SubmissionState,
    Transcript,
)
from reviews.models.secret import unseal, unseal_bytes
from reviews.models.tenancy import tenant_context
from reviews.sources import recordings
from reviews.sources.assemblyai import request
from reviews.sources.assemblyai.client import AssemblyAI, Item

SETTLED = timedelta(seconds=60)
"""So long after it was sent the source may still list it for the first time."""
MARGIN = timedelta(minutes=10)
"""Its clock may be so far from ours."""
LOOK_AGAIN_S = 10.0
PAUSED_S = 600.0
"""A paused source's recordings are looked at so seldom; resuming it wakes them."""
OPEN = (SubmissionState.WAITING, SubmissionState.SENT)
REJECTED = "rejected"
LOOKED_FOR = "looked_for"


def run(claim: ledger.Claim) -> None:
    """Send it, or find out whether it was taken. Raises what ends the attempt."""
    source, row = _load(claim)
    if row.state not in OPEN:
        with tenant_context(claim.tenant_id):
            ledger.finish(claim)
        return
    if source.state == SourceState.PAUSED:
        ledger.postpone(claim, code=source.paused_code, wait_s=PAUSED_S)
        return
    with vendor.asking(claim, source), vendor.connect(source) as client:
        if row.state == SubmissionState.WAITING or _is_nowhere(claim, client, source, row):
            _send(claim, client, source, row)


def _load(claim: ledger.Claim) -> tuple[Source, Submission]:
    with tenant_context(claim.tenant_id):
        row = Submission.objects.select_related("source").get(Q(pk=claim.against_id))
        return row.source, row


def _is_nowhere(claim: ledger.Claim, client: AssemblyAI, source: Source, row: Submission) -> bool:
    """It was sent and for certain not taken. Where that is not known yet, the job waits."""
    sent_at = row.posted_at or row.created_at
    is_whole = _is_list_known(claim, source, _listed_since(claim, client, source, sent_at - MARGIN))
    if is_whole and timezone.now() >= sent_at + SETTLED:
        return True
    ledger.postpone(claim, code=LOOKED_FOR, wait_s=LOOK_AGAIN_S)
    return False


def _listed_since(
    claim: ledger.Claim, client: AssemblyAI, source: Source, since: datetime
) -> Sequence[str]:
    """Ids of what the source lists since then, each of them noted to be fetched."""
    ids: list[str] = []
    for page in client.walk():
        items = [item for item in page.items if item.created_at is None or item.created_at >= since]
        with tenant_context(claim.tenant_id):
            listing.note(source, items, by=FoundBy.POLL)
            ledger.extend(claim, done=0, total=None)
        ids += [item.id for item in items]
        if len(items) < len(page.items):
            break
    return ids


def _is_list_known(claim: ledger.Claim, source: Source, ids: Sequence[str]) -> bool:
    """Every one has been fetched, finished or not, so its nonce was seen; or cannot be."""
    with tenant_context(claim.tenant_id):
        stored = Transcript.objects.filter(source=source, external_id__in=ids)
        wanted = ListedCall.objects.filter(
            source=source, external_id__in=ids, state=ListedState.WANTED
        )
        return not wanted.exclude(external_id__in=stored.values("external_id")).exists()


def _send(claim: ledger.Claim, client: AssemblyAI, source: Source, row: Submission) -> None:
    try:
        wanted = _wanted(client, source, row)
        if not _is_marked(claim, row):
            return
        item = client.submit(wanted)
    except (Rejected, NotFound):
        _end(claim, row)
    except (KeyRefused, RateLimited):
        with tenant_context(claim.tenant_id):
            _open(row).update(state=SubmissionState.WAITING)
        raise
    else:
        _taken(claim, source, row, item)


def _wanted(client: AssemblyAI, source: Source, row: Submission) -> Mapping[str, Any]:
    """The request; bytes are uploaded for it, once more at each new attempt."""
    audio_url = unseal(bytes(row.sealed_url)) if row.size is None else client.upload(_stream(row))
    return request.request(
        request.parse(row.profile),
        audio_url=audio_url,
        webhook_url=recordings.webhook_url(row.hook_url, nonce=row.nonce, metadata=row.metadata),
        header=(hooks.HEADER, hooks.secret_of(source)),
    )


def _is_marked(claim: ledger.Claim, row: Submission) -> bool:
    """Committed before the first byte; False where its call has come meanwhile."""
    with tenant_context(claim.tenant_id):
        ledger.extend(claim, done=0, total=None)
        is_open = _open(row).update(state=SubmissionState.SENT, posted_at=timezone.now()) == 1
        if not is_open:
            ledger.finish(claim)
    return is_open


def _end(claim: ledger.Claim, row: Submission) -> None:
    """The source will not have it; somebody is to change the profile or the recording."""
    with tenant_context(claim.tenant_id):
        _open(row).update(
            state=SubmissionState.REFUSED,
            last_error_code=REJECTED,
            ended_at=timezone.now(),
            sealed_url=b"",
        )
        RecordingPart.objects.filter(submission=row).delete()
        ledger.finish(claim)


def _taken(claim: ledger.Claim, source: Source, row: Submission, item: Item) -> None:
    """Noted as every call is; from here on the fetch job has it."""
    with tenant_context(claim.tenant_id):
        row.refresh_from_db()
        submitted.take(row, item.id)
        known = replace(item, created_at=item.created_at or timezone.now())
        listing.note(source, [known], by=FoundBy.SUBMISSION)
        ledger.finish(claim)


def _open(row: Submission) -> "QuerySet[Submission]":
    return Submission.objects.filter(pk=row.pk, state__in=OPEN)


def _stream(row: Submission) -> Stream:
    def pieces() -> Iterator[bytes]:
        with tenant_context(row.tenant_id):
            ids = list(_parts(row).order_by("number").values_list("pk", flat=True))
        for part_id in ids:
            # Each in a transaction of its own: none stays open while the network is slow.
            with tenant_context(row.tenant_id):
                sealed = bytes(_parts(row).get(pk=part_id).sealed)
            yield unseal_bytes(sealed)

    return Stream(row.size or 0, pieces)


def _parts(row: Submission) -> "QuerySet[RecordingPart]":
    return RecordingPart.objects.filter(submission_id=row.pk)


def wake(source_id: UUID) -> None:
    """Go on with what a pause or a refused key held up. In the caller's tenant transaction."""
    jobs = Job.objects.filter(kind=JobKind.SUBMIT, subject_id=source_id)
    jobs.filter(state=JobState.QUEUED).update(due_at=timezone.now())
    for job in jobs.filter(state=JobState.DEAD, last_error_code=ErrorCode.KEY_REFUSED):
        ledger.retry(job)
