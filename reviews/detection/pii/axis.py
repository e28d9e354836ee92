"""A text as plain lower-case words, with the way back to its characters."""

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, compress, count
from operator import add

# Marks that make a figure something else than an identifier ($35, 50%, 12:30, 24/7, #9) stay in
# the word, so that such a word is not a run of digits. One character becomes one blank, never
# none: positions in the folded text are positions in the text.
_MARKS = '.,;!?()[]{}<>"+-*=|\\~…“”«»¿¡–—‐‑‒―−'
_BLANKS = str.maketrans(
    dict.fromkeys(_MARKS + "".join(chr(code) for code in range(0x3001) if chr(code).isspace()), " ")
)
_LOOSE_COLON = re.compile(r":(?!\d)")


@dataclass(frozen=True, slots=True)
class Axis:
    """The words of `text` in order; `folded` is the text that they were cut from."""

    text: str
    folded: str
    words: list[str]
    vocabulary: frozenset[str]
    _ends: list[int] = field(default_factory=list)
    """End of each word, in characters; worked out when the first is asked for."""

    def bounds(self, first: int, last: int) -> tuple[int, int]:
        """Character span of words `first` to `last` (inclusive)."""
        if not self._ends:
            # The pieces between blanks, empty ones too: only so their lengths add up to places.
            pieces = self.folded.split(" ")
            self._ends.extend(compress(map(add, accumulate(map(len, pieces)), count()), pieces))
        return self._ends[first] - len(self.words[first]), self._ends[last]

    def is_close(self, at: int) -> bool:
        """Only one character, a blank or a hyphen, stands between word `at` and the next."""
        _, end = self.bounds(at, at)
        start, _ = self.bounds(at + 1, at + 1)
        return start - end == 1 and self.text[end] in " -"


def axis(text: str) -> Axis:
    folded = _lower(text).translate(_BLANKS)
    if ":" in folded:
        folded = _LOOSE_COLON.sub(" ", folded)
    words = folded.split()
    return Axis(text=text, folded=folded, words=words, vocabulary=frozenset(words))


def places(words: Sequence[str], wanted: Container[str]) -> list[int]:
    """Indexes of the words that are `wanted`; no Python code runs for the others."""
    return list(compress(count(), map(wanted.__contains__, words)))


def _lower(text: str) -> str:
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    # A few letters (İ) grow when lowered; they keep their place as they are.
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)
