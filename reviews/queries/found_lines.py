"""Where a phrase is said: the calls by their index, then the lines as the call's page shows them.

What is asked for is held against the words that people may see: personal data is not found.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from reviews.detection import phrases
from reviews.models import Transcript
from reviews.models.rows import select
from reviews.queries import lines
from reviews.queries.lines import Said, Spot
from reviews.queries.places import Place

CALLS_AT_ONCE = 500
"""Of the newest calls with the phrase; who may not see them, or filters them out, looks further."""
LINES_SHOWN = 3
_LINES_TRIED = 12
"""Of three words or more: the index knows only that each two follow each other in a line."""
_HITS = """
SELECT at, transcript_id FROM find_calls(%(lexemes)s, %(speakers)s, %(at)s, %(id)s, %(most)s)
"""
_PLACES = """
SELECT said.transcript_id, found.lexeme, found.positions
FROM reviews_callwords said JOIN reviews_transcript call ON call.id = said.transcript_id
CROSS JOIN LATERAL
    unnest(ts_filter(setweight(said.words, 'A', %(lexemes)s::text[]), '{a}')) AS found
WHERE said.tenant_id = %(tenant)s AND said.transcript_id = ANY (%(calls)s::uuid[])
    AND said.revision = call.revision
"""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens that follow each other; `speakers` are letters of detection.phrases."""

    tokens: tuple[str, ...]
    speakers: str

    @property
    def lexemes(self) -> list[str]:
        return phrases.lexemes_of(self.tokens)


@dataclass(frozen=True, slots=True)
class FoundLine:
    utterance: int
    said: Said


def hits(phrase: Phrase, after: Place | None) -> list[Place]:
    """The newest CALLS_AT_ONCE of the tenant's calls with the phrase, after that place."""
    at, call_id = after or (None, None)
    given = {
        "lexemes": phrase.lexemes,
        "speakers": phrase.speakers,
        "at": at,
        "id": call_id,
        "most": CALLS_AT_ONCE,
    }
    return [(moment, call) for moment, call in select(_HITS, given)]


def of(
    tenant_id: UUID, calls: Iterable[Transcript], phrase: Phrase
) -> Mapping[UUID, Sequence[FoundLine]]:
    """The first lines of each call with the phrase; a call without one has none. Two queries."""
    by_id = {call.pk: call for call in calls}
    most = LINES_SHOWN if len(phrase.tokens) <= 2 else _LINES_TRIED
    spots = [
        Spot(by_id[call_id], by_id[call_id].revision, at)
        for call_id, places in _places(tenant_id, list(by_id), phrase).items()
        for at in places[:most]
    ]
    found: defaultdict[UUID, list[FoundLine]] = defaultdict(list)
    read = lines.found(
        tenant_id, spots, lambda words, masks: phrases.spans(phrase.tokens, words, masks)
    )
    for spot, said in read:
        if len(found[spot.call.pk]) < LINES_SHOWN:
            found[spot.call.pk].append(FoundLine(spot.utterance, said))
    return found


def _places(tenant_id: UUID, calls: list[UUID], phrase: Phrase) -> Mapping[UUID, list[int]]:
    """Call → utterances in which one speaker says all the lexemes, ascending."""
    mark = str(tenant_id)[-8:]
    wanted = [
        f"{mark}{speaker} {lexeme}" for speaker in phrase.speakers for lexeme in phrase.lexemes
    ]
    given = {"lexemes": wanted, "tenant": tenant_id, "calls": calls}
    said: defaultdict[tuple[UUID, str], dict[str, set[int]]] = defaultdict(dict)
    for call_id, lexeme, positions in select(_PLACES, given):
        by_lexeme = said[call_id, lexeme[len(mark)]]
        by_lexeme[lexeme] = by_lexeme.get(lexeme, set()) | set(positions)
    places: defaultdict[UUID, set[int]] = defaultdict(set)
    for (call_id, _), by_lexeme in said.items():
        if len(by_lexeme) == len(set(phrase.lexemes)):
            places[call_id] |= set.intersection(*by_lexeme.values())
    return {call_id: sorted(at - 1 for at in each) for call_id, each in places.items()}
