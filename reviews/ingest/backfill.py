"""Backfill: every call a source still has, from the newest to the oldest, in slices of one job.

The cursor is the id of the oldest call that is committed; it moves in the transaction that writes
the call, so a crash at any point neither loses a call nor takes one twice.
"""

import time
from collections.abc import Callable, Iterator

import structlog
from django.conf import settings
from django.utils import timezone

from reviews import audit
from reviews.egress import KeyRefused, Limits, NotFound, TooLarge
from reviews.ingest import store
from reviews.ingest.pacer import RowPacer
from reviews.jobs import ledger
from reviews.models import Job, JobKind, JobState, Source, SourceState, Transcript
from reviews.models.secret import unseal
from reviews.models.tenancy import tenant_context
from reviews.sources.assemblyai.client import AssemblyAI, Item, Page
from reviews.sources.assemblyai.wire import parse
from reviews.sources.intake import PayloadRefused, Received, Unfit, receive
from reviews.sources.normal import SourceTranscript
from reviews.sources.roles import Named

Then = Callable[[Transcript], None]
log = structlog.get_logger("verbatim.ingest")
_BROKEN_REPLY_TRIES = 3


def start(source: Source) -> Job:
    """The source's backfill job: the one under way, or a new one where all have ended.

    In the caller's tenant transaction. Two starts at once make one job: they count the same ended
    ones.
    """
    now = timezone.now()
    jobs = Job.objects.filter(kind=JobKind.BACKFILL, subject_id=source.pk)
    ended = jobs.filter(state__in=[JobState.DONE, JobState.DEAD]).count()
    return ledger.enqueue(
        tenant_id=source.tenant_id,
        kind=JobKind.BACKFILL,
        key=f"{source.pk}:{ended}",
        subject_id=source.pk,
        now=now,
    )


def run(claim: ledger.Claim, *, then: Then) -> None:
    """One slice: fetch and store for a share of the job's time, then queue the rest.

    `then` is called with each transcript that changed, inside its transaction. A refused key
    pauses the source and ends the job; the cursor stays.
    """
    with tenant_context(claim.tenant_id):
        source = Source.objects.get(pk=claim.subject_id)
    if source.state == SourceState.PAUSED:
        ledger.bury(claim, code=source.paused_code)
        return
    try:
        with _client(source) as client:
            _slice(claim, source, client, then)
    except KeyRefused as refusal:
        _pause(claim, source, refusal)


def _client(source: Source) -> AssemblyAI:
    return AssemblyAI(
        key=unseal(bytes(source.sealed_key)),
        base_url=source.base_url,
        allow_private=settings.EGRESS_ALLOW_PRIVATE,
        limits=Limits(read_seconds=_share(), total_seconds=_share()),
        pacer=RowPacer(tenant_id=source.tenant_id, source_id=source.pk),
    )


def _share() -> float:
    """Seconds for a slice, and for the request that may begin at its end: together in time."""
    return float(settings.JOB_TIMEOUT_S) * 0.4


def _slice(claim: ledger.Claim, source: Source, client: AssemblyAI, then: Then) -> None:
    deadline = time.monotonic() + _share()
    page = client.list_page(before_id=source.backfill_cursor or None)
    for item in _until(deadline, page):
        _take(claim, source, client, item, then)
    is_page_done = not page.items or source.backfill_cursor == page.items[-1].id
    if is_page_done and page.unreadable:
        log.warning("list_rows_unreadable", source=str(source.pk), count=page.unreadable)
    with tenant_context(claim.tenant_id):
        if is_page_done and page.before_id is None:
            Source.objects.filter(pk=source.pk).update(backfill_done_at=timezone.now())
            ledger.finish(claim)
            return
        if is_page_done:  # on to the older page, by the vendor's own cursor
            Source.objects.filter(pk=source.pk).update(backfill_cursor=page.before_id)
        ledger.again(claim, done=source.backfilled, total=None)


def _until(deadline: float, page: Page) -> Iterator[Item]:
    """At least one item, so that every slice makes progress."""
    for item in page.items:
        yield item
        if time.monotonic() > deadline:
            return


def _take(claim: ledger.Claim, source: Source, client: AssemblyAI, item: Item, then: Then) -> None:
    """Fetch one call and commit it together with the cursor that covers it."""
    answer = _fetch(claim, source, client, item)
    with tenant_context(claim.tenant_id):
        row = _store(source, item, answer)
        if row is not None:
            then(row)
        source.backfill_cursor = item.id
        source.backfilled += 1
        source.save(update_fields=["backfill_cursor", "backfilled"])
        ledger.extend(claim, done=source.backfilled, total=None)


Answer = tuple[Received, SourceTranscript] | PayloadRefused | None


def _fetch(claim: ledger.Claim, source: Source, client: AssemblyAI, item: Item) -> Answer:
    """What the source has under the id: a call, a refusal of its reply, or nothing."""
    try:
        received = receive(client.get(item.id))
    except NotFound:
        return None
    except TooLarge as refusal:
        return PayloadRefused(Unfit.TOO_LARGE, refusal.seen, refusal.remedy)
    except PayloadRefused as refusal:
        # A reply cut off on its way is whole the next time; one that stays broken is recorded.
        if refusal.reason is Unfit.NOT_JSON and claim.attempt < _BROKEN_REPLY_TRIES:
            raise
        return refusal
    fetched = parse(
        received.value,
        expected_id=item.id,
        created_at=item.created_at,
        default_named=_named(source),
    )
    return received, fetched


def _store(source: Source, item: Item, answer: Answer) -> Transcript | None:
    now = timezone.now()
    if isinstance(answer, tuple):
        received, fetched = answer
        return store.store(source=source, received=received, fetched=fetched, now=now)
    return store.store_refused(source=source, external_id=item.id, refusal=answer, now=now)


def _named(source: Source) -> Named:
    """The source's own labels, where every call has the same."""
    labels = {role: label for label, role in source.roles.items()}
    return Named(labels.get("agent"), labels.get("customer"), "the source's setting")


def _pause(claim: ledger.Claim, source: Source, refusal: KeyRefused) -> None:
    now = timezone.now()
    with tenant_context(claim.tenant_id):
        Source.objects.filter(pk=source.pk).update(
            state=SourceState.PAUSED, paused_code=refusal.code
        )
        audit.record(
            event=audit.Event.SOURCE_PAUSED,
            by=None,
            target=source,
            at=now,
            data={"code": refusal.code},
        )
    ledger.bury(claim, code=refusal.code)
