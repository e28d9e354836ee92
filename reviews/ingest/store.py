"""A fetched call into rows: transcript, participants, utterances. Their one writer."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import zstandard
from django.conf import settings

from reviews import outbox
from reviews.detection import analysis, likeness
from reviews.detection.analysis import Analysis
from reviews.detection.evidence import Reason
from reviews.detection.pii import call
from reviews.detection.transcript import ContentSafety, Role
from reviews.detection.transcript import Transcript as Columns
from reviews.ingest import audio, duplicates, gone, submitted, utterances
from reviews.models import Agent, EventKind, Participant, Source, Transcript, TranscriptState
from reviews.models.ids import uuid7
from reviews.models.rows import as_row, insert, select
from reviews.sources.intake import Received
from reviews.sources.normal import SourceTranscript

Voice = tuple[str, str, Role]
"""Speaker, channel, role."""
_ID_DIGITS = 24
_AGENT = """
SELECT id FROM reviews_agent WHERE tenant_id = %(tenant)s AND external_id = %(external)s
"""
_STATES = {
    Reason.TRANSCRIPT_ERRORED: TranscriptState.ERRORED,
    Reason.TRANSCRIPT_DELETED: TranscriptState.DELETED,
}


def store(
    *, source: Source, received: Received, fetched: SourceTranscript, now: datetime
) -> Transcript | None:
    """Write what was fetched; None where it changes nothing.

    The same bytes change nothing, unless something new is told beside them; a tombstone or an error
    never overwrites a copy that is ready. Runs in the caller's tenant transaction. Lock: the
    transcript's row. Most calls are new, so the insert comes first; two at once, and the second
    waits for the first's end there. Raises CallErased, and then its insert is to be undone.
    """
    fetched = submitted.with_metadata(source, received.call_url, fetched)
    row = _blank(source, fetched.external_id, now)
    _take(row, received, fetched, now)
    if _insert(row):
        gone.check(source, fetched.external_id)
    else:
        row = _locked(source, fetched.external_id)
        if not _is_news(row, received, fetched):
            return None
        _take(row, received, fetched, now)
        _next_revision(row)
    utterances.write(row, fetched.transcript)
    _write_participants(row, fetched)
    duplicates.link(row)
    audio.want(source, row, received, fetched)
    tell(row, now=now)
    return row


def _is_news(row: Transcript, received: Received, fetched: SourceTranscript) -> bool:
    is_same = bytes(row.payload_hmac) == keyed(row.tenant_id, "payload", received.sha256)
    if is_same and (not fetched.told or bytes(row.told_hmac) == _told(row, fetched)):
        return False
    return row.state != TranscriptState.READY or _state(fetched) == TranscriptState.READY


def _take(row: Transcript, received: Received, fetched: SourceTranscript, now: datetime) -> None:
    row.state = _state(fetched)
    row.state_code = ""
    row.payload_hmac = keyed(row.tenant_id, "payload", received.sha256)
    _take_payload(row, received, now)
    _take_columns(row, fetched.transcript)
    _take_facts(row, fetched)


def _take_payload(row: Transcript, received: Received, now: datetime) -> None:
    row.payload = zstandard.compress(msgspec.json.encode(received.value))
    row.removed = [asdict(item) for item in received.cleaned]
    row.removed += [asdict(item) for item in received.removed]
    row.received_at = now


def store_refused(
    *, source: Source, external_id: str, code: str, now: datetime
) -> Transcript | None:
    """Write that a listed call could not be taken in; `code` says why, "" that it is gone.

    Its evaluations will say so. A copy that is ready stays. None where nothing changes. Raises
    CallErased.
    """
    row = _blank(source, external_id, now)
    row.state, row.state_code = _refusal(code)
    if _insert(row):
        gone.check(source, external_id)
    else:
        row = _locked(source, external_id)
        if row.state == TranscriptState.READY or (row.state, row.state_code) == _refusal(code):
            return None
        row.state, row.state_code = _refusal(code)
        row.payload_hmac = b""
        row.received_at = now
        _next_revision(row)
    tell(row, now=now)
    return row


def tell(row: Transcript, *, now: datetime) -> None:
    """The tenant's webhooks of a new revision, unless the source still works on it.

    Under the lock of the transcript's row.
    """
    if row.state == TranscriptState.PENDING:
        return
    data = {
        "source": row.source_id,
        "external_id": row.external_id,
        "revision": row.revision,
        "state": str(row.state),
        "words": row.words,
        "duration_ms": row.duration_ms,
    }
    said = outbox.Said(EventKind.TRANSCRIPT_INGESTED, row.pk, data)
    outbox.emit(row.tenant_id, [said], at=now)


def _refusal(code: str) -> tuple[TranscriptState, str]:
    return (TranscriptState.REFUSED if code else TranscriptState.DELETED), code


def _locked(source: Source, external_id: str) -> Transcript:
    """The row that is there, locked, without its payload. Raises CallErased."""
    rows = Transcript.objects.select_for_update().defer("payload")
    try:
        return rows.get(source=source, external_id=external_id)
    except Transcript.DoesNotExist:
        gone.check(source, external_id)
        raise


def held(*, source: Source, external_id: str) -> Transcript:
    """The row that is there, without its payload. Raises DoesNotExist."""
    return Transcript.objects.defer("payload").get(source=source, external_id=external_id)


def is_held(*, source: Source, external_id: str) -> bool:
    return Transcript.objects.filter(source=source, external_id=external_id).exists()


def _blank(source: Source, external_id: str, now: datetime) -> Transcript:
    """A new row, not saved."""
    return Transcript(
        tenant_id=source.tenant_id,
        source=source,
        external_id=external_id,
        revision=1,
        state=TranscriptState.PENDING,
        payload_hmac=b"",
        payload=b"",
        received_at=now,
    )


def _insert(row: Transcript) -> bool:
    """False where the source's call is there already, or another transaction has just made it."""
    return insert(Transcript, [as_row(row)], is_new=False) == 1


def _next_revision(row: Transcript) -> None:
    row.revision += 1
    row.save()


def _state(fetched: SourceTranscript) -> TranscriptState:
    if fetched.transcript.refused:
        return _STATES[fetched.transcript.refused.reason]
    return TranscriptState.READY if fetched.is_final else TranscriptState.PENDING


def _take_columns(row: Transcript, columns: Columns) -> None:
    known = [value for value in columns.confidence if value is not None]
    row.safety = _safety(columns.safety)
    row.analysis = _analysis(columns.analysis)
    row.language = columns.language or ""
    row.timing = columns.timing
    row.duration_ms = columns.duration_ms
    row.words = len(columns.words)
    row.confidence = sum(known) / len(known) if known else None
    row.transcribed_from_ms, row.transcribed_to_ms = columns.transcribed_ms
    row.masked_by = call.VERSION
    row.signature = _signature(row, columns)
    row.duplicate_of_id = None
    row.is_punctuated = columns.is_punctuated
    row.custom_spelling = [list(pair) for pair in columns.custom_spelling]


def _signature(row: Transcript, columns: Columns) -> bytes | None:
    key = keyed(row.tenant_id, "likeness", "")
    return likeness.signature(columns, key=key) if row.state == TranscriptState.READY else None


def _take_facts(row: Transcript, fetched: SourceTranscript) -> None:
    facts = fetched.transcript.facts
    row.source_error = fetched.error or ""
    row.features = dict(fetched.features)
    row.feature_fingerprint = fetched.features_hash
    row.roles_by = fetched.roles_how
    row.submitted_at = fetched.created_at
    row.call_at = facts.call_at
    row.call_zone = _offset(facts.call_at)
    row.direction = facts.direction or ""
    row.kind = facts.kind or ""
    row.queue = facts.queue or ""
    row.product = facts.product or ""
    row.customer_region = facts.customer_region or ""
    row.customer_zone = facts.local_zone or ""
    row.first_contact = facts.first_contact
    row.notice_before_start = facts.notice_before_start
    row.subject_hash = _keyed_or_none(row.tenant_id, "subject", fetched.metadata.subject)
    row.crm_ids = dict(fetched.crm_ids)
    row.told_hmac = _told(row, fetched)
    row.account_hash = _keyed_or_none(row.tenant_id, "account", fetched.metadata.account)


def _write_participants(row: Transcript, fetched: SourceTranscript) -> None:
    """One row per voice. The call's agent is the named voice, or the only one with that role."""
    columns = fetched.transcript
    spoken = zip(columns.speakers, columns.channels, columns.roles, strict=True)
    voices = dict.fromkeys(
        (speaker or "", channel or "", role) for speaker, channel, role in spoken
    )
    own = _own_voice(list(voices), fetched.metadata.agent_speaker)
    agent = agent_of(row.tenant_id, fetched.metadata.agent) if own else None
    insert(
        Participant,
        [
            {
                "id": uuid7(),
                "tenant_id": row.tenant_id,
                "transcript_id": row.pk,
                "revision": row.revision,
                "speaker": speaker,
                "channel": channel,
                "role": role,
                "from_ms": 0,
                "agent_id": agent if (speaker, channel, role) == own else None,
            }
            for speaker, channel, role in voices
        ],
    )


def _own_voice(voices: Sequence[Voice], named: str | None) -> Voice | None:
    """The voice the call's metadata means by its agent; None where it could be another's."""
    agents = [voice for voice in voices if voice[2] == Role.AGENT]
    if named:
        agents = [voice for voice in agents if named in voice[:2]]
    return agents[0] if len(agents) == 1 else None


def agent_of(tenant_id: UUID, external_id: str | None) -> UUID | None:
    """The id of the agent with this id at the source, made if there is none yet."""
    if not external_id:
        return None
    found = select(_AGENT, {"tenant": tenant_id, "external": external_id})
    if not found:
        made = Agent(tenant_id=tenant_id, external_id=external_id)
        insert(Agent, [as_row(made)], is_new=False)
        found = select(_AGENT, {"tenant": tenant_id, "external": external_id})
    return UUID(str(found[0][0]))


def _safety(safety: ContentSafety | None) -> dict[str, Any] | None:
    return asdict(safety) if safety else None


def _analysis(given: Analysis) -> dict[str, Any] | None:
    return None if given == Analysis() else analysis.to_plain(given)


def _offset(at: datetime | None) -> str:
    """The zone the call's time was given in, as ±HH:MM."""
    return at.isoformat()[-6:] if at else ""


def _told(row: Transcript, fetched: SourceTranscript) -> bytes:
    return keyed(row.tenant_id, "told", fetched.told) if fetched.told else b""


def content_id(tenant_id: UUID, sha256: str) -> str:
    """An id for a document that has none: the same for the same bytes, of one tenant."""
    return f"file-{keyed(tenant_id, 'content', sha256).hex()[:_ID_DIGITS]}"


def _keyed_or_none(tenant_id: UUID, kind: str, value: str | None) -> bytes | None:
    return None if value is None else keyed(tenant_id, kind, value.strip().casefold())


def keyed(tenant_id: UUID, kind: str, value: str) -> bytes:
    """HMAC-SHA256: equal values of one tenant give equal hashes, and nothing leads back."""
    message = f"{tenant_id}|{kind}|{value}".encode()
    return hmac.digest(settings.HASH_KEY.encode(), message, hashlib.sha256)
