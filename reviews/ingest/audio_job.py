"""A source's recordings: fetched while they can be, deleted when their time is over.

One job a source, which rests while nothing is due. What one recording's server does puts off that
recording alone. An address that opens a recording is unsealed here, for the request, and is in no
error, log or argument.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.conf import settings
from django.db.models import Min, QuerySet
from django.utils import timezone

from reviews.download import Downloader
from reviews.egress import Config, Limits, NotFound, RateLimited, VendorDown, parse_origin
from reviews.errors import ErrorCode, Refused
from reviews.ingest import audio, audio_files, vendor
from reviews.ingest.audio_files import Taking
from reviews.jobs import ledger
from reviews.models import (
    Audio,
    AudioKind,
    AudioState,
    Source,
    SourceState,
)
from reviews.models.secret import unseal
from reviews.models.tenancy import tenant_context
from reviews.models.tenant import INSTANCE_ID

log = structlog.get_logger("verbatim.ingest")
BATCH = 16
FIRST_LOOK, LONGEST_LOOK = timedelta(seconds=15), timedelta(hours=1)
SWEPT_EVERY = timedelta(days=1)
_PENDING = "not_ready"
_GONE = 410
_SHARE = 0.85
"""Of a job's time: a request has ended by then."""
_OUTAGES = (RateLimited, VendorDown)


@dataclass(frozen=True, slots=True)
class Ended:
    state: AudioState
    code: str = ""


@dataclass(frozen=True, slots=True)
class Later:
    code: str


Outcome = Taking | Ended | Later


def run(claim: ledger.Claim) -> None:
    """One slice: delete what is due, fetch what is due, then rest until the next is."""
    with tenant_context(claim.tenant_id):
        source = Source.objects.get(pk=claim.subject_id)
    began = time.monotonic()
    deadline, end = began + vendor.slice_s(), began + float(settings.JOB_TIMEOUT_S) * _SHARE
    _purge(claim, source)
    while (rows := _due(source)) and time.monotonic() < deadline:
        for row in rows:
            if time.monotonic() < deadline:
                _take(claim, source, row, end)
    _sweep(source, deadline)
    _rest(claim, source)


def _purge(claim: ledger.Claim, source: Source) -> None:
    while True:
        with tenant_context(source.tenant_id):
            rows = audio_files.purge(source, now=timezone.now())
            ledger.extend(claim, done=0, total=None)
        audio_files.remove_files(rows)
        if len(rows) < audio_files.PURGED_AT_ONCE:
            return


def _wanted(source: Source) -> "QuerySet[Audio]":
    """Nothing while it is paused: then neither it nor its recordings are asked for."""
    if source.state == SourceState.PAUSED:
        return Audio.objects.none()
    return Audio.objects.filter(transcript__source=source, state=AudioState.WANTED)


def _due(source: Source) -> Sequence[Audio]:
    """What the source deletes first goes first."""
    with tenant_context(source.tenant_id):
        source.refresh_from_db()
        due = _wanted(source).filter(look_at__lte=timezone.now())
        return list(due.select_related("transcript").order_by("wanted_until", "pk")[:BATCH])


def _take(claim: ledger.Claim, source: Source, row: Audio, end: float) -> None:
    """A file whose row is not committed stays for the sweep: the commit may have come through."""
    outcome = _fetched(source, row, end)
    with tenant_context(source.tenant_id):
        _settle(source, row, outcome)
        ledger.extend(claim, done=0, total=None)


def _fetched(source: Source, row: Audio, end: float) -> Outcome:
    if row.kind == AudioKind.REDACTED:
        url = _redacted_url(source, row)
        return _downloaded(row, url, end) if isinstance(url, str) else url
    if row.sealed_url is None:
        return Ended(AudioState.GONE, ErrorCode.NOT_FOUND)
    return _downloaded(row, unseal(bytes(row.sealed_url)), end)


def _redacted_url(source: Source, row: Audio) -> str | Ended | Later:
    """Asked for each time: it is signed for a while only."""
    asked = _asked(source)
    if asked.state == SourceState.PAUSED:
        return Later(asked.paused_code)
    try:
        with vendor.asked(asked) as client:
            url = client.redacted_audio(row.transcript.external_id)
    except NotFound:
        return Ended(AudioState.GONE, ErrorCode.NOT_FOUND)
    except Refused as refusal:
        return Later(refusal.code)
    return url or Later(_PENDING)


def _asked(source: Source) -> Source:
    """Whose key opens the account: of a tenant's share of one the installation's."""
    if source.routed_from is None:
        return source
    with tenant_context(INSTANCE_ID):
        return Source.objects.get(pk=source.routed_from)


def _downloaded(row: Audio, url: str, end: float) -> Outcome:
    """Never with the source's key: whoever has the address may fetch it."""
    try:
        with _client(url, end) as client, audio_files.taking(row) as taken:
            client.download(url, taken.write)
    except _OUTAGES as refusal:
        return Later(refusal.code)
    except Refused as refusal:
        is_gone = refusal.code == ErrorCode.NOT_FOUND or getattr(refusal, "status", 0) == _GONE
        return Ended(AudioState.GONE if is_gone else AudioState.REFUSED, refusal.code)
    return taken


def _client(url: str, end: float) -> Downloader:
    """Of the address's origin alone: what signs it is in no setting of the client."""
    origin = parse_origin(url, allow_private=settings.EGRESS_ALLOW_PRIVATE)
    seconds = max(end - time.monotonic(), 1.0)
    config = Config(
        base_url=f"{origin.scheme}://{origin.entry}",
        allow_private=settings.EGRESS_ALLOW_PRIVATE,
        limits=Limits(
            read_seconds=seconds, total_seconds=seconds, body_bytes=audio_files.most_bytes()
        ),
    )
    return Downloader(config, surroundings=vendor.SURROUNDINGS())


def _settle(source: Source, row: Audio, outcome: Outcome) -> None:
    """What came of it on its row, in the caller's tenant transaction."""
    now = timezone.now()
    wanted = Audio.objects.filter(pk=row.pk, state=AudioState.WANTED)
    if isinstance(outcome, Taking):
        audio_files.keep(row, outcome, days=source.audio_days, now=now)
        return
    if isinstance(outcome, Later):
        if row.wanted_until and now < row.wanted_until:
            wanted.update(look_at=now + _wait(row, outcome), tries=row.tries + 1, code=outcome.code)
            return
        outcome = Ended(AudioState.EXPIRED, outcome.code)
    wanted.update(state=outcome.state, code=outcome.code, sealed_url=None, ended_at=now)
    if row.kind == AudioKind.REDACTED:
        log.warning("redacted_audio_lost", source=str(source.pk), code=outcome.code)


def _wait(row: Audio, outcome: Later) -> timedelta:
    """Longer each time, and once more right before its time ends."""
    longest = min(FIRST_LOOK * 2.0 ** min(row.tries, 10), LONGEST_LOOK)
    left = row.wanted_until - timezone.now() if row.wanted_until else longest
    return max(min(longest, left), FIRST_LOOK)


def _sweep(source: Source, deadline: float) -> None:
    now = timezone.now()
    is_recent = source.audio_swept_at and source.audio_swept_at > now - SWEPT_EVERY
    if is_recent or time.monotonic() > deadline:
        return
    with tenant_context(source.tenant_id):
        count = audio_files.sweep(source.tenant_id, now=now, deadline=deadline)
        Source.objects.filter(pk=source.pk).update(audio_swept_at=now)
    if count:
        log.info("audio_files_swept", count=count)


def _rest(claim: ledger.Claim, source: Source) -> None:
    """Until the next is due. Whoever wants a recording waits for this, and wakes the job then."""
    with tenant_context(claim.tenant_id):
        ledger.extend(claim, done=0, total=None)  # locks the job's row
        source.refresh_from_db()
        held = Audio.objects.filter(transcript__source=source, state=AudioState.HELD)
        due = [
            _wanted(source).aggregate(at=Min("look_at"))["at"],
            held.aggregate(at=Min("purge_at"))["at"],
        ]
        if audio.is_keeping(source) or held.exists():
            due.append((source.audio_swept_at or timezone.now()) + SWEPT_EVERY)
        ledger.rest(claim, until=min(filter(None, due), default=None))
