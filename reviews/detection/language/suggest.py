"""Words of a query that no call holds, and the said word that was probably meant."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from rapidfuzz import process
from rapidfuzz.distance import OSA

from reviews.detection.language.types import Literal, Pattern

LETTERS_AT_LEAST = 6
"""Shorter words have too many neighbours."""
SEEN_AT_LEAST = 3
"""A word heard less often may itself be misheard."""
_LONG = 9
_FORM = 2
"""Last letters in which the forms of one word differ: promised, promises."""


@dataclass
class Vocabulary:
    """What calls hold: folded word to how often it was said."""

    counts: Mapping[str, int]
    _meant: dict[str, str | None] = field(default_factory=dict)

    def meant(self, patterns: Iterable[Pattern]) -> Iterator[tuple[str, str, int]]:
        """Each word that was never said, with the word that was, and how often."""
        steps = (step for pattern in patterns for step in pattern.steps)
        for word in dict.fromkeys(step.token for step in steps if isinstance(step, Literal)):
            other = self._near(word)
            if other is not None:
                yield word, other, self.counts[other]

    def _near(self, word: str) -> str | None:
        if word not in self._meant:
            self._meant[word] = self._search(word)
        return self._meant[word]

    def _search(self, word: str) -> str | None:
        if word in self.counts or len(word) < LETTERS_AT_LEAST or not word.isalpha():
            return None
        most = 2 if len(word) >= _LONG else 1
        near = process.extract(
            word, self.counts.keys(), scorer=OSA.distance, score_cutoff=most, limit=None
        )
        likely = [
            (distance, -self.counts[other], other)
            for other, distance, _ in near
            if self.counts[other] >= SEEN_AT_LEAST and _is_slip(word, other)
        ]
        return min(likely)[2] if likely else None


def _is_slip(word: str, other: str) -> bool:
    """Another spelling, not another word or another form of the same one."""
    common = next(
        (at for at, (a, b) in enumerate(zip(word, other, strict=False)) if a != b),
        min(len(word), len(other)),
    )
    return 0 < common < max(len(word), len(other)) - _FORM
