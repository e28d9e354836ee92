"""Fetch what is wanted of a source: the new first, then of the past what expires soonest.

One job a source, which rests while nothing is wanted. Each call is committed with its own row of
the list, so a crash at any point neither loses a call nor takes one twice.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import takewhile
from uuid import UUID

import structlog
from django.conf import settings
from django.db import DataError, connection, transaction
from django.db.models import F, Min, QuerySet
from django.utils import timezone

from reviews.egress import BadReply, NotFound, TooLarge
from reviews.errors import ErrorCode, Refused
from reviews.ingest import duplicates, erase, gone, listing, pacer, quota, routing, store, vendor
from reviews.ingest.then import Then
from reviews.jobs import ledger
from reviews.jobs.nudge import nudge
from reviews.jobs.turn import Turn
from reviews.models import (
    FoundBy,
    Job,
    JobState,
    ListedCall,
    ListedState,
    Source,
    SourceState,
    Transcript,
)
from reviews.models.tenancy import tenant_context
from reviews.sources.assemblyai.client import AssemblyAI
from reviews.sources.assemblyai.wire import parse
from reviews.sources.intake import PayloadRefused, Received, Unfit, receive
from reviews.sources.normal import SourceTranscript
from reviews.sources.roles import Named

log = structlog.get_logger("verbatim.ingest")
BATCH = 32
TRIES_A_CALL = 4
"""After so many broken replies a call is recorded as refused; a reconciliation asks once more."""
LONGEST_LOOK = timedelta(minutes=10)
GONE = ""
Answer = tuple[Received, SourceTranscript] | str
"""A call, or the code of why there is none; GONE where the source does not have it."""
_UNSTORABLE = "unstorable"
_UNLISTED = "unknown_id"


@dataclass(frozen=True, slots=True)
class Broken:
    """A reply that may be whole the next time."""

    code: str


def run(claim: ledger.Claim, *, then: Then) -> None:
    """One slice: fetch what is due, then rest until the next is, or until something is noted."""
    source = vendor.load(claim)
    if source is None:
        return
    step = _take_shared if source.is_shared else _take_own
    turn = vendor.turn(claim)
    while rows := _due(source):
        if _has_no_room(claim, source):
            return
        with vendor.asking(claim, source):
            for row, answer in _answers(source, rows, turn):
                step(claim, source, row, answer, then)
        if _is_refused(claim):
            return
        if turn.is_over():
            break
    _close(claim, source, then)


def _has_no_room(claim: ledger.Claim, source: Source) -> bool:
    """Whether a quota is reached: then nothing is fetched, and the job says so until there is room.

    Of a shared account each call is asked for itself.
    """
    with tenant_context(claim.tenant_id):
        is_over = not source.is_shared and quota.is_over(source.tenant_id, now=timezone.now())
    if is_over:
        wait_s = quota.LOOK_AGAIN.total_seconds()
        ledger.postpone(claim, code=ErrorCode.QUOTA_REACHED, wait_s=wait_s)
    return is_over


def _due(source: Source) -> Sequence[ListedCall]:
    with tenant_context(source.tenant_id):
        due = _wanted(source).filter(look_at__lte=timezone.now())
        return list(due.order_by("rank", F("listed_at").asc(nulls_first=True))[:BATCH])


def _wanted(source: Source) -> "QuerySet[ListedCall]":
    return ListedCall.objects.filter(source=source, state=ListedState.WANTED)


def _is_refused(claim: ledger.Claim) -> bool:
    """Whether the key was, which has ended the job."""
    with tenant_context(claim.tenant_id):
        return Job.objects.filter(pk=claim.job_id, state=JobState.DEAD).exists()


def _take_own(
    claim: ledger.Claim, source: Source, row: ListedCall, answer: Answer | Broken, then: Then
) -> None:
    with tenant_context(claim.tenant_id):
        take(source, row, answer, then)
        ledger.extend(claim, done=0, total=None)


def _take_shared(
    claim: ledger.Claim, source: Source, row: ListedCall, answer: Answer | Broken, then: Then
) -> None:
    """Store a call under the tenant that its route leads to, or in quarantine: its row alone.

    One transaction, in which the tenants follow one another: in no moment of it are two seen. So
    what is stored there and what is said of it here come into being together, under the fence.
    """
    said = routing.said(answer[0]) if isinstance(answer, tuple) else routing.Said()

    def put(answer: Answer | Broken) -> None:
        whose = _keep_shared(source, row, answer, said, then)
        with tenant_context(claim.tenant_id):
            if whose is routing.Unrouted.QUOTA_REACHED:
                wait = quota.LOOK_AGAIN
                listing.put_off(row, status=row.status, code=whose, wait=wait, tries=row.tries)
                return
            if isinstance(whose, routing.Unrouted):
                listing.quarantine(row, code=_reason(answer, whose))
                return
            if whose is not None:
                listing.route(row, to=whose)
            _settle(row, answer)

    with transaction.atomic():
        _or_refused(row, put, _believed(row, answer))
        with tenant_context(claim.tenant_id):
            ledger.extend(claim, done=0, total=None)


def _keep_shared(
    source: Source, row: ListedCall, answer: Answer | Broken, said: routing.Said, then: Then
) -> UUID | routing.Unrouted | None:
    """Whose it is, and stored there; why it is nobody's; None where nothing is to be kept.

    A call in work is not: what it says of itself may still change.
    """
    kept = _to_keep(row, answer)
    if kept is None or (isinstance(kept, tuple) and not kept[1].is_final):
        return None
    with tenant_context(source.tenant_id):
        routing.lock(source, is_shared=True)
        whose = routing.decide(row, said)
    if isinstance(whose, routing.Unrouted):
        return None if _is_gone(kept) else whose
    with tenant_context(whose):
        if quota.is_over(whose, now=timezone.now()):
            return routing.Unrouted.QUOTA_REACHED
        home = Source.objects.get(routed_from=source.pk)
        keep(source=home, external_id=row.external_id, answer=kept, then=then)
    return whose


def _reason(answer: Answer | Broken, why: routing.Unrouted) -> str:
    """Of a call that did not come whole, its own code: it could not say whose it is."""
    if isinstance(answer, Broken):
        return answer.code
    return answer if isinstance(answer, str) else why


def _is_gone(answer: Answer) -> bool:
    return answer[1].is_tombstone if isinstance(answer, tuple) else answer == GONE


def _answers(
    source: Source, rows: Sequence[ListedCall], turn: Turn
) -> Iterator[tuple[ListedCall, Answer | Broken]]:
    """What the vendor has of each, asked by several threads at once; of each thread at least one.

    What stops every request (the key, the rate, an outage) is raised when all other answers were
    given. A lane that an open circuit held back is none of that where another was answered.
    """
    lanes = min(settings.FETCH_THREADS, len(rows))
    shares = [rows[lane::lanes] for lane in range(lanes)]
    if lanes == 1:
        with vendor.connect(source) as client:
            yield from ((row, ask(client, source, row)) for row in _in_time(rows, turn))
        return
    with ThreadPoolExecutor(lanes) as pool:
        asked = list(pool.map(partial(_ask_share, source, turn), shares))
    if any(answers for answers, _ in asked):
        pacer.answered(vendor.account(source))
    for share, (answers, _) in zip(shares, asked, strict=True):
        yield from zip(share, answers, strict=False)
    _raise_what_stopped([stopped for _, stopped in asked if stopped], asked=len(asked))


def _raise_what_stopped(stops: Sequence[Refused], *, asked: int) -> None:
    """What the vendor said goes before our own refusal, which stops nothing if a lane went on."""
    own = [stop for stop in stops if isinstance(stop, pacer.CircuitOpen)]
    for stop in stops:
        if stop not in own or len(own) == asked:
            raise stop


def _in_time(rows: Sequence[ListedCall], turn: Turn) -> Iterator[ListedCall]:
    """The first, and those that may be begun before the turn is over."""
    yield rows[0]
    yield from takewhile(lambda _: not turn.is_over(), rows[1:])


def _ask_share(
    source: Source, turn: Turn, rows: Sequence[ListedCall]
) -> tuple[Sequence[Answer | Broken], Refused | None]:
    """A thread's part: its answers, and what ended them before the last."""
    answers: list[Answer | Broken] = []
    try:
        with vendor.connect(source) as client:
            for row in _in_time(rows, turn):
                answers.append(ask(client, source, row))
    except Refused as stopped:
        return answers, stopped
    finally:
        connection.close()  # the thread's own, opened by the pacer
    return answers, None


def ask(client: AssemblyAI, source: Source, row: ListedCall) -> Answer | Broken:
    """What the source has under the id. Raises what would stop every other request, too."""
    try:
        return _parsed(source, client.get(row.external_id), row)
    except NotFound:
        return GONE
    except TooLarge as refusal:
        return refusal.code
    except PayloadRefused as refusal:
        return Broken(refusal.reason) if refusal.reason is Unfit.NOT_JSON else refusal.reason
    except BadReply as refusal:
        return Broken(refusal.code)


def _parsed(source: Source, body: bytes, row: ListedCall) -> tuple[Received, SourceTranscript]:
    received = receive(body)
    fetched = parse(
        received.value,
        call_url=received.call_url,
        expected_id=row.external_id,
        created_at=row.listed_at,
        default_named=_named(source),
    )
    return received, fetched


def _named(source: Source) -> Named:
    """The source's own labels, where every call has the same."""
    labels = {role: label for label, role in source.roles.items()}
    return Named(labels.get("agent"), labels.get("customer"), "the source's setting")


def take(source: Source, row: ListedCall, answer: Answer | Broken, then: Then) -> None:
    """Store what came, and what that makes of its row; in the caller's tenant transaction."""

    def put(answer: Answer | Broken) -> None:
        kept = _to_keep(row, answer)
        if kept is not None:
            keep(source=source, external_id=row.external_id, answer=kept, then=then)
        _settle(row, answer)

    _or_refused(row, put, _believed(row, answer))


def _or_refused(
    row: ListedCall, put: Callable[[Answer | Broken], None], answer: Answer | Broken
) -> None:
    """Put the answer, or that the database itself refuses it, or that the call was erased."""
    try:
        with transaction.atomic():
            put(answer)
    except DataError:
        put(Broken(_UNSTORABLE))
    except gone.CallErased as refusal:
        with tenant_context(row.tenant_id):
            listing.end(row, ListedState.REFUSED, code=refusal.code)


def _believed(row: ListedCall, answer: Answer | Broken) -> Answer | Broken:
    """A webhook alone may have named what is not there, which anybody with its secret can."""
    return Broken(_UNLISTED) if answer == GONE and row.listed_at is None else answer


def _to_keep(row: ListedCall, answer: Answer | Broken) -> Answer | None:
    """What is to be stored; None of a reply that may be whole the next time."""
    if not isinstance(answer, Broken):
        return answer
    is_last = row.tries + 1 >= TRIES_A_CALL
    return answer.code if is_last and answer.code != _UNLISTED else None


def _settle(row: ListedCall, answer: Answer | Broken) -> None:
    """What the answer makes of the call's row."""
    if isinstance(answer, Broken):
        _settle_broken(row, answer)
        return
    if isinstance(answer, str):
        state = ListedState.REFUSED if answer else ListedState.GONE
        listing.end(row, state, code=answer)
        return
    fetched = answer[1]
    if fetched.is_tombstone:
        listing.end(row, ListedState.GONE)
    elif fetched.is_final:
        listing.end(row, ListedState.HELD, webhook=fetched.webhook_status_code)
        erase.held(row)
    else:
        listing.put_off(row, status=fetched.status, code="", wait=_look_again(row), tries=0)


def _settle_broken(row: ListedCall, answer: Broken) -> None:
    if row.tries + 1 < TRIES_A_CALL:
        wait = timedelta(seconds=2.0 ** (row.tries + 2))
        listing.put_off(row, status=row.status, code=answer.code, wait=wait, tries=row.tries + 1)
        return
    state = ListedState.GONE if answer.code == _UNLISTED else ListedState.REFUSED
    listing.end(row, state, code=answer.code)


def _look_again(row: ListedCall) -> timedelta:
    """A call in work: the longer it takes, the less often it is looked at."""
    age = timezone.now() - (row.listed_at or row.seen_at)
    return min(max(age / 4, listing.FIRST_LOOK), LONGEST_LOOK)


def keep(*, source: Source, external_id: str, answer: Answer, then: Then) -> Transcript | None:
    """Store it, and pass on each transcript that is to be evaluated for it.

    Gives what was written, None where nothing changed. In the caller's tenant transaction.
    """
    now = timezone.now()
    if isinstance(answer, str):
        row = store.store_refused(source=source, external_id=external_id, code=answer, now=now)
    else:
        received, fetched = answer
        row = store.store(source=source, received=received, fetched=fetched, now=now)
    if row is not None:
        then.stored(row)
        for each in duplicates.look_again(row):
            then.stored(each)
    return row


def _close(claim: ledger.Claim, source: Source, then: Then) -> None:
    """Rest until the next is due. Whoever notes a call waits for this, and wakes the job then."""
    with transaction.atomic():
        with tenant_context(claim.tenant_id):
            is_ended = _rest(claim, source, then)
            routed = routing.tenants_of(source) if is_ended and source.is_shared else []
            _alarm(source)
        for tenant_id in routed:
            with tenant_context(tenant_id):
                _end(Source.objects.get(routed_from=source.pk), then)


def _alarm(source: Source) -> None:
    """Said at the end of each run for as long as it is so: the source deletes them one day."""
    for code, count in routing.quarantined(source).items() if source.is_shared else ():
        log.warning("calls_quarantined", source=str(source.pk), code=code, count=count)


def _rest(claim: ledger.Claim, source: Source, then: Then) -> bool:
    """True where that ended the source's backfill."""
    ledger.extend(claim, done=0, total=None)  # locks the job's row
    source.refresh_from_db()
    if source.state == SourceState.PAUSED:
        ledger.rest(claim, until=None)
        return False
    if is_ended := _is_backfilled(source):
        _end(source, then)
    next_at = _wanted(source).aggregate(at=Min("look_at"))["at"]
    ledger.rest(claim, until=next_at)
    if next_at is not None and next_at <= timezone.now():
        nudge(tenant_id=claim.tenant_id, job_id=claim.job_id)
    return is_ended


def _is_backfilled(source: Source) -> bool:
    """It has just come to its end: all that it listed is here, gone or refused."""
    if source.backfill_listed_at is None or source.backfill_done_at is not None:
        return False
    listed = _wanted(source).filter(
        found_by=FoundBy.BACKFILL, seen_at__lte=source.backfill_listed_at
    )
    return not listed.exists()


def _end(source: Source, then: Then) -> None:
    """Nothing older is still to come. In the transaction of the source's tenant."""
    source.backfill_done_at = timezone.now()
    source.save(update_fields=["backfill_done_at"])
    then.ended(source)
