"""Single lines of many calls, their hits marked, personal data left out: one SQL statement."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from reviews.detection.pii.call import Mask
from reviews.models import Transcript
from reviews.models.rows import select
from reviews.queries import transcripts
from reviews.queries.shown import FOUND, Hit, Piece, around, pieces

_UTTERANCES = """
SELECT said.transcript_id, said.index, said.speaker, said.role, said.start_ms, said.text,
    said.packed, said.masks
FROM unnest(%(transcripts)s::uuid[], %(revisions)s::int[], %(indexes)s::int[])
    AS wanted(transcript_id, revision, index)
JOIN reviews_utterance said ON said.tenant_id = %(tenant)s
    AND said.transcript_id = wanted.transcript_id AND said.revision = wanted.revision
    AND said.index = wanted.index
"""


@dataclass(frozen=True, slots=True)
class Said:
    """A line of evidence, its hit marked, personal data left out."""

    role: str
    speaker: str
    start_ms: int | None
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """`call` needs its `revision` and `masked_by` alone."""

    call: Transcript
    revision: int
    utterance: int


@dataclass(frozen=True, slots=True)
class Wanted(Spot):
    hit: Hit


Spans = Callable[[Sequence[str], Iterable[Mask]], Iterable[tuple[int, int]]]
"""First and last word of each place that is looked for, in words and what of them is masked."""
_Cells = Mapping[tuple[UUID, int], tuple[Any, ...]]


def said(tenant_id: UUID, wanted: Sequence[Wanted | None]) -> Iterator[Said | None]:
    """The line of each that is wanted, in order."""
    rows = _read(tenant_id, [each for each in wanted if each])
    for each in wanted:
        if each is None:
            yield None
            continue
        speaker, role, start_ms, text, packed, stored = rows[each.call.pk, each.utterance]
        masks = transcripts.masks_of(each.call, each.revision, each.utterance, stored)
        shown = pieces(transcripts.words_of(text, packed), masks, [each.hit])
        yield Said(role, speaker, start_ms, around(shown))


def found(tenant_id: UUID, spots: Sequence[Spot], spans: Spans) -> Iterator[tuple[Spot, Said]]:
    """The lines in which `spans` finds something, in order, each place marked."""
    rows = _read(tenant_id, spots)
    for each in spots:
        speaker, role, start_ms, text, packed, stored = rows[each.call.pk, each.utterance]
        masks = transcripts.masks_of(each.call, each.revision, each.utterance, stored)
        words = transcripts.words_of(text, packed)
        hits = [(first, last, FOUND) for first, last in spans(words, masks)]
        if hits:
            yield each, Said(role, speaker, start_ms, around(pieces(words, masks, hits)))


def _read(tenant_id: UUID, spots: Sequence[Spot]) -> _Cells:
    if not spots:
        return {}
    given = {
        "tenant": tenant_id,
        "transcripts": [each.call.pk for each in spots],
        "revisions": [each.revision for each in spots],
        "indexes": [each.utterance for each in spots],
    }
    return {(row[0], row[1]): row[2:] for row in select(_UTTERANCES, given)}
