"""Amounts of money, written (`$1,200.50`) and said (`twelve hundred dollars and fifty cents`)."""

import re
from collections.abc import Iterator, Sequence

from reviews.detection.numerals import DIGITS, SCALES, SMALL, TENS
from reviews.detection.pii.axis import Axis
from reviews.detection.pii.lexicon import lexicon
from reviews.detection.pii.span import MONEY, Span

_SIGNS = "$£€¥"
_WRITTEN = re.compile(
    rf"[{_SIGNS}]\s?\d[\d,]*(?:\.\d+)?(?:\s?(?:k|m|bn|thousand|million|billion)\b)?", re.IGNORECASE
)
_UNITS = lexicon("dollar dollars bucks pound pounds quid euro euros cents pence")
_SAID = frozenset(DIGITS) | frozenset(SMALL) | frozenset(TENS) | frozenset(SCALES)
_INSIDE = _SAID | lexicon("a and half point")
_FIGURES = re.compile(r"\d[\d,.]*")
_SCORE = 0.6


def amounts(axis: Axis) -> Iterator[Span]:
    if any(sign in axis.text for sign in _SIGNS):
        for found in _WRITTEN.finditer(axis.text):
            yield Span(found.start(), found.end(), MONEY, _SCORE, "written")
    end = -1
    for at in axis.places(_UNITS):
        first = _start(axis.words, at, end)
        if first < at:
            end = _end(axis.words, at)
            start, stop = axis.bounds(first, end)
            yield Span(
                start, stop, MONEY, _SCORE, "spoken" if axis.words[first].isalpha() else "written"
            )


def _start(words: Sequence[str], unit: int, end: int) -> int:
    """The first word of the number that the unit counts; the unit itself where there is none."""
    if unit - 1 > end and _FIGURES.fullmatch(words[unit - 1]):
        return unit - 1
    first = unit
    while first - 1 > end and words[first - 1] in _INSIDE:
        first -= 1
    while first < unit and words[first] in ("and", "point"):
        first += 1
    is_number = any(word in _SAID or word[0].isdigit() for word in words[first:unit])
    return first if is_number or words[first:unit] == ["a"] else unit


def _end(words: Sequence[str], unit: int) -> int:
    """Behind `and fifty cents` where that follows, else the unit."""
    at = unit + 1
    if words[at : at + 1] == ["and"]:
        at += 1
    begin = at
    while at < len(words) and (words[at] in _SAID or _FIGURES.fullmatch(words[at])):
        at += 1
    return at if at > begin and words[at : at + 1] in (["cents"], ["pence"]) else unit
