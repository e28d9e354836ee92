"""Span expressions on a call: the stretches they denote, or why that cannot be told."""

from collections.abc import Sequence
from dataclasses import dataclass

from reviews.detection import intervals
from reviews.detection.evidence import Reason
from reviews.detection.intervals import Gap, Stretch
from reviews.detection.language.types import (
    ByRole,
    BySpeaker,
    Chain,
    Distance,
    Either,
    Leaf,
    Near,
    NotNear,
    Span,
    Unit,
    Within,
)
from reviews.detection.reading import Reading
from reviews.detection.transcript import Role
from reviews.detection.windows import (
    NO_TIMES,
    NO_TURNS,
    NOT_TRANSCRIBED,
    Doubt,
    doubt_of,
    is_inside,
    is_untranscribed,
    lacks_times,
)

NO_WORDS: Doubt = (Reason.NO_WORDS, "the transcript holds no words")
ROLES_UNKNOWN: Doubt = (
    Reason.ROLES_UNKNOWN,
    "the words were said, but it is not known whether by this role",
)
NO_LABELS: Doubt = (Reason.ROLES_UNKNOWN, "the call has no speaker labels")


@dataclass(frozen=True, slots=True)
class Matches:
    """`doubt` is set where there may be more than was found; with no stretches: unknown."""

    stretches: Sequence[Stretch]
    doubt: Doubt | None = None


NOTHING = Matches(())


@dataclass(frozen=True, slots=True)
class Scope:
    role: Role | None = None
    label: str | None = None


ANYONE = Scope()


def matches(  # noqa: PLR0911  # one return for each kind of span
    span: Span, reading: Reading, scope: Scope = ANYONE
) -> Matches:
    """All stretches of a span expression. Raises TooManyPairs at the engine's own limit."""
    if not reading.axis.tokens:
        return Matches([], NO_WORDS)
    match span:
        case Leaf():
            return _leaf(span, reading, scope)
        case ByRole(role, operand):
            return matches(operand, reading, Scope(role, scope.label))
        case BySpeaker(label, operand):
            return matches(operand, reading, Scope(scope.role, label))
        case Either(operands):
            # A list of many phrases costs only those that were said.
            said = [each for each in operands if not _is_unsaid(each, reading)]
            return _either([matches(each, reading, scope) for each in said])
        case Within():
            return _within(span, matches(span.operand, reading, scope), reading)
        case Near(left, right, distance):
            sides = (matches(left, reading, scope), matches(right, reading, scope))
            return _near(*sides, distance, reading)
        case Chain(operands, distances):
            return _chain([matches(each, reading, scope) for each in operands], distances, reading)
        case NotNear():
            return _not_near(span, reading, scope)


def _is_unsaid(span: Span, reading: Reading) -> bool:
    return isinstance(span, Leaf) and span.key not in reading.hits


def _leaf(leaf: Leaf, reading: Reading, scope: Scope) -> Matches:
    hits = reading.hits.get(leaf.key)
    if hits is None:
        return NOTHING
    stretches = [Stretch(first, last, ((first, last),)) for first, last in hits]
    return Matches(stretches) if scope == ANYONE else _scoped(stretches, reading, scope)


def _scoped(stretches: list[Stretch], reading: Reading, scope: Scope) -> Matches:
    doubt: Doubt | None = None
    if scope.label is not None:
        if not reading.has_labels:
            return Matches([], NO_LABELS)
        stretches = [s for s in stretches if reading.speaker_of(s.start) == scope.label]
    if scope.role is not None:
        roles = [reading.role_of(stretch.start) for stretch in stretches]
        doubt = ROLES_UNKNOWN if Role.UNKNOWN in roles else None
        stretches = [s for s, role in zip(stretches, roles, strict=True) if role is scope.role]
    return Matches(stretches, doubt)


def _either(found: list[Matches]) -> Matches:
    if not found:
        return NOTHING
    doubt = next((each.doubt for each in found if each.doubt), None)
    return Matches(intervals.merge(each.stretches for each in found), doubt)


def _within(span: Within, inner: Matches, reading: Reading) -> Matches:
    doubt = inner.doubt
    if inner.stretches:
        doubt = doubt_of(span.window, reading) or doubt
    if doubt in (NO_TIMES, NO_TURNS):
        return Matches([], doubt)
    kept = [s for s in inner.stretches if is_inside(s, span.window, reading)]
    if any(lacks_times(s, span.window, reading) for s in inner.stretches):
        doubt = doubt or NO_TIMES
    if not kept and is_untranscribed(span.window, reading):
        doubt = doubt or NOT_TRANSCRIBED
    return Matches(kept, doubt)


def _both(left: Matches, right: Matches) -> Doubt | None:
    """What is unknown of an operator that needs both: nothing, where one side is clear."""
    if any(not side.stretches and side.doubt is None for side in (left, right)):
        return None
    return left.doubt or right.doubt


def _near(left: Matches, right: Matches, distance: Distance, reading: Reading) -> Matches:
    forth = _chain([left, right], (distance,), reading)
    back = _chain([right, left], (distance,), reading)
    stretches = intervals.shortest([*forth.stretches, *back.stretches])
    return Matches(stretches, forth.doubt)


def _chain(
    sides: Sequence[Matches], distances: Sequence[Distance | None], reading: Reading
) -> Matches:
    """One stretch of each side in order. Worked from the end: the best rest is the shortest."""
    if (missing := _missing(sides, distances, reading)) is not None:
        return missing
    joined = sides[-1].stretches
    for side, distance in zip(reversed(sides[:-1]), reversed(distances), strict=True):
        joined = intervals.follow(
            side.stretches,
            sorted(joined),
            gap=_gap(distance, reading) if distance else None,
            limit=distance.amount if distance else 0,
            is_growing=distance is not None and distance.unit is not Unit.SECONDS,
        )
    doubt = next((side.doubt for side in sides if side.doubt), None)
    return Matches(intervals.shortest(joined), doubt)


def _missing(
    sides: Sequence[Matches], distances: Sequence[Distance | None], reading: Reading
) -> Matches | None:
    if any(not side.stretches and side.doubt is None for side in sides):
        return NOTHING
    if any(not side.stretches for side in sides):
        return Matches([], next(side.doubt for side in sides if side.doubt))
    doubt = _distance_doubt(distances, reading)
    return Matches([], doubt) if doubt else None


def _distance_doubt(distances: Sequence[Distance | None], reading: Reading) -> Doubt | None:
    units = {distance.unit for distance in distances if distance}
    if Unit.TURNS in units and not reading.axis.has_turns:
        return NO_TURNS
    return NO_TIMES if Unit.SECONDS in units and not reading.has_times else None


def _not_near(span: NotNear, reading: Reading, scope: Scope) -> Matches:
    left, right = matches(span.left, reading, scope), matches(span.right, reading, scope)
    if not left.stretches or (right.doubt and not right.stretches):
        return Matches([], _both(left, right) if left.stretches else left.doubt)
    doubt = _distance_doubt((span.distance,), reading) if right.stretches else None
    if doubt:
        return Matches([], doubt)
    kept = intervals.not_near(
        left.stretches,
        right.stretches,
        gap=_gap(span.distance, reading),
        limit=span.distance.amount,
        is_before=span.is_before,
        is_growing=span.distance.unit is not Unit.SECONDS,
    )
    return Matches([], right.doubt) if right.doubt and kept else Matches(kept, left.doubt)


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
