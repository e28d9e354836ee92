"""A text as plain lower-case words, with the way back to its characters."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, compress, count
from operator import add

# Marks that make a figure something else than an identifier ($35, 50%, 12:30, 24/7, #9) stay in
# the word, so that such a word is not a run of digits. One character becomes one blank, never
# none: positions in the folded text are positions in the text.
_MARKS = '.,;!?()[]{}<>"+-*=|\\~…“”«»¿¡–—‐‑‒―−'
_SPACES = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
_BLANKS = str.maketrans(dict.fromkeys(_MARKS + _SPACES, " ") | {"’": "'"})
_DIGIT = re.compile(r"\d")
_COMPANY = 14
"""Characters before and behind a word with a digit that may belong to its value."""
_LABEL = re.compile(r"\[([A-Z][A-Z0-9_]*)\]")
_LOOSE_COLON = re.compile(r":(?!\d)")


@dataclass(frozen=True)
class Axis:
    """The words of `text` in order; `folded` is the text that they were cut from."""

    text: str
    folded: str
    words: list[str]

    @cached_property
    def index(self) -> dict[str, list[int]]:
        """Word to its places, ascending."""
        made: defaultdict[str, list[int]] = defaultdict(list)
        for at, word in enumerate(self.words):
            made[word].append(at)
        return dict(made)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        return frozenset(self.index)

    @cached_property
    def with_digits(self) -> frozenset[str]:
        unlike = [word for word in self.index if not word.isalpha()]
        return frozenset(word for word in unlike if _DIGIT.search(word))

    def places(self, wanted: Set[str]) -> list[int]:
        """Indexes of the words that are `wanted`, ascending."""
        return sorted(at for word in self.index.keys() & wanted for at in self.index[word])

    def bounds(self, first: int, last: int) -> tuple[int, int]:
        """Character span of words `first` to `last` (inclusive)."""
        ends = self._ends
        return ends[first] - len(self.words[first]), ends[last]

    @cached_property
    def _ends(self) -> list[int]:
        """End of each word, in characters."""
        # The pieces between blanks, empty ones too: only so their lengths add up to places.
        pieces = self.folded.split(" ")
        return list(compress(map(add, accumulate(map(len, pieces)), count()), pieces))

    def word_at(self, char: int) -> int:
        """The first word that ends behind the character."""
        return bisect_right(self._ends, char)

    def figures(self) -> Iterator[tuple[int, int]]:
        """Stretches of the text, in characters, with a word that has a digit, and its company."""
        low = high = 0
        for at in self.places(self.with_digits):
            start, end = self.bounds(at, at)
            if start - _COMPANY > high:
                if high:
                    yield low, high
                low = start - _COMPANY
            high = min(len(self.text), end + _COMPANY)
        if high:
            yield low, high

    def between(self, at: int) -> str:
        """What stands between word `at` and the next; "" behind the last."""
        if at + 1 >= len(self.words):
            return ""
        start, _ = self.bounds(at + 1, at + 1)
        return self.text[self._ends[at] : start]

    def breaks(self, at: int) -> bool:
        """An utterance ends behind word `at`, and another begins."""
        return "\n" in self.between(at)

    def answer_to(self, at: int, *, within: int, lead_in: Set[str]) -> int:
        """Where the next utterance says what word `at`, among the last `within` of its own, asks.

        Behind words such as `sure, it's`; 0 where no answer follows.
        """
        end = at
        while end - at < within and end + 1 < len(self.words) and not self.breaks(end):
            end += 1
        if not self.breaks(end):
            return 0
        first = end + 1
        while first < len(self.words) and self.words[first] in lead_in and not self.breaks(first):
            first += 1
        return first if first < len(self.words) else 0

    def is_close(self, at: int) -> bool:
        """Only one character, a blank or a hyphen, stands between word `at` and the next."""
        _, end = self.bounds(at, at)
        start, _ = self.bounds(at + 1, at + 1)
        return start - end == 1 and self.text[end] in " -"


def axis(text: str) -> Axis:
    folded = _lower(text).translate(_BLANKS)
    if ":" in folded:
        folded = _LOOSE_COLON.sub(" ", folded)
    if "[" in text:
        # What stands for a value says nothing of others: "[PASSWORD] is" asks for none.
        folded = "".join(_relabelled(text, folded))
    return Axis(text, folded, folded.split())


def _relabelled(text: str, folded: str) -> Iterator[str]:
    at = 0
    for label in _LABEL.finditer(text):
        yield folded[at : label.start()]
        yield masked_word(label[1])
        at = label.end()
    yield folded[at:]


def masked_word(entity: str) -> str:
    """The word that stands for a value left out: no other word is equal to it."""
    return f"\x01{entity.lower()}\x01"


def _lower(text: str) -> str:
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    # A few letters (İ) grow when lowered; they keep their place as they are.
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)
