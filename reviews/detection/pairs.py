"""Operators on what two or more spans denote; what is unknown of a side stays unknown."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

from reviews.detection import intervals, proximity
from reviews.detection.intervals import Stretch
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
from reviews.detection.proximity import Clock, Line, Measure
from reviews.detection.reading import Reading
from reviews.detection.transcript import Timing
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
    """What an operator makes of its two sides. Raises TooMuchEffort."""
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
    joined = proximity.rests(sides[-1].stretches)
    for side, distance in zip(reversed(sides[:-1]), reversed(distances), strict=True):
        measure = _measure(distance, reading) if distance else None
        joined = proximity.follow(side.stretches, joined, measure)
    shortest = [rest.whole() for rest in intervals.shortest(joined)]
    return Matches(shortest, _doubt_of(sides) or _untimed(sides, distances, reading))


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
    joined = join(left.stretches, right.stretches, reading.axis.own_turns)
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
    measure = _measure(span.distance, reading)
    kept = proximity.not_near(left.stretches, right.stretches, measure, is_before=span.is_before)
    if right.stretches and _untimed((left, right), (span.distance,), reading):
        right = Matches(right.stretches, NO_TIMES)
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
    # Within a caption a word may be seconds from where its share of the time puts it.
    is_timed = reading.has_times and reading.transcript.timing is not Timing.CUE
    return NO_TIMES if Unit.SECONDS in units and not is_timed else None


def _untimed(
    sides: Sequence[Matches], distances: Sequence[Distance | None], reading: Reading
) -> Doubt | None:
    """Some of what is measured in seconds has no time, so it may be near."""
    if all(each is None or each.unit is not Unit.SECONDS for each in distances):
        return None
    if reading.is_in_order:
        return None
    stretches = (stretch for side in sides for stretch in side.stretches)
    return NO_TIMES if any(reading.times_of(s.start, s.end)[0] < 0 for s in stretches) else None


def _measure(distance: Distance, reading: Reading) -> Measure:
    axis, limit = reading.axis, distance.amount
    if distance.unit is Unit.WORDS:
        positions = axis.positions
        return Line(limit, lambda s: positions[s.start], lambda s: positions[s.end + 1])
    if distance.unit is Unit.TURNS:
        return Line(limit, lambda s: axis.turns[s.start], lambda s: axis.turns[s.end])
    clock = Clock(limit * 1000, lambda s: reading.times_of(s.start, s.end), reading.effort)
    if not reading.is_in_order:
        return clock
    return Line(clock.limit, lambda s: clock.times(s)[0], lambda s: clock.times(s)[1])
