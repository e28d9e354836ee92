"""A fetched call into rows: transcript, participants, utterances. Their one writer."""

import hashlib
import hmac
import zlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings

from reviews.detection.evidence import Reason
from reviews.detection.transcript import ContentSafety, Role
from reviews.detection.transcript import Transcript as Columns
from reviews.ingest import utterances
from reviews.models import Agent, Participant, Source, Transcript, TranscriptState
from reviews.sources.intake import Received
from reviews.sources.normal import SourceTranscript

Voice = tuple[str, str, Role]
"""Speaker, channel, role."""
_STATES = {
    Reason.TRANSCRIPT_ERRORED: TranscriptState.ERRORED,
    Reason.TRANSCRIPT_DELETED: TranscriptState.DELETED,
}


def store(
    *, source: Source, received: Received, fetched: SourceTranscript, now: datetime
) -> Transcript | None:
    """Write what was fetched; None where it changes nothing.

    The same bytes change nothing; a tombstone or an error never overwrites a copy that is ready.
    Runs in the caller's tenant transaction. Lock: the transcript's row.
    """
    row = _locked(source, fetched.external_id) or _blank(source, fetched.external_id, now)
    state = _state(fetched)
    digest = _keyed(source.tenant_id, "payload", received.sha256)
    if bytes(row.payload_hmac) == digest:
        return None
    if row.state == TranscriptState.READY and state != TranscriptState.READY:
        return None
    row.state = state
    row.state_code = ""
    row.payload_hmac = digest
    _take_payload(row, received, now)
    _take_columns(row, fetched.transcript)
    _take_facts(row, fetched)
    if not _save(row):
        return store(source=source, received=received, fetched=fetched, now=now)
    utterances.write(row, fetched.transcript)
    _write_participants(row, fetched)
    return row


def _take_payload(row: Transcript, received: Received, now: datetime) -> None:
    row.payload = zlib.compress(msgspec.json.encode(received.value), 1)
    row.removed = [asdict(item) for item in received.cleaned]
    row.removed += [asdict(item) for item in received.removed]
    row.received_at = now


def store_refused(
    *, source: Source, external_id: str, code: str, now: datetime
) -> Transcript | None:
    """Write that a listed call could not be taken in; `code` says why, "" that it is gone.

    Its evaluations will say so. A copy that is ready stays. None where nothing changes.
    """
    row = _locked(source, external_id) or _blank(source, external_id, now)
    state = TranscriptState.REFUSED if code else TranscriptState.DELETED
    if row.state == TranscriptState.READY or (row.state, row.state_code) == (state, code):
        return None
    row.state = state
    row.state_code = code
    row.payload_hmac = b""
    row.received_at = now
    if not _save(row):
        return store_refused(source=source, external_id=external_id, code=code, now=now)
    return row


def _locked(source: Source, external_id: str) -> Transcript | None:
    """The row that is there, locked, without its payload."""
    rows = Transcript.objects.select_for_update().defer("payload")
    return rows.filter(source=source, external_id=external_id).first()


def _blank(source: Source, external_id: str, now: datetime) -> Transcript:
    """A new row, not saved; it has revision 0."""
    return Transcript(
        tenant_id=source.tenant_id,
        source=source,
        external_id=external_id,
        revision=0,
        state=TranscriptState.PENDING,
        payload_hmac=b"",
        payload=b"",
        received_at=now,
    )


def _save(row: Transcript) -> bool:
    """Write the row as its next revision; False where another transaction has just made it.

    Two at once: the second waits for the first's end here, and then has to look at what it made.
    """
    row.revision += 1
    if not row._state.adding:
        row.save()
        return True
    Transcript.objects.bulk_create([row], ignore_conflicts=True)
    return Transcript.objects.filter(pk=row.pk).exists()


def _state(fetched: SourceTranscript) -> TranscriptState:
    if fetched.transcript.refused:
        return _STATES[fetched.transcript.refused.reason]
    return TranscriptState.READY if fetched.is_final else TranscriptState.PENDING


def _take_columns(row: Transcript, columns: Columns) -> None:
    known = [value for value in columns.confidence if value is not None]
    row.safety = _safety(columns.safety)
    row.language = columns.language or ""
    row.duration_ms = columns.duration_ms
    row.words = len(columns.words)
    row.confidence = sum(known) / len(known) if known else None
    row.transcribed_from_ms, row.transcribed_to_ms = columns.transcribed_ms
    row.is_punctuated = columns.is_punctuated
    row.custom_spelling = [list(pair) for pair in columns.custom_spelling]


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
    row.account_hash = _keyed_or_none(row.tenant_id, "account", fetched.metadata.account)


def _write_participants(row: Transcript, fetched: SourceTranscript) -> None:
    """One row per voice. The call's agent is the named voice, or the only one with that role."""
    columns = fetched.transcript
    spoken = zip(columns.speakers, columns.channels, columns.roles, strict=True)
    voices = dict.fromkeys(
        (speaker or "", channel or "", role) for speaker, channel, role in spoken
    )
    own = _own_voice(list(voices), fetched.metadata.agent_speaker)
    agent = _agent(row.tenant_id, fetched.metadata.agent) if own else None
    rows = [
        Participant(
            tenant_id=row.tenant_id,
            transcript=row,
            revision=row.revision,
            speaker=speaker,
            channel=channel,
            role=role,
            agent=agent if (speaker, channel, role) == own else None,
        )
        for speaker, channel, role in voices
    ]
    Participant.objects.bulk_create(rows)


def _own_voice(voices: Sequence[Voice], named: str | None) -> Voice | None:
    """The voice the call's metadata means by its agent; None where it could be another's."""
    agents = [voice for voice in voices if voice[2] == Role.AGENT]
    if named:
        agents = [voice for voice in agents if named in voice[:2]]
    return agents[0] if len(agents) == 1 else None


def _agent(tenant_id: UUID, external_id: str | None) -> Agent | None:
    if not external_id:
        return None
    agent, _ = Agent.objects.get_or_create(tenant_id=tenant_id, external_id=external_id)
    return agent


def _safety(safety: ContentSafety | None) -> dict[str, Any] | None:
    return asdict(safety) if safety else None


def _offset(at: datetime | None) -> str:
    """The zone the call's time was given in, as ±HH:MM."""
    return at.isoformat()[-6:] if at else ""


def _keyed_or_none(tenant_id: UUID, kind: str, value: str | None) -> bytes | None:
    return None if value is None else _keyed(tenant_id, kind, value.strip().casefold())


def _keyed(tenant_id: UUID, kind: str, value: str) -> bytes:
    """HMAC-SHA256: equal values of one tenant give equal hashes, and nothing leads back."""
    message = f"{tenant_id}|{kind}|{value}".encode()
    return hmac.digest(settings.HASH_KEY.encode(), message, hashlib.sha256)
