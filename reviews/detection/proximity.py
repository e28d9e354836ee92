"""Who stands near whom: chains of stretches within distances, and stretches with nobody near.

A distance along the axis is searched in O(n log n); one by the clock of words that were said at
once by trying pairs, up to a limit.
"""

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import inf
from typing import NamedTuple

from reviews.detection.effort import Effort
from reviews.detection.intervals import Stretch


@dataclass(frozen=True, slots=True)
class Line:
    """A distance along the axis: near where start(later) - end(earlier) <= limit.

    Neither key ever shrinks along the axis.
    """

    limit: float
    start: Callable[[Stretch], float]
    end: Callable[[Stretch], float]


@dataclass(frozen=True, slots=True)
class Clock:
    """A distance in ms between what may have been said at once, and in any order."""

    limit: float
    times: Callable[[Stretch], tuple[float, float]]
    """Start and end; negative where they are not known."""
    effort: Effort
    """Each pair that is tried costs one step."""


Measure = Line | Clock


class Rest(NamedTuple):
    """What a chain has joined so far from its end. `head` is the operand that it begins with."""

    start: int
    end: int
    is_unsure: bool
    head: Stretch
    then: "Rest | None" = None

    def whole(self) -> Stretch:
        marks: list[tuple[int, int]] = []
        part: Rest | None = self
        while part is not None:
            marks += part.head.marks
            part = part.then
        return Stretch(self.start, self.end, tuple(marks), is_unsure=self.is_unsure)


def rests(stretches: Iterable[Stretch]) -> list[Rest]:
    """The end of a chain, ascending."""
    return [Rest(each.start, each.end, each.is_unsure, each) for each in stretches]


def follow(lefts: Sequence[Stretch], after: Sequence[Rest], measure: Measure | None) -> list[Rest]:
    """Each left with the rest after it that ends first, a sure one where it may; ascending.

    The rest's head is near. `measure` None: anywhere later. Raises TooMuchEffort.
    """
    ordered = sorted(lefts, key=lambda left: left.end)
    starts = [rest.start for rest in after]
    lows = [bisect_right(starts, left.end) for left in ordered]
    if isinstance(measure, Clock):
        picked = _near_by_clock(ordered, after, lows, measure)
    else:
        picked = _first_to_end(after, lows, _stops(ordered, after, measure))
    joined = [
        Rest(left.start, rest.end, left.is_unsure or rest.is_unsure, left, rest)
        for left, rest in zip(ordered, picked, strict=True)
        if rest is not None
    ]
    return sorted(joined, key=lambda each: each.start)


def _stops(
    ordered: Sequence[Stretch], after: Sequence[Rest], measure: Line | None
) -> Sequence[int]:
    """Of each left, the index behind the last rest that begins near enough."""
    if measure is None:
        return [len(after)] * len(ordered)
    keys = [measure.start(rest.head) for rest in after]
    return [bisect_right(keys, measure.end(left) + measure.limit) for left in ordered]


def _first_to_end(
    after: Sequence[Rest], lows: Sequence[int], stops: Sequence[int]
) -> Iterator[Rest | None]:
    """Of each window of rests the one that ends first; no window begins or stops before the last.

    The least of a window that slides: what ends later than one behind it is never the answer.
    """
    waiting: deque[int] = deque()
    ahead = 0
    for low, stop in zip(lows, stops, strict=True):
        while ahead < stop:
            while waiting and _rank(after[waiting[-1]]) > _rank(after[ahead]):
                waiting.pop()
            waiting.append(ahead)
            ahead += 1
        while waiting and waiting[0] < low:
            waiting.popleft()
        yield after[waiting[0]] if waiting else None


def _near_by_clock(
    ordered: Sequence[Stretch], after: Sequence[Rest], lows: Sequence[int], clock: Clock
) -> Iterator[Rest | None]:
    times = [_known(clock.times(rest.head)) for rest in after]
    for left, low in zip(ordered, lows, strict=True):
        start, end = clock.times(left)
        earliest, latest = start - clock.limit, end + clock.limit
        best: Rest | None = None
        for at in range(low, len(after) if start >= 0 else low):
            rest = after[at]
            if best is not None and rest.start > best.end:
                break  # it ends later, and all behind it do
            clock.effort.spend(1)
            if times[at][0] <= latest and times[at][1] >= earliest:
                best = rest if best is None or _rank(rest) < _rank(best) else best
        yield best


def _rank(rest: Rest) -> tuple[int, bool]:
    return rest.end, rest.is_unsure


def _known(times: tuple[float, float]) -> tuple[float, float]:
    """What has no time is near to nothing."""
    return times if times[0] >= 0 else (inf, -inf)


def not_near(
    lefts: Sequence[Stretch], rights: Sequence[Stretch], measure: Measure, *, is_before: bool
) -> list[Stretch]:
    """Lefts with no right that near; one that shares a token is near, but not after it."""
    if isinstance(measure, Line):
        is_near = _along_the_axis(rights, measure, is_before=is_before)
    elif is_before:
        is_near = _followed_by_clock(rights, measure)
    else:
        is_near = _any_by_clock(rights, measure)
    if is_before:
        return [left for left in lefts if not is_near(left)]
    starts, ends = [right.start for right in rights], sorted(right.end for right in rights)

    def is_shared(left: Stretch) -> bool:
        return bisect_right(starts, left.end) > bisect_left(ends, left.start)

    return [left for left in lefts if not (is_shared(left) or is_near(left))]


def _along_the_axis(
    rights: Sequence[Stretch], line: Line, *, is_before: bool
) -> Callable[[Stretch], bool]:
    """The nearest right on each side decides."""
    by_end = sorted(rights, key=lambda right: right.end)
    starts, ends = [right.start for right in rights], [right.end for right in by_end]

    def is_near(left: Stretch) -> bool:
        at = bisect_right(starts, left.end)
        if at < len(rights) and line.start(rights[at]) - line.end(left) <= line.limit:
            return True
        before = bisect_left(ends, left.start)
        if is_before or not before:
            return False
        return line.start(left) - line.end(by_end[before - 1]) <= line.limit

    return is_near


def _any_by_clock(rights: Sequence[Stretch], clock: Clock) -> Callable[[Stretch], bool]:
    """Of all rights that begin soon enough, the latest end decides."""
    times = sorted(_known(clock.times(right)) for right in rights)
    starts = [start for start, _ in times]
    latest_ends = [-inf, *accumulate((end for _, end in times), max)]

    def is_near(left: Stretch) -> bool:
        start, end = clock.times(left)
        latest = latest_ends[bisect_right(starts, end + clock.limit)]
        return start >= 0 and latest >= start - clock.limit

    return is_near


def _followed_by_clock(rights: Sequence[Stretch], clock: Clock) -> Callable[[Stretch], bool]:
    times = [_known(clock.times(right)) for right in rights]
    starts = [right.start for right in rights]

    def is_near(left: Stretch) -> bool:
        start, end = clock.times(left)
        for at in range(bisect_right(starts, left.end), len(rights) if start >= 0 else 0):
            clock.effort.spend(1)
            if times[at][0] <= end + clock.limit and times[at][1] >= start - clock.limit:
                return True
        return False

    return is_near
