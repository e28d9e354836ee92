"""Right, missed and spurious values, kind by kind."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from math import sqrt

from bench.pii.data import RecogniserCase, Text, Value
from bench.pii.finders import Finder, Found

_Z = 1.96
"""Of a confidence of 95 %."""


@dataclass(slots=True)
class Tally:
    """Of one kind. A value is right where a span of its kind covers half of it or more."""

    right: int = 0
    missed: int = 0
    spurious: int = 0

    @property
    def values(self) -> int:
        return self.right + self.missed

    @property
    def recall(self) -> float:
        return self.right / self.values if self.values else 0.0

    @property
    def precision(self) -> float:
        told = self.right + self.spurious
        return self.right / told if told else 0.0

    @property
    def f2(self) -> float:
        weighed = 4 * self.precision + self.recall
        return 5 * self.precision * self.recall / weighed if weighed else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's, of the recall."""
        n, share = self.values, self.recall
        middle = share + _Z**2 / (2 * n)
        reach = _Z * sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
        return (middle - reach) / (1 + _Z**2 / n), (middle + reach) / (1 + _Z**2 / n)


def tally(texts: Sequence[Text], finder: Finder, kinds: Iterable[str]) -> dict[str, Tally]:
    tallies = {kind: Tally() for kind in kinds}
    for text in texts:
        found = finder.find(text.text)
        for kind, counted in tallies.items():
            _count(counted, _of(found, finder.names.get(kind, frozenset())), kind, text.values)
    return tallies


def _of(found: Iterable[Found], names: Set[str]) -> list[Found]:
    return [each for each in found if each[0] in names]


def _count(counted: Tally, found: Sequence[Found], kind: str, values: Iterable[Value]) -> None:
    own = [value for value in values if value.kind == kind]
    for value in own:
        is_right = any(_shared(value, each) * 2 >= value.end - value.start for each in found)
        counted.right += is_right
        counted.missed += not is_right
    counted.spurious += sum(all(_shared(value, each) <= 0 for value in own) for each in found)


def _shared(value: Value, found: Found) -> int:
    return min(value.end, found[2]) - max(value.start, found[1])


def is_kept(case: RecogniserCase, finder: Finder) -> bool:
    """As many values as the case wants, and where it wants them."""
    found = _of(finder.find(case.text), finder.names[case.entity])
    places = sorted((start, end) for _, start, end in found)
    return len(found) == case.count and (not case.places or places == sorted(case.places))
