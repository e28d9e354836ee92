"""Single lines of many calls, their hits marked, personal data left out: one SQL statement."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from reviews.models import Transcript
from reviews.models.rows import select
from reviews.queries import transcripts
from reviews.queries.shown import Hit, Piece, around, pieces

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
class Wanted:
    """`call` needs its `revision` and `masked_by` alone."""

    call: Transcript
    revision: int
    utterance: int
    hit: Hit


def said(tenant_id: UUID, wanted: Sequence[Wanted | None]) -> Iterator[Said | None]:
    """The line of each that is wanted, in order."""
    asked = [each for each in wanted if each]
    given = {
        "tenant": tenant_id,
        "transcripts": [each.call.pk for each in asked],
        "revisions": [each.revision for each in asked],
        "indexes": [each.utterance for each in asked],
    }
    rows = {(row[0], row[1]): row[2:] for row in select(_UTTERANCES, given)} if asked else {}
    for each in wanted:
        if each is None:
            yield None
            continue
        speaker, role, start_ms, text, packed, stored = rows[each.call.pk, each.utterance]
        masks = transcripts.masks_of(each.call, each.revision, each.utterance, stored)
        shown = pieces(transcripts.words_of(text, packed), masks, [each.hit])
        yield Said(role, speaker, start_ms, around(shown))
