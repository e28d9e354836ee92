"""Operators on stretches of the axis: sorted in, sorted out, each with the leaves that made it."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, chain
from typing import NamedTuple, Protocol, TypeVar

_NEVER = 1 << 62


class Captured(NamedTuple):
    """The mark of a leaf with a slot whose value is captured."""

    first: int
    last: int


class Stretch(NamedTuple):
    """Tokens start..end (inclusive) and the leaf matches that made them, ascending."""

    start: int
    end: int
    marks: tuple[tuple[int, int], ...]
    score: float | None = None
    """Of a text that was compared, the share of its words that were said."""
    is_unsure: bool = False
    """A matched word is less confident than the rule's floor."""


class Placed(Protocol):
    """What has a place on the axis."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def is_unsure(self) -> bool: ...


_P = TypeVar("_P", bound=Placed)


def merge(lists: Iterable[Sequence[Stretch]]) -> list[Stretch]:
    """Every stretch of every list, nested ones too, each once, as surely as it was heard."""
    unique: dict[tuple[int, int], Stretch] = {}
    for stretch in chain.from_iterable(lists):
        other = unique.get((stretch.start, stretch.end))
        if other is None or other.is_unsure:
            unique[stretch.start, stretch.end] = stretch
    return [unique[place] for place in sorted(unique)]


def shortest(stretches: Iterable[_P]) -> list[_P]:
    """Only those that hold no other, ascending; of equal ones a sure one."""
    kept: list[_P] = []
    for stretch in sorted(stretches, key=lambda s: (s.end, -s.start, s.is_unsure)):
        if not kept or stretch.start > kept[-1].start:
            kept.append(stretch)
    return kept


def disjoint(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The largest choice of shortest stretches that share no token, leftmost end first."""
    chosen: list[Stretch] = []
    for stretch in shortest(stretches):
        if not chosen or stretch.start > chosen[-1].end:
            chosen.append(stretch)
    return chosen


def _anywhere_later(
    lefts: Sequence[Stretch], rights: Sequence[Stretch]
) -> Iterator[tuple[Stretch, Stretch]]:
    """Each left with the right after it that ends first."""
    starts = [right.start for right in rights]
    best_from = list(rights)
    for at in range(len(rights) - 2, -1, -1):
        best_from[at] = min(rights[at], best_from[at + 1], key=lambda s: (s.end, s.is_unsure))
    places = ((left, bisect_right(starts, left.end)) for left in lefts)
    return ((left, best_from[at]) for left, at in places if at < len(rights))


def _join(left: Stretch, right: Stretch) -> Stretch:
    is_unsure = left.is_unsure or right.is_unsure
    return Stretch(left.start, right.end, left.marks + right.marks, is_unsure=is_unsure)


def same_turn(
    lefts: Sequence[Stretch], rights: Sequence[Stretch], turns: Sequence[int]
) -> list[Stretch]:
    """One of each side in one turn, in any order, sharing no token; the shortest.

    `turns` as `Axis.own_turns`, here and below.
    """
    sides = _by_turn(lefts, turns), _by_turn(rights, turns)
    joined = []
    for turn in sides[0].keys() & sides[1].keys():
        left, right = sides[0][turn], sides[1][turn]
        joined += [*_anywhere_later(left, right), *_anywhere_later(right, left)]
    return shortest(_join(*each) for each in joined)


def next_turn(
    lefts: Sequence[Stretch], rights: Sequence[Stretch], turns: Sequence[int]
) -> list[Stretch]:
    """A left with a right in the turn after the one in which it ends; the shortest."""
    followers = _by_turn(rights, turns)
    pairs = ((left, followers.get(turns[left.end] + 1, ())) for left in lefts)
    return shortest(
        _join(left, min(after, key=lambda s: (s.end, s.is_unsure)))
        for left, after in pairs
        if after
    )


def _by_turn(stretches: Sequence[Stretch], turns: Sequence[int]) -> Mapping[int, Sequence[Stretch]]:
    """Turn → the stretches that lie in it whole, in their order."""
    made: defaultdict[int, list[Stretch]] = defaultdict(list)
    for stretch in stretches:
        if 0 <= turns[stretch.start] == turns[stretch.end]:
            made[turns[stretch.start]].append(stretch)
    return made


def inside(lefts: Sequence[Stretch], rights: Sequence[Stretch]) -> list[bool]:
    """For each left whether it lies in a right, equal ones included."""
    ordered = sorted(rights)
    starts = [right.start for right in ordered]
    furthest = [-1, *accumulate((right.end for right in ordered), max)]
    return [furthest[bisect_right(starts, left.start)] >= left.end for left in lefts]


def containing(lefts: Sequence[Stretch], rights: Sequence[Stretch]) -> list[bool]:
    """For each left whether a right lies in it, equal ones included."""
    ordered = sorted(rights)
    starts = [right.start for right in ordered]
    nearest = list(accumulate((right.end for right in reversed(ordered)), min))[::-1]
    nearest.append(_NEVER)
    return [nearest[bisect_left(starts, left.start)] <= left.end for left in lefts]
