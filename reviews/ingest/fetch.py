"""Fetch what is wanted of a source: the new first, then of the past what expires soonest.

One job a source, which rests while nothing is wanted. Each call is committed with its own row of
the list, so a crash at any point neither loses a call nor takes one twice.
"""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import DataError, connection, transaction
from django.db.models import F, Min, QuerySet
from django.utils import timezone

from reviews.egress import BadReply, NotFound, TooLarge
from reviews.errors import Refused
from reviews.ingest import duplicates, listing, store, vendor
from reviews.ingest.then import Then
from reviews.jobs import ledger
from reviews.jobs.nudge import nudge
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
    deadline = time.monotonic() + vendor.slice_s()
    while rows := _due(source):
        with vendor.asking(claim, source):
            _take_all(claim, source, rows, then)
        if _is_refused(claim):
            return
        if time.monotonic() > deadline:
            break
    _close(claim, source, then)


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


def _take_all(claim: ledger.Claim, source: Source, rows: Sequence[ListedCall], then: Then) -> None:
    for row, answer in _answers(source, rows):
        with tenant_context(claim.tenant_id):
            take(source, row, answer, then)
            ledger.extend(claim, done=0, total=None)


def _answers(
    source: Source, rows: Sequence[ListedCall]
) -> Iterator[tuple[ListedCall, Answer | Broken]]:
    """What the vendor has of each, asked by several threads at once, given in order.

    What stops every request (the key, the rate, an outage) is raised where its turn comes; the
    answers before it are given.
    """
    lanes = min(settings.FETCH_THREADS, len(rows))
    shares = [rows[lane::lanes] for lane in range(lanes)]
    if lanes == 1:
        with vendor.connect(source) as client:
            yield from ((row, ask(client, source, row)) for row in rows)
        return
    with ThreadPoolExecutor(lanes) as pool:
        asked = list(pool.map(partial(_ask_share, source), shares))
    for share, (answers, _) in zip(shares, asked, strict=True):
        yield from zip(share, answers, strict=False)
    for _, stopped in asked:
        if stopped:
            raise stopped


def _ask_share(
    source: Source, rows: Sequence[ListedCall]
) -> tuple[Sequence[Answer | Broken], Refused | None]:
    """A thread's part: its answers, and what ended them before the last."""
    answers: list[Answer | Broken] = []
    try:
        with vendor.connect(source) as client:
            for row in rows:
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
    if answer == GONE and row.listed_at is None:
        answer = Broken(_UNLISTED)  # only a webhook named it, which anybody with its secret can
    if not isinstance(answer, Broken):
        try:
            with transaction.atomic():
                keep(source=source, external_id=row.external_id, answer=answer, then=then)
                _settle(row, answer)
                return
        except DataError:  # the database itself refuses it
            answer = Broken(_UNSTORABLE)
    if row.tries + 1 < TRIES_A_CALL:
        wait = timedelta(seconds=2.0 ** (row.tries + 2))
        listing.put_off(row, status=row.status, code=answer.code, wait=wait, tries=row.tries + 1)
        return
    if answer.code == _UNLISTED:
        listing.end(row, ListedState.GONE, code=_UNLISTED)
        return
    keep(source=source, external_id=row.external_id, answer=answer.code, then=then)
    listing.end(row, ListedState.REFUSED, code=answer.code)


def _settle(row: ListedCall, answer: Answer) -> None:
    if isinstance(answer, str):
        state = ListedState.REFUSED if answer else ListedState.GONE
        listing.end(row, state, code=answer)
        return
    fetched = answer[1]
    if fetched.is_tombstone:
        listing.end(row, ListedState.GONE)
    elif fetched.is_final:
        listing.end(row, ListedState.HELD, webhook=fetched.webhook_status_code)
    else:
        listing.put_off(row, status=fetched.status, code="", wait=_look_again(row), tries=0)


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
    with tenant_context(claim.tenant_id):
        ledger.extend(claim, done=0, total=None)  # locks the job's row
        source.refresh_from_db()
        if source.state == SourceState.PAUSED:
            ledger.rest(claim, until=None)
            return
        _end_backfill(source, then)
        next_at = _wanted(source).aggregate(at=Min("look_at"))["at"]
        ledger.rest(claim, until=next_at)
        if next_at is not None and next_at <= timezone.now():
            nudge(tenant_id=claim.tenant_id, job_id=claim.job_id)


def _end_backfill(source: Source, then: Then) -> None:
    """It ends when all that it listed is here, gone or refused."""
    if source.backfill_listed_at is None or source.backfill_done_at is not None:
        return
    listed = _wanted(source).filter(
        found_by=FoundBy.BACKFILL, seen_at__lte=source.backfill_listed_at
    )
    if not listed.exists():
        source.backfill_done_at = timezone.now()
        source.save(update_fields=["backfill_done_at"])
        then.ended(source)
