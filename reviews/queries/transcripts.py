"""Stored calls as the engine's columns. Two SQL queries a call."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from reviews.detection import analysis, packing
from reviews.detection.analysis import Analysis
from reviews.detection.evidence import NotAssessable, Reason
from reviews.detection.pii import call
from reviews.detection.pii.call import Mask
from reviews.detection.transcript import (
    CallFacts,
    CallKind,
    ContentSafety,
    Direction,
    Role,
    SafetyLabel,
    Timing,
)
from reviews.detection.transcript import Transcript as Columns
from reviews.models import Transcript, TranscriptState
from reviews.models.rows import select

_UTTERANCES = """
SELECT text, packed, speaker, channel, role, masks FROM reviews_utterance
WHERE transcript_id = %(transcript)s AND revision = %(revision)s ORDER BY index
"""
_OF_SEVERAL = """
SELECT said.transcript_id, said.text, said.packed, said.speaker, said.channel, said.role
FROM reviews_utterance said
JOIN reviews_transcript call ON call.id = said.transcript_id AND call.revision = said.revision
WHERE said.transcript_id = ANY(%s) ORDER BY said.transcript_id, said.index
"""
_LEFT_OUT = frozenset({"payload", "features", "removed", "signature"})
_COLUMNS = ", ".join(
    f'"{field.column}"'
    for field in Transcript._meta.concrete_fields
    if field.column not in _LEFT_OUT
)
_CURRENT = f'SELECT {_COLUMNS} FROM "{Transcript._meta.db_table}" WHERE id = ANY(%s)'  # noqa: S608 # names of our own model, no value
_REFUSED = {
    TranscriptState.PENDING: (
        Reason.TRANSCRIPT_PENDING,
        "The source has not finished transcribing the call.",
    ),
    TranscriptState.ERRORED: (
        Reason.TRANSCRIPT_ERRORED,
        "The source could not transcribe the call.",
    ),
    TranscriptState.DELETED: (
        Reason.TRANSCRIPT_DELETED,
        "The call was deleted at its source before it was fetched.",
    ),
    TranscriptState.REFUSED: (
        Reason.TRANSCRIPT_REFUSED,
        "The call's document was refused at intake.",
    ),
}


def columns_of(row: Transcript, *, revision: int | None = None) -> Columns:
    """A revision of `row` (the current one) as the engine sees it, always from what is stored.

    The words and roles are the revision's; the facts are the row's, as they are now.
    """
    return _columns(row, [values[:-1] for values in _read(row, revision)])


def columns_of_several(ids: Sequence[UUID]) -> Iterator[tuple[Transcript, Columns]]:
    """Each call's row and its current revision, in their order. Two SQL queries for all of them."""
    rows = {row.pk: row for row in Transcript.objects.raw(_CURRENT, [list(ids)])}
    read: dict[UUID, list[tuple[Any, ...]]] = {each: [] for each in ids}
    for call_id, *values in select(_OF_SEVERAL, [list(ids)]):
        read[call_id].append(tuple(values))
    for call_id in ids:
        yield rows[call_id], _columns(rows[call_id], read.pop(call_id))


def shown_of(row: Transcript, *, revision: int | None = None) -> tuple[Columns, list[list[Mask]]]:
    """A revision's columns, and by utterance what of them is personal data."""
    read = _read(row, revision)
    columns = _columns(row, [values[:-1] for values in read])
    if _is_masked(row, revision or row.revision):
        return columns, [_masks(values[-1]) for values in read]
    return columns, call.masks(columns)


def _read(row: Transcript, revision: int | None) -> list[tuple[Any, ...]]:
    return list(select(_UTTERANCES, {"transcript": row.pk, "revision": revision or row.revision}))


def _columns(row: Transcript, read: Iterable[tuple[Any, ...]]) -> Columns:
    spoken = _Spoken()
    for values in read:
        spoken.add(*values)
    return Columns(
        id=row.external_id,
        words=tuple(spoken.words),
        start_ms=spoken.start_ms,
        end_ms=spoken.end_ms,
        confidence=spoken.confidence,
        bounds=tuple(spoken.bounds),
        speakers=tuple(spoken.speakers),
        channels=tuple(spoken.channels),
        roles=tuple(spoken.roles),
        language=row.language or None,
        timing=Timing(row.timing),
        duration_ms=row.duration_ms,
        transcribed_ms=(row.transcribed_from_ms, row.transcribed_to_ms),
        is_punctuated=row.is_punctuated,
        custom_spelling=tuple((said, spelt) for said, spelt in row.custom_spelling),
        safety=_safety(row.safety),
        analysis=analysis.from_plain(row.analysis) if row.analysis else Analysis(),
        facts=_facts(row),
        refused=_refused(row),
    )


def current(transcript_id: UUID) -> Transcript:
    """The row without its payload, which only re-parsing needs. Raises DoesNotExist."""
    found = list(Transcript.objects.raw(_CURRENT, [[transcript_id]]))
    if not found:
        raise Transcript.DoesNotExist
    return found[0]


def original_of(row: Transcript) -> Transcript | None:
    """The call whose evaluations stand for `row`; None where `row` is to be evaluated itself."""
    if row.duplicate_of_id is None:
        return None
    original = current(row.duplicate_of_id)
    return original if original.state == TranscriptState.READY else None


def words_of(text: str, packed: bytes | memoryview) -> Sequence[str]:
    """The words of one stored utterance."""
    return packing.texts_of(text, bytes(packed))


def masks_of(row: Transcript, revision: int, index: int, stored: str) -> list[Mask]:
    """The personal data of one utterance: as stored (JSON), or found anew where out of date."""
    if _is_masked(row, revision):
        return _masks(stored)
    return call.masks(columns_of(row, revision=revision))[index]


def _is_masked(row: Transcript, revision: int) -> bool:
    """`masked_by` speaks of the current revision alone."""
    return row.masked_by == call.VERSION and revision == row.revision


def _masks(stored: str) -> list[Mask]:
    return [(first, last, entity) for first, last, entity in json.loads(stored)]


class _Spoken:
    """Utterance after utterance into columns."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.start_ms: list[int] = []
        self.end_ms: list[int] = []
        self.confidence: list[float | None] = []
        self.bounds = [0]
        self.speakers: list[str | None] = []
        self.channels: list[str | None] = []
        self.roles: list[Role] = []

    def add(
        self, text: str, packed: bytes | memoryview, speaker: str, channel: str, role: str
    ) -> None:
        words = packing.unpack(text, bytes(packed))
        self.words += words.texts
        self.start_ms += words.start_ms
        self.end_ms += words.end_ms
        self.confidence += words.confidence
        self.bounds.append(len(self.words))
        self.speakers.append(speaker or None)
        self.channels.append(channel or None)
        self.roles.append(Role(role))


def _facts(row: Transcript) -> CallFacts:
    return CallFacts(
        call_at=row.call_at,
        local_zone=row.customer_zone or None,
        direction=Direction(row.direction) if row.direction else None,
        kind=CallKind(row.kind) if row.kind else None,
        queue=row.queue or None,
        product=row.product or None,
        customer_region=row.customer_region or None,
        first_contact=row.first_contact,
        notice_before_start=row.notice_before_start,
    )


def _safety(stored: dict[str, object] | None) -> ContentSafety | None:
    if stored is None:
        return None
    labels = stored["labels"]
    return ContentSafety(
        is_available=bool(stored["is_available"]),
        labels=tuple(SafetyLabel(**label) for label in labels),  # type: ignore[attr-defined] # our own JSON
    )


def _refused(row: Transcript) -> NotAssessable | None:
    if row.state == TranscriptState.READY:
        return None
    reason, text = _REFUSED[TranscriptState(row.state)]
    return NotAssessable(reason, f"{text} ({row.state_code})" if row.state_code else text)
