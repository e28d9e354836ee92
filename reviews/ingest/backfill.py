"""Backfill: every call a source still has, from the newest to the oldest, in slices of one job.

The cursor is the id of the oldest call that is committed; it moves in the transaction that writes
the call, so a crash at any point neither loses a call nor takes one twice.
"""

import time
from collections.abc import Callable, Iterator

import structlog
from django.conf import settings
from django.db import DataError, transaction
from django.utils import timezone

from reviews import audit
from reviews.egress import BadReply, KeyRefused, Limits, NotFound, TooLarge
from reviews.ingest import duplicates, store
from reviews.ingest.pacer import RowPacer
from reviews.jobs import ledger
from reviews.models import Job, JobKind, JobState, Source, SourceState, Transcript, TranscriptState
from reviews.models.secret import unseal
from reviews.models.tenancy import tenant_context
from reviews.sources.assemblyai.client import AssemblyAI, Item, Page
from reviews.sources.assemblyai.wire import parse
from reviews.sources.intake import PayloadRefused, Received, Unfit, receive
from reviews.sources.normal import SourceTranscript
from reviews.sources.roles import Named

Then = Callable[[Transcript], None]
log = structlog.get_logger("verbatim.ingest")
TRIES_A_CALL = 3
"""After so many attempts a call that cannot be taken in is recorded as refused."""
PENDING_WAIT_S = 60.0
PENDING_AT_ONCE = 20


def start(source: Source) -> Job:
    """The source's backfill job: the one under way, or a new one where all have ended.

    After a whole backfill the next begins anew at the newest call; one that was cut off (a refused
    key, a dead letter) goes on at its cursor. In the caller's tenant transaction. Two starts at
    once make one job: they count the same ended ones.
    """
    jobs = Job.objects.filter(kind=JobKind.BACKFILL, subject_id=source.pk)
    ended = jobs.filter(state__in=[JobState.DONE, JobState.DEAD]).count()
    if source.backfill_done_at is not None:
        _rewind(source)
    return ledger.enqueue(
        tenant_id=source.tenant_id,
        kind=JobKind.BACKFILL,
        key=f"{source.pk}:{ended}",
        subject_id=source.pk,
        now=timezone.now(),
    )


def _rewind(source: Source) -> None:
    source.backfill_cursor, source.backfill_pages, source.backfilled = "", [], 0
    source.backfill_done_at = None
    source.save(
        update_fields=["backfill_cursor", "backfill_pages", "backfilled", "backfill_done_at"]
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
    known = _known(claim, source, page)
    for item in _until(deadline, page):
        _take(claim, source, client, item, known, then)
    if page.items and source.backfill_cursor != page.items[-1].id:
        with tenant_context(claim.tenant_id):
            ledger.again(claim, done=source.backfilled, total=None)
    elif page.before_id is None:
        _finish(claim, source, client, then)
    else:
        _turn(claim, source, page)


def _known(claim: ledger.Claim, source: Source, page: Page) -> frozenset[str]:
    """Ids of the page whose calls are held and final: they are not fetched again."""
    ids = [item.id for item in page.items]
    with tenant_context(claim.tenant_id):
        held = Transcript.objects.filter(
            source=source, external_id__in=ids, state=TranscriptState.READY
        )
        return frozenset(held.values_list("external_id", flat=True))


def _turn(claim: ledger.Claim, source: Source, page: Page) -> None:
    """On to the older page, by the vendor's own cursor. Raises BadReply where it leads back."""
    if page.unreadable:
        log.warning("list_rows_unreadable", source=str(source.pk), count=page.unreadable)
    if page.before_id in source.backfill_pages:
        raise BadReply(
            "The list is refused",
            "a link back to an earlier page",
            "Ask the vendor; what was fetched stays, and the backfill goes on from here.",
        )
    with tenant_context(claim.tenant_id):
        source.backfill_cursor = page.before_id or ""
        source.backfill_pages.append(page.before_id)
        source.save(update_fields=["backfill_cursor", "backfill_pages"])
        ledger.again(claim, done=source.backfilled, total=None)


def _finish(claim: ledger.Claim, source: Source, client: AssemblyAI, then: Then) -> None:
    """The oldest page is behind us: look once more at the calls that were still in work."""
    if _is_pending(claim, source, client, then):
        ledger.postpone(claim, code="pending_at_source", wait_s=PENDING_WAIT_S)
        return
    with tenant_context(claim.tenant_id):
        Source.objects.filter(pk=source.pk).update(backfill_done_at=timezone.now())
        ledger.finish(claim)


def _is_pending(claim: ledger.Claim, source: Source, client: AssemblyAI, then: Then) -> bool:
    """Fetch some of the pending calls again; True while one of them is still pending."""
    pending = Transcript.objects.filter(source=source, state=TranscriptState.PENDING)
    with tenant_context(claim.tenant_id):
        ids = list(pending.order_by("received_at").values_list("external_id", flat=True))
    for external_id in ids[:PENDING_AT_ONCE]:
        item = Item(external_id, "unknown", None, None)
        answer = _fetch(claim, source, client, item)
        with tenant_context(claim.tenant_id):
            _keep_or_refuse(claim, source, item, answer, then)
            ledger.extend(claim, done=source.backfilled, total=None)
    with tenant_context(claim.tenant_id):
        return pending.exists()


def _until(deadline: float, page: Page) -> Iterator[Item]:
    """At least one item, so that every slice makes progress."""
    for item in page.items:
        yield item
        if time.monotonic() > deadline:
            return


def _take(
    claim: ledger.Claim,
    source: Source,
    client: AssemblyAI,
    item: Item,
    known: frozenset[str],
    then: Then,
) -> None:
    """Fetch one call and commit it together with the cursor that covers it."""
    answer = None if item.id in known else _fetch(claim, source, client, item)
    with tenant_context(claim.tenant_id):
        if answer is not None:
            _keep_or_refuse(claim, source, item, answer, then)
        source.backfill_cursor = item.id
        source.backfilled += 1
        source.save(update_fields=["backfill_cursor", "backfilled"])
        ledger.extend(claim, done=source.backfilled, total=None)


GONE = ""
Answer = tuple[Received, SourceTranscript] | str
"""A call, or the code of why there is none; GONE where the source does not have it."""


def _fetch(claim: ledger.Claim, source: Source, client: AssemblyAI, item: Item) -> Answer:
    """What the source has under the id. A reply that is broken only once is asked for again."""
    try:
        return _fetched(source, client.get(item.id), item)
    except NotFound:
        return GONE
    except TooLarge as refusal:
        return refusal.code
    except PayloadRefused as refusal:
        if refusal.reason is Unfit.NOT_JSON and claim.attempt < TRIES_A_CALL:
            raise
        return refusal.reason
    except BadReply as refusal:
        if claim.attempt < TRIES_A_CALL:
            raise
        return refusal.code


def _fetched(source: Source, body: bytes, item: Item) -> tuple[Received, SourceTranscript]:
    received = receive(body)
    fetched = parse(
        received.value,
        call_url=received.call_url,
        expected_id=item.id,
        created_at=item.created_at,
        default_named=_named(source),
    )
    return received, fetched


def _keep_or_refuse(
    claim: ledger.Claim, source: Source, item: Item, answer: Answer, then: Then
) -> None:
    """Store it; a call that the database itself refuses is recorded as refused, and passed."""
    try:
        with transaction.atomic():
            keep(source=source, external_id=item.id, answer=answer, then=then)
    except DataError:
        if claim.attempt < TRIES_A_CALL:
            raise
        keep(source=source, external_id=item.id, answer="unstorable", then=then)


def keep(*, source: Source, external_id: str, answer: Answer, then: Then) -> Transcript | None:
    """Store it, and call `then` with each transcript that is to be evaluated for it.

    Gives what was written, None where nothing changed. In the caller's tenant transaction.
    """
    now = timezone.now()
    if isinstance(answer, str):
        row = store.store_refused(source=source, external_id=external_id, code=answer, now=now)
    else:
        received, fetched = answer
        row = store.store(source=source, received=received, fetched=fetched, now=now)
    if row is not None:
        then(row)
        for each in duplicates.look_again(row):
            then(each)
    return row


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
