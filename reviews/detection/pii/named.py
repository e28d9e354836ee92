"""Numbers that the words around them name: an account, a licence, what is left of a card."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from reviews.detection.pii import checksums
from reviews.detection.pii.cues import Cue, is_right_before
from reviews.detection.pii.lexicon import lexicon
from reviews.detection.pii.span import (
    ACCOUNT,
    CARD,
    HEALTH,
    LICENCE,
    NHS,
    NPI,
    PARTIAL,
    PASSPORT,
    PHONE,
    POSTAL,
    ROUTING,
    SOCIAL,
    TAXPAYER,
)


@dataclass(frozen=True, slots=True)
class _Scheme:
    entity: str
    lengths: range
    score: float
    is_valid: Callable[[str], bool] | None = None
    misheard: float = 0.0
    """The score of digits that the scheme cannot have: read out as one, one of them misheard."""
    within: int = 0
    """The name must be one of so many words before; 0: as far as any cue."""


_SCHEMES: Mapping[Cue, _Scheme] = {
    Cue.ACCOUNT: _Scheme(ACCOUNT, range(6, 18), 0.75),
    Cue.ROUTING: _Scheme(ROUTING, range(9, 10), 0.95, checksums.is_routing, 0.6),
    Cue.LICENCE: _Scheme(LICENCE, range(5, 15), 0.85),
    Cue.PASSPORT: _Scheme(PASSPORT, range(8, 10), 0.85),
    Cue.RECORD: _Scheme(HEALTH, range(5, 13), 0.75),
    Cue.PROVIDER: _Scheme(NPI, range(10, 11), 0.95, checksums.is_npi, 0.6),
    Cue.HEALTH_SERVICE: _Scheme(NHS, range(10, 11), 0.95, checksums.is_nhs, 0.6),
    Cue.TAXPAYER: _Scheme(TAXPAYER, range(9, 10), 0.95, checksums.is_itin),
    Cue.POSTAL: _Scheme(POSTAL, range(3, 10), 0.85, within=6),
}
_PARTS = {Cue.CARD: CARD, Cue.SOCIAL: SOCIAL, Cue.ACCOUNT: ACCOUNT, Cue.PHONE: PHONE}
_PART_LENGTHS = range(3, 7)
_ENDING = lexicon("last ending ends end final")
_ENDING_WITHIN = 9
_SO_MANY = lexicon("four 4 digits numbers five six 5 6")
_ASKED_WITHIN = 20
_SHORT_WITHIN = 5
_NUMBER = lexicon("number no num")
_OF_TIME = frozenset({"since", "until"})
_COUNTED = lexicon(
    "dollars dollar bucks cents pounds euros percent minutes minute hours hour days day weeks "
    "months years seconds times people points miles items"
)


def named(words: Sequence[str], first: int, last: int, digits: str, cue: Cue) -> tuple[str, float]:
    """Kind and score of a number that `cue` names; ("", 0) where it is none of that name."""
    is_counted = last + 1 < len(words) and words[last + 1] in _COUNTED
    if is_counted or (first and words[first - 1] in _OF_TIME):
        return "", 0.0
    scheme = _SCHEMES.get(cue)
    if scheme and len(digits) in scheme.lengths:
        is_near = not scheme.within or is_right_before(words, first, cue, within=scheme.within)
        is_valid = scheme.is_valid is None or scheme.is_valid(digits)
        score = (scheme.score if is_valid else scheme.misheard) if is_near else 0.0
        return (scheme.entity, score) if score else ("", 0.0)
    return _part(words, first, digits, cue)


def _part(words: Sequence[str], first: int, digits: str, cue: Cue) -> tuple[str, float]:
    """What is said of a number instead of all of it: its last four digits, most often."""
    if cue not in _PARTS or len(digits) not in _PART_LENGTHS:
        return "", 0.0
    entity = _PARTS[cue] + PARTIAL
    if _is_ending(words, first):
        return entity, 0.8
    is_said = not _NUMBER.isdisjoint(words[max(0, first - 2) : first])
    is_number = is_said or cue in (Cue.SOCIAL, Cue.ACCOUNT)
    is_short = is_number and cue is not Cue.PHONE and len(digits) == 4
    if is_short and is_right_before(words, first, cue, within=_SHORT_WITHIN):
        return entity, 0.6
    return "", 0.0


def _is_ending(words: Sequence[str], first: int) -> bool:
    """`ending in` right before, or a question for the `last four`, as far back as its cue."""
    if not _ENDING.isdisjoint(words[max(0, first - _ENDING_WITHIN) : first]):
        return True
    asked = words[max(0, first - _ASKED_WITHIN) : first]
    return any(word == "last" and after in _SO_MANY for word, after in pairwise(asked))
