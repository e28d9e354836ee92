"""Operators on what two or more spans denote; what is unknown of a side stays unknown."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

from reviews.detection import intervals
from reviews.detection.intervals import Gap, Rest, Stretch
from reviews.detection.language.types import (
    Distance,
    Near,
    Nested,
    Nesting,
    NextTurn,
    NotNear,
    SameTurn,
    Unit,
)
from reviews.detection.reading import Reading
from reviews.detection.windows import NO_TIMES, NO_TURNS, Doubt


@dataclass(frozen=True, slots=True)
class Matches:
    """`doubt` is set where there may be more than was found; with no stretches: unknown."""

    stretches: Sequence[Stretch]
    doubt: Doubt | None = None


NOTHING = Matches(())
Pair = Near | NotNear | SameTurn | NextTurn | Nested


def either(sides: Sequence[Matches]) -> Matches:
    """Every stretch of every side, nested ones too."""
    if not sides:
        return NOTHING
    doubt = next((each.doubt for each in sides if each.doubt), None)
    return Matches(intervals.merge(each.stretches for each in sides), doubt)


def pair(span: Pair, left: Matches, right: Matches, reading: Reading) -> Matches:
    """What an operator makes of its two sides. Raises TooManyPairs."""
    match span:
        case Near(_, _, distance):
            return _near(left, right, distance, reading)
        case NotNear():
            return _not_near(span, left, right, reading)
        case Nested(_, _, Nesting.NOT_INSIDE):
            return _not_inside(left, right)
        case Nested(_, _, nesting):
            return _nested(nesting, left, right)
    return _in_turns(span, left, right, reading)


def chain(
    sides: Sequence[Matches], distances: Sequence[Distance | None], reading: Reading
) -> Matches:
    """One stretch of each side in order. Worked from the end: the best rest is the shortest."""
    if (missing := _missing(sides, _distance_doubt(distances, reading))) is not None:
        return missing
    joined = [Rest(each, each) for each in sides[-1].stretches]
    for side, distance in zip(reversed(sides[:-1]), reversed(distances), strict=True):
        joined = intervals.follow(
            side.stretches,
            joined,
            gap=_gap(distance, reading) if distance else None,
            limit=distance.amount if distance else 0,
            is_growing=distance is not None and distance.unit is not Unit.SECONDS,
        )
    return Matches(intervals.shortest(rest.whole for rest in joined), _doubt_of(sides))


def _near(left: Matches, right: Matches, distance: Distance, reading: Reading) -> Matches:
    forth = chain([left, right], (distance,), reading)
    back = chain([right, left], (distance,), reading)
    return Matches(intervals.shortest([*forth.stretches, *back.stretches]), forth.doubt)


def _in_turns(
    span: SameTurn | NextTurn, left: Matches, right: Matches, reading: Reading
) -> Matches:
    doubt = None if reading.axis.has_turns else NO_TURNS
    if (missing := _missing((left, right), doubt)) is not None:
        return missing
    join = intervals.same_turn if isinstance(span, SameTurn) else intervals.next_turn
    joined = join(left.stretches, right.stretches, reading.axis.turns)
    return Matches(joined, _doubt_of((left, right)))


def _nested(nesting: Nesting, left: Matches, right: Matches) -> Matches:
    if (missing := _missing((left, right), None)) is not None:
        return missing
    test = intervals.inside if nesting is Nesting.INSIDE else intervals.containing
    kept = list(compress(left.stretches, test(left.stretches, right.stretches)))
    return Matches(kept, _doubt_of((left, right)))


def _not_inside(left: Matches, right: Matches) -> Matches:
    is_inside = intervals.inside(left.stretches, right.stretches)
    kept = [each for each, inner in zip(left.stretches, is_inside, strict=True) if not inner]
    return _without(left, right, kept)


def _not_near(span: NotNear, left: Matches, right: Matches, reading: Reading) -> Matches:
    doubt = _distance_doubt((span.distance,), reading)
    if doubt and left.stretches and right.stretches:
        return Matches([], doubt)
    kept = intervals.not_near(
        left.stretches,
        right.stretches,
        gap=_gap(span.distance, reading),
        limit=span.distance.amount,
        is_before=span.is_before,
        is_growing=span.distance.unit is not Unit.SECONDS,
    )
    return _without(left, right, kept)


def _without(left: Matches, right: Matches, kept: Sequence[Stretch]) -> Matches:
    """Lefts that no right takes away; where there may be more rights, none of them is sure."""
    if kept and right.doubt:
        return Matches([], right.doubt)
    return Matches(kept, left.doubt)


def _missing(sides: Sequence[Matches], doubt: Doubt | None) -> Matches | None:
    """The answer where a side is clear or nothing but unknown, or `doubt` forbids one."""
    if any(not side.stretches and side.doubt is None for side in sides):
        return NOTHING
    if any(not side.stretches for side in sides):
        return Matches([], next(side.doubt for side in sides if side.doubt))
    return Matches([], doubt) if doubt else None


def _doubt_of(sides: Sequence[Matches]) -> Doubt | None:
    return next((side.doubt for side in sides if side.doubt), None)


def _distance_doubt(distances: Sequence[Distance | None], reading: Reading) -> Doubt | None:
    units = {distance.unit for distance in distances if distance}
    if Unit.TURNS in units and not reading.axis.has_turns:
        return NO_TURNS
    return NO_TIMES if Unit.SECONDS in units and not reading.has_times else None


def _gap(distance: Distance, reading: Reading) -> Gap:
    if distance.unit is Unit.WORDS:
        positions = reading.axis.positions
        return lambda left, right: positions[right.start] - positions[left.end + 1]
    if distance.unit is Unit.TURNS:
        turns = reading.axis.turns
        return lambda left, right: turns[right.start] - turns[left.end]
    return lambda left, right: _seconds(left, right, reading)


def _seconds(left: Stretch, right: Stretch, reading: Reading) -> float:
    """On the clock from the earlier's end to the later's start; 0 where they overlap."""
    first, second = (reading.times_of(each.start, each.end) for each in (left, right))
    if min(first[0], second[0]) < 0:
        return float("inf")
    return max(0, max(first[0], second[0]) - min(first[1], second[1])) / 1000
