"""An AssemblyAI transcript object into the normal form; junk in a field never costs the call.

The struct names the fields this product reads; their types are open because real replies break
the vendor's own schema. What is stored is the accepted object, unknown keys included.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec

from reviews.detection.evidence import NotAssessable, Reason
from reviews.detection.transcript import Role, Timing, Transcript
from reviews.egress import BadReply
from reviews.sources.addresses import unsigned_within
from reviews.sources.assemblyai.columns import Columns, columns_of
from reviews.sources.assemblyai.features import features_of, fingerprint, safety_of
from reviews.sources.assemblyai.lenient import (
    code_of,
    label_of,
    moment_of,
    ms_of,
    number_of,
    rows_of,
    text_of,
    whole_of,
)
from reviews.sources.assemblyai.results import analysis_of
from reviews.sources.metadata import parse_metadata
from reviews.sources.normal import (
    LONGEST_EXTERNAL_ID,
    LONGEST_LANGUAGE,
    LONGEST_MS,
    LONGEST_ROLES_HOW,
    CallMetadata,
    SourceTranscript,
)
from reviews.sources.roles import Named, Voices, assign

_LONGEST_SECONDS = LONGEST_MS // 1000
_LONGEST_ERROR = 300
_DELETED = "deleted by user"


class WireTranscript(msgspec.Struct, frozen=True, rename=None):
    id: Any = None
    status: Any = None
    error: Any = None
    text: Any = None
    words: Any = None
    utterances: Any = None
    language_code: Any = None
    audio_url: Any = None
    audio_duration: Any = None
    audio_start_from: Any = None
    audio_end_at: Any = None
    punctuate: Any = None
    multichannel: Any = None
    dual_channel: Any = None
    custom_spelling: Any = None
    speech_understanding: Any = None
    webhook_url: Any = None
    webhook_status_code: Any = None
    is_deleted: Any = None
    created: Any = None


def parse(
    value: Mapping[str, Any],
    *,
    expected_id: str | None = None,
    created_at: datetime | None = None,
    named: Named | None = None,
    default_named: Named | None = None,
    call_url: str | None = None,
) -> SourceTranscript:
    """The normal form of an accepted object.

    `named` labels go before the call's own metadata, `default_named` (the source's setting) after.
    `call_url` is what `intake.receive` gives beside the object, whose own `webhook_url` has lost
    subject and account there; without it that one is read.
    Raises BadReply where the object is another transcript than `expected_id`.
    """
    wire = msgspec.convert(dict(value), WireTranscript)
    external_id = _external_id(wire, expected_id)
    metadata = parse_metadata(wire.webhook_url if call_url is None else call_url)
    columns = columns_of(utterances=wire.utterances, words=wire.words, text=wire.text)
    is_tombstone = _is_tombstone(wire, columns)
    if is_tombstone:
        columns = Columns()
    assigned = assign(_voices(wire, columns), named=_named(named, metadata, default_named))
    features = features_of(value)
    error = _error(wire.error)
    status = text_of(wire.status) or "completed"
    transcript = _transcript(wire, columns)
    missing = (f"{role}_speaker" for role in assigned.missing)
    return SourceTranscript(
        external_id=external_id,
        status=status,
        error=error,
        transcript=replace(
            transcript,
            id=external_id,
            roles=assigned.roles,
            facts=metadata.facts,
            safety=safety_of(value, features["content_safety"]),
            analysis=analysis_of(value, columns, sentiment=features["sentiment_analysis"]),
            refused=_refused(status, error, is_tombstone=is_tombstone),
        ),
        metadata=metadata,
        roles_how=assigned.how[:LONGEST_ROLES_HOW],
        features=features,
        features_hash=fingerprint(features),
        created_at=created_at or moment_of(wire.created),
        audio_duration=_seconds(wire.audio_duration),
        is_tombstone=is_tombstone,
        webhook_status_code=whole_of(wire.webhook_status_code),
        warnings=(*metadata.warnings, *missing, *_left_out(wire, transcript, external_id)),
    )


def _left_out(wire: WireTranscript, read: Transcript, external_id: str) -> tuple[str, ...]:
    """The fields that say something which does not fit."""
    start, end = read.transcribed_ms
    fields = {
        "id": (wire.id, external_id),
        "language_code": (wire.language_code, read.language),
        "audio_duration": (wire.audio_duration, read.duration_ms is not None),
        "audio_start_from": (wire.audio_start_from, start),
        "audio_end_at": (wire.audio_end_at, end),
        "created": (wire.created, moment_of(wire.created)),
    }
    return tuple(name for name, (given, kept) in fields.items() if given and not kept)


def _external_id(wire: WireTranscript, expected: str | None) -> str:
    found = code_of(wire.id, LONGEST_EXTERNAL_ID) or expected or ""
    if expected is not None and found != expected:
        raise BadReply(
            "The transcript is refused",
            "an id that is not the one asked for",
            "Check what answers at the address of the source.",
        )
    return found


def _transcript(wire: WireTranscript, columns: Columns) -> Transcript:
    """What the wire alone says; every role still unknown."""
    seconds = _seconds(wire.audio_duration)
    end = ms_of(wire.audio_end_at)
    starts, ends = columns.times_ms
    return Transcript(
        id="",
        words=columns.words,
        start_ms=starts,
        end_ms=ends,
        confidence=columns.confidence,
        bounds=tuple(columns.bounds),
        speakers=tuple(columns.speakers),
        channels=tuple(columns.channels),
        roles=(Role.UNKNOWN,) * len(columns.speakers),
        language=code_of(wire.language_code, LONGEST_LANGUAGE),
        timing=Timing.MEASURED if any(at >= 0 for at in starts) else Timing.NONE,
        duration_ms=None if seconds is None else round(seconds * 1000),
        transcribed_ms=(max(ms_of(wire.audio_start_from), 0), end if end > 0 else None),
        is_punctuated=wire.punctuate is not False,
        custom_spelling=_spelling(wire.custom_spelling),
    )


def _voices(wire: WireTranscript, columns: Columns) -> Voices:
    return Voices(
        speakers=columns.speakers,
        channels=columns.channels,
        is_multichannel=bool(wire.multichannel or wire.dual_channel),
        identified=_identified(wire.speech_understanding),
    )


def _identified(value: Any) -> dict[str, str]:
    """label → role or name, from `response.speaker_identification.mapping`."""
    for key in ("response", "speaker_identification", "mapping"):
        value = value.get(key) if isinstance(value, dict) else None
    if not isinstance(value, dict):
        return {}
    rows = ((label_of(label), text) for label, text in value.items())
    return {label: text for label, text in rows if label and isinstance(text, str)}


def _named(named: Named | None, metadata: CallMetadata, default: Named | None) -> Named:
    own = Named(metadata.agent_speaker, metadata.customer_speaker, "the call's metadata")
    return named or own or default or Named()


def _is_tombstone(wire: WireTranscript, columns: Columns) -> bool:
    if wire.is_deleted is True or _says_deleted(wire.audio_url):
        return True
    # A caller may say these very words: without the words' own rows only the notice is left.
    return not rows_of(wire.words) and not wire.utterances and _says_deleted(wire.text)


def _says_deleted(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    bare = value.strip().lower().removeprefix("https://").removeprefix("http://")
    return bare.replace("_", " ").rstrip("./ ") == _DELETED


def _refused(status: str, error: str | None, *, is_tombstone: bool) -> NotAssessable | None:
    if is_tombstone:
        return NotAssessable(Reason.TRANSCRIPT_DELETED, "The call was deleted at its source.")
    if status == "error":
        why = error or "it gave no reason"
        return NotAssessable(
            Reason.TRANSCRIPT_ERRORED, f"The source could not transcribe the call: {why}"
        )
    return None


def _error(value: Any) -> str | None:
    """The vendor's reason, without what may sign an address, and short."""
    text = text_of(value)
    return unsigned_within(text)[:_LONGEST_ERROR] if text else None


def _seconds(value: Any) -> float | None:
    number = number_of(value)
    return number if number is not None and 0 <= number <= _LONGEST_SECONDS else None


def _spelling(value: Any) -> tuple[tuple[str, str], ...]:
    """(as said, as spelt); `from` is a list, or one text in older replies."""
    pairs: list[tuple[str, str]] = []
    for row in rows_of(value):
        said = row.get("from")
        spelt = text_of(row.get("to"))
        for text in said if isinstance(said, list) else [said]:
            if spelt and (spoken := text_of(text)):
                pairs.append((spoken, spelt))
    return tuple(pairs)
