"""Addresses as they are written where the number stands behind the street, and of armed forces."""

from collections.abc import Iterator, Sequence

from reviews.detection.pii.axis import Axis
from reviews.detection.pii.lexicon import lexicon
from reviews.detection.pii.span import ADDRESS, Span

_ENDINGS = (
    *("strasse", "straße", "gasse", "platz", "weg", "allee", "ufer", "straat", "laan", "gracht"),
    *("vej", "gade", "gata", "gatan", "vägen", "vegen", "veien", "katu", "braut", "stræti"),
)
"""Of a word that is a street's name: `Pohlstrasse 9`."""
_OTHERS = frozenset({"brigade", "renegade"})
_SHORTEST = 7
_LEADS = lexicon(
    "via viale piazza corso rue avenue boulevard calle avenida paseo rua rúa ulica ul vicolo"
)
"""What a street's name begins with: `Via Roma 131`."""
_MOST_WORDS = 4
_LONGEST_NUMBER = 4
_FORCES = lexicon("psc cmr unit")
_POSTS = lexicon("apo fpo dpo")


def abroad(axis: Axis) -> Iterator[Span]:
    """Where figures stand alone: read out, none of these can be told from other talk."""
    if not axis.with_digits:
        return
    for at in axis.places(axis.with_digits):
        if at and _is_street(axis.words[at - 1]) and _is_number(axis.words, at):
            # "Augsburger Strasse 36": the type stands by itself.
            first = at - 2 if at > 1 and axis.words[at - 1] in _ENDINGS else at - 1
            if _is_capital(axis, first):
                yield _span(axis, first, at)
    for at in axis.places(_LEADS):
        last = _number_end(axis, at)
        if last:
            yield _span(axis, at, last)
    yield from _forces(axis)


def _is_street(word: str) -> bool:
    return len(word) >= _SHORTEST and word.endswith(_ENDINGS) and word not in _OTHERS


def _number_end(axis: Axis, lead: int) -> int:
    """The number behind a lead and the words of the street's name; 0 where they are none."""
    if not (_is_capital(axis, lead) and _is_capital(axis, lead + 1)):
        return 0
    reach = range(lead + 2, lead + 2 + _MOST_WORDS)
    return next((at for at in reach if _is_number(axis.words, at)), 0)


def _forces(axis: Axis) -> Iterator[Span]:
    """`PSC 0413, Box 8144, APO AA 42323`."""
    words = axis.words
    for at in axis.places(_FORCES):
        if _is_number(words, at + 1) and words[at + 2 : at + 3] == ["box"]:
            last = at + 3 if _is_number(words, at + 3) else at + 1
            is_posted = not _POSTS.isdisjoint(words[last + 1 : last + 2])
            yield _span(axis, at, min(last + 3, len(words) - 1) if is_posted else last)


def _is_number(words: Sequence[str], at: int) -> bool:
    return at < len(words) and words[at].isdigit() and len(words[at]) <= _LONGEST_NUMBER


def _is_capital(axis: Axis, at: int) -> bool:
    return at < len(axis.words) and axis.text[axis.bounds(at, at)[0]].isupper()


def _span(axis: Axis, first: int, last: int) -> Span:
    start, end = axis.bounds(first, last)
    return Span(start, end, ADDRESS, 0.7, "written")
