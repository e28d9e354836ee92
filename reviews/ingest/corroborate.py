"""A source's own word search beside ours: to corroborate what we found, never in its place."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reviews.detection.engine import parse, run_query
from reviews.detection.evidence import Found, NotAssessable
from reviews.detection.transcript import Transcript as Call
from reviews.ingest import vendor
from reviews.models import Source
from reviews.sources.assemblyai.client import Matches, SearchRefused, check_phrase

SLACK_MS = 50
"""Two that begin so close are the same place."""
_PHRASE = re.compile(r"[\w'’ -]+")


@dataclass(frozen=True, slots=True)
class Compared:
    phrase: str
    ours: tuple[int, ...] | None
    """Where we find it, in ms; None where the call is not assessable."""
    theirs: Matches

    @property
    def is_agreed(self) -> bool:
        """As often, and at the same places where the source says which."""
        if self.ours is None or len(self.ours) != self.theirs.count:
            return False
        pairs = zip(sorted(self.ours), sorted(self.theirs.starts), strict=False)
        return all(abs(mine - other) <= SLACK_MS for mine, other in pairs)


def compare(
    source: Source, call: Call, external_id: str, phrases: Sequence[str]
) -> tuple[Compared, ...]:
    """Each phrase, as we find it in the stored words and as the source finds it.

    Raises SearchRefused for what the source cannot be asked, and the refusals of egress.
    """
    for phrase in phrases:
        check_phrase(phrase)
    ours = [_ours(call, phrase) for phrase in phrases]
    with vendor.asked(source) as client:
        theirs = client.word_search(external_id, phrases)
    return tuple(
        Compared(phrase, mine, theirs[phrase]) for phrase, mine in zip(phrases, ours, strict=True)
    )


def _ours(call: Call, phrase: str) -> tuple[int, ...] | None:
    if not _PHRASE.fullmatch(phrase):
        raise SearchRefused(
            "The phrase is refused", "marks that are no part of words", "Write words alone."
        )
    outcome = run_query(parse(f'"{phrase}"'), call)
    if isinstance(outcome, NotAssessable):
        return None
    return tuple(each.start_ms for each in outcome.evidence) if isinstance(outcome, Found) else ()
