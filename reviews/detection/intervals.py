"""Operators on stretches of the axis: sorted in, sorted out, each with the leaves that made it."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

PAIRS_AT_MOST = 4_000_000
_NEVER = 1 << 62


class TooManyPairs(Exception):
    """The engine's own limit: a distance over more pairs than it may look at."""


class Stretch(NamedTuple):
    """Tokens start..end (inclusive) and the leaf matches that made them, ascending."""

    start: int
    end: int
    marks: tuple[tuple[int, int], ...]
    score: float | None = None
    """Of a text that was compared, the share of its words that were said."""


Gap = Callable[[Stretch, Stretch], float]
"""How far a later stretch is from an earlier one."""


def merge(lists: Iterable[Sequence[Stretch]]) -> list[Stretch]:
    """Every stretch of every list, nested ones too, each once."""
    unique = {(s.start, s.end): s for stretches in lists for s in stretches}
    return [unique[place] for place in sorted(unique)]


def shortest(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Only those that hold no other, ascending."""
    kept: list[Stretch] = []
    last_start = None
    for stretch in sorted(set(stretches), key=lambda s: (s.end, -s.start)):
        if last_start is None or stretch.start > last_start:
            kept.append(stretch)
            last_start = stretch.start
    return kept


def disjoint(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The largest choice of shortest stretches that share no token, leftmost end first."""
    chosen: list[Stretch] = []
    for stretch in shortest(stretches):
        if not chosen or stretch.start > chosen[-1].end:
            chosen.append(stretch)
    return chosen


class Rest(NamedTuple):
    """What a chain has joined so far from its end. `head` is the operand that it begins with."""

    head: Stretch
    whole: Stretch


def follow(
    lefts: Sequence[Stretch],
    rests: Sequence[Rest],
    *,
    gap: Gap | None,
    limit: float,
    is_growing: bool,
) -> list[Rest]:
    """Each left with the rest after it that ends first, its head at most `limit` away.

    `gap` None: anywhere later. `is_growing`: the gap never shrinks with the head's start, so
    that the search may stop at the first that is too far. Raises TooManyPairs.
    """
    if gap is None:
        pairs = _anywhere_later(lefts, [rest.whole for rest in rests])
        return [Rest(left, _join(left, later)) for left, later in pairs]
    if not is_growing and len(lefts) * len(rests) > PAIRS_AT_MOST:
        raise TooManyPairs
    starts = [rest.head.start for rest in rests]
    joined = []
    for left in lefts:
        best: Stretch | None = None
        for at in range(bisect_right(starts, left.end), len(rests)):
            head, whole = rests[at]
            is_near = gap(left, head) <= limit
            if is_near and (best is None or whole.end < best.end):
                best = whole
            if not is_near and is_growing:
                break
        if best is not None:
            joined.append(Rest(left, _join(left, best)))
    return joined


def _anywhere_later(
    lefts: Sequence[Stretch], rights: Sequence[Stretch]
) -> Iterator[tuple[Stretch, Stretch]]:
    """Each left with the right after it that ends first."""
    starts = [right.start for right in rights]
    best_from = list(rights)
    for at in range(len(rights) - 2, -1, -1):
        best_from[at] = min(rights[at], best_from[at + 1], key=lambda s: s.end)
    places = ((left, bisect_right(starts, left.end)) for left in lefts)
    return ((left, best_from[at]) for left, at in places if at < len(rights))


def _join(left: Stretch, right: Stretch) -> Stretch:
    return Stretch(left.start, right.end, left.marks + right.marks)


def same_turn(
    lefts: Sequence[Stretch], rights: Sequence[Stretch], turns: Sequence[int]
) -> list[Stretch]:
    """One of each side in one turn, in any order, sharing no token; the shortest."""
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
    return shortest(_join(left, min(after, key=lambda s: s.end)) for left, after in pairs if after)


def _by_turn(stretches: Sequence[Stretch], turns: Sequence[int]) -> Mapping[int, Sequence[Stretch]]:
    """Turn → the stretches that lie in it whole, in their order."""
    made: defaultdict[int, list[Stretch]] = defaultdict(list)
    for stretch in stretches:
        if turns[stretch.start] == turns[stretch.end]:
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


def not_near(
    lefts: Sequence[Stretch],
    rights: Sequence[Stretch],
    *,
    gap: Gap,
    limit: float,
    is_before: bool,
    is_growing: bool,
) -> list[Stretch]:
    """Lefts with no right that near; one that shares a token is near, but not after it."""
    if not is_growing and len(lefts) * len(rights) > PAIRS_AT_MOST:
        raise TooManyPairs
    starts = [right.start for right in rights]
    by_end = sorted(rights, key=lambda right: right.end)
    ends = [right.end for right in by_end]

    def is_followed(left: Stretch) -> bool:
        begin = bisect_right(starts, left.end)
        stop = begin + 1 if is_growing else len(rights)
        return any(gap(left, right) <= limit for right in rights[begin:stop])

    def is_preceded(left: Stretch) -> bool:
        stop = bisect_left(ends, left.start)
        begin = max(stop - 1, 0) if is_growing else 0
        return any(gap(right, left) <= limit for right in by_end[begin:stop])

    def is_shared(left: Stretch) -> bool:
        return bisect_right(starts, left.end) > bisect_left(ends, left.start)

    if is_before:
        return [left for left in lefts if not is_followed(left)]
    return [
        left for left in lefts if not (is_shared(left) or is_followed(left) or is_preceded(left))
    ]
