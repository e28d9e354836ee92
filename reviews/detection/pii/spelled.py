"""Identifiers of letters and digits, read out: `g b five nine`, `b as in boy`, or in one word."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from reviews.detection.pii import checksums
from reviews.detection.pii.axis import Axis
from reviews.detection.pii.context import Context
from reviews.detection.pii.cues import Cue, cue
from reviews.detection.pii.lexicon import lexicon
from reviews.detection.pii.numbers import FILLERS, STARTERS, Run
from reviews.detection.pii.shapes import MIXED
from reviews.detection.pii.span import HEALTH, LICENCE, PASSPORT, VEHICLE, Span

_ALPHABET = lexicon(
    "alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike "
    "november oscar papa quebec romeo sierra tango uniform victor whiskey whisky xray yankee zulu"
)
_LIKE = frozenset({("as", "in"), ("is", "in"), ("for",), ("like",), ("as",)})
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
_REPEATED = {"double": 2, "triple": 3}
_WORDS = _LETTERS | _ALPHABET
_COMPANY = (_WORDS | STARTERS | lexicon("as for like dash hyphen")) - {"i"}
_GAP = 4
"""Fillers between two of the letters and digits."""
_DASHES = lexicon("dash hyphen space slash")
_LONGEST_TOKEN = 34
_LEAST_DIGITS = 2
_COUNTED = re.compile(r"\d+(?:st|nd|rd|th|am|pm|gb|mb)")
"""A place in a row, a time, a size: part of no identifier."""
_NAMED: Mapping[Cue, tuple[str, range]] = {
    Cue.LICENCE: (LICENCE, range(5, 18)),
    Cue.PASSPORT: (PASSPORT, range(7, 11)),
    Cue.RECORD: (HEALTH, range(6, 16)),
    Cue.VEHICLE: (VEHICLE, range(5, 18)),
}


class _Item(NamedTuple):
    """Letters or digits that the words `first` to `last` (inclusive) stand for."""

    first: int
    last: int
    chars: str


@dataclass(slots=True)
class _Spelling:
    """Items in a row as one text; `items[owners[i]]` gave its character i."""

    items: list[_Item] = field(default_factory=list)
    text: str = ""
    owners: list[int] = field(default_factory=list)

    def add(self, item: _Item) -> None:
        self.owners += [len(self.items)] * len(item.chars)
        self.items.append(item)
        self.text += item.chars.upper()

    @property
    def is_mixed(self) -> bool:
        digits = sum(map(str.isdigit, self.text))
        return _LEAST_DIGITS <= digits < len(self.text)

    def span(self, axis: Axis, low: int, high: int, entity: str, score: float) -> Span:
        """Of the characters low to high (exclusive) of its text."""
        first, last = self.items[self.owners[low]].first, self.items[self.owners[high - 1]].last
        start, end = axis.bounds(first, last)
        return Span(start, end, entity, score, "spoken" if first < last else "written")


def spelled(axis: Axis, every: Sequence[Run], context: Context) -> Iterator[Span]:
    """Values that are spelled out, or that a word names in whatever shape they are written."""
    if not every and not axis.with_digits:
        return  # each has digits
    for spelling in _spellings(axis, every):
        found = list(_ibans(axis, spelling)) or list(_shaped(axis, spelling, context))
        yield from found
        if not any(span.score > _UNNAMED for span in found):
            yield from _named(axis, spelling)


_UNNAMED = 0.5


def _spellings(axis: Axis, every: Sequence[Run]) -> Iterator[_Spelling]:
    for group in _groups(axis.words, sorted(_items(axis, every))):
        if all(item.chars.isdigit() for item in group):
            continue
        spelling = _Spelling()
        for item in group:
            if not spelling.items or item.first > spelling.items[-1].last:
                spelling.add(item)
        if spelling.is_mixed:
            yield spelling


def _groups(words: Sequence[str], items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    """Items with nothing but fillers between them."""
    begin = 0
    for at in range(1, len(items)):
        if not _joins(words, items[at - 1], items[at]):
            yield items[begin:at]
            begin = at
    if items:
        yield items[begin:]


def _joins(words: Sequence[str], left: _Item, right: _Item) -> bool:
    gap = words[left.last + 1 : right.first]
    return len(gap) <= _GAP and all(word in FILLERS or word in _DASHES for word in gap)


def _items(axis: Axis, every: Sequence[Run]) -> Iterator[_Item]:
    for run in every:
        for chunk in run.chunks:
            yield _Item(chunk.first, chunk.last, chunk.digits)
    for at in axis.places(_WORDS):
        if _has_company(axis, at):
            yield _letter(axis.words, at)
    for word in axis.with_digits:
        is_token = word.isalnum() and word.isascii() and not word.isdigit()
        if is_token and len(word) <= _LONGEST_TOKEN and not _COUNTED.fullmatch(word):
            for at in axis.places({word}):
                yield _Item(at, at, word)


_LIKE_REACH = 3


def _has_company(axis: Axis, at: int) -> bool:
    """Beside another letter or a figure: an `a` or an `I` alone spells nothing."""
    near = axis.words[max(0, at - _LIKE_REACH) : at] + axis.words[at + 1 : at + 3]
    return not (_COMPANY.isdisjoint(near) and axis.with_digits.isdisjoint(near))


def _letter(words: Sequence[str], at: int) -> _Item:
    """A letter with what says which it is: `b as in boy`, `double r`."""
    word = words[at]
    letter = word[0]
    times = _REPEATED.get(words[at - 1], 1) if at and word in _LETTERS else 1
    first = at - 1 if times > 1 else at
    for joint in _LIKE:
        named = at + 1 + len(joint)
        example = "".join(words[named : named + 1])
        is_said = tuple(words[at + 1 : named]) == joint
        if is_said and len(example) > 1 and example.startswith(letter):
            return _Item(first, named, letter * times)
    return _Item(first, at, letter * times)


_ZERO = re.compile("(?<=[A-Z])0(?=[A-Z])")
"""Among letters an `o` that was heard is one itself."""


def _ibans(axis: Axis, spelling: _Spelling) -> Iterator[Span]:
    for text in {spelling.text, _ZERO.sub("O", spelling.text)}:
        yield from _ibans_in(axis, spelling, text)


def _ibans_in(axis: Axis, spelling: _Spelling, text: str) -> Iterator[Span]:
    for low in range(len(text) - 3):
        high = low + checksums.iban_length(text[low : low + 2])
        is_begun = low < high <= len(text) and text[low + 2 : low + 4].isdigit()
        if is_begun and checksums.is_iban(text[low:high]):
            yield spelling.span(axis, low, high, "iban", 0.95)


def _shaped(axis: Axis, spelling: _Spelling, context: Context) -> Iterator[Span]:
    """What has the shape of a scheme as a whole, or from one item to another."""
    if len(spelling.items) < 2:
        return
    for shape in MIXED:
        for found in shape.pattern.finditer(spelling.text):
            span = spelling.span(axis, found.start(), found.end(), shape.entity, shape.score)
            is_named = context.is_near(span.start, span.end, shape.cues)
            score = shape.named if is_named else shape.score
            if score > _UNNAMED and shape.check(found[0]):
                yield replace(span, score=score)


def _named(axis: Axis, spelling: _Spelling) -> Iterator[Span]:
    first, last = spelling.items[0].first, spelling.items[-1].last
    said = cue(axis.words, first, last)
    entity, lengths = _NAMED.get(said, ("", range(0))) if said else ("", range(0))
    if len(spelling.text) in lengths:
        yield spelling.span(axis, 0, len(spelling.text), entity, 0.85)
