"""Queries that no call can answer, where that is simply seen."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import inf
from operator import eq, ge, gt, le, lt, ne

from reviews.detection.language.cover import covers
from reviews.detection.language.types import (
    AfterRule,
    And,
    ByRole,
    BySpeaker,
    ClockWindow,
    Condition,
    Confident,
    Count,
    EdgeWindow,
    Either,
    FactBetween,
    FactIs,
    Gap,
    Leaf,
    Literal,
    Nested,
    Nesting,
    Not,
    NotNear,
    Or,
    Placed,
    SameTurn,
    Span,
    Step,
    Unit,
    Wild,
    Window,
    Within,
    operands_of,
)
from reviews.detection.transcript import Role

_COMPARE: Mapping[str, Callable[[int, int], bool]] = {
    ">=": ge, ">": gt, "<=": le, "<": lt, "=": eq, "!=": ne,
}  # fmt: skip
_FILTERS = (Within, Placed, Confident, AfterRule, ByRole, BySpeaker)
_DAY = range(24 * 60)


def is_never(condition: Condition) -> bool:
    """It is found in no call. False where that is not simply seen."""
    match condition:
        case And(operands):
            return any(map(is_never, operands)) or _is_contrary(operands)
        case Or(operands) | Either(operands):
            return all(map(is_never, operands))
        case Not(operand):
            return is_always(operand)
        case Count(operand, comparison, number):
            return is_never(operand) and not _COMPARE[comparison](0, number)
        case NotNear(left, right) | Nested(left, right, Nesting.NOT_INSIDE):
            return is_never(left) or _excludes_itself(condition, left, right)
    return any(map(is_never, operands_of(condition))) or _is_nowhere(condition)


def is_always(condition: Condition) -> bool:
    """It is clear in no call. False where that is not simply seen."""
    match condition:
        case And(operands):
            return all(map(is_always, operands))
        case Or(operands):
            is_either = any(Not(each) in operands for each in operands)
            return is_either or any(map(is_always, operands))
        case Not(operand):
            return is_never(operand)
        case Count(operand, comparison, number):
            return is_never(operand) and _COMPARE[comparison](0, number)
    return False


def _is_contrary(operands: Sequence[Condition]) -> bool:
    """One is the negation of another, or no call's facts are all of these."""
    if any(isinstance(each, Not) and each.operand in operands for each in operands):
        return True
    return not (_has_duration(operands) and _has_time(operands) and _has_text(operands))


def _has_duration(operands: Sequence[Condition]) -> bool:
    """Some length of a call, in ms, is between all bounds."""
    low, high = 0, inf
    for each in operands:
        if not isinstance(each, FactIs) or each.name != "duration":
            continue
        value = int(each.value)
        if each.comparison in (">=", ">", "="):
            low = max(low, value + (each.comparison == ">"))
        if each.comparison in ("<=", "<", "="):
            high = min(high, value - (each.comparison == "<"))
    return low <= high


def _has_time(operands: Sequence[Condition]) -> bool:
    """Some minute of the day lies in all stretches."""
    facts = [each for each in operands if isinstance(each, FactBetween)]
    return any(all(_holds(fact, minute) for fact in facts) for minute in _DAY)


def _holds(fact: FactBetween, minute: int) -> bool:
    if fact.start <= fact.end:
        is_between = fact.start <= minute < fact.end
    else:
        is_between = minute >= fact.start or minute < fact.end
    return is_between == fact.is_inside


def _has_text(operands: Sequence[Condition]) -> bool:
    """No fact is two names, or one that it is not."""
    facts = [each for each in operands if isinstance(each, FactIs) and isinstance(each.value, str)]
    for fact in facts:
        same = [each for each in facts if each.name == fact.name]
        wanted = {each.value for each in same if each.comparison == "="}
        if len(wanted) > 1 or any(e.comparison == "!=" and e.value in wanted for e in same):
            return False
    return True


def _excludes_itself(span: Condition, left: Span, right: Span) -> bool:
    """Each stretch of `left` is, or holds, one of `right` that excludes it."""
    if isinstance(span, NotNear) and span.is_before:
        return False
    if left == right:
        return True
    if not (isinstance(left, Leaf) and isinstance(right, Leaf)):
        return False
    return covers(right.patterns, left.patterns, is_shortest=isinstance(span, NotNear))


def _is_nowhere(condition: Condition) -> bool:
    match condition:
        case FactIs() | FactBetween():
            return _is_contrary((condition,))
        case Nested(Leaf() as left, Leaf() as right, Nesting.INSIDE):
            return _is_longer(left, right)
        case Nested(Leaf() as left, Leaf() as right, Nesting.CONTAINING):
            return _is_longer(right, left)
        case SameTurn(left, right):
            roles = _role(left), _role(right)
            return None not in roles and roles[0] != roles[1]
        case Within():
            windows = list(_windows(condition))
            begins = max(start for start, _ in windows)
            return begins > min(end for _, end in windows)
    return False


def _is_longer(outer: Leaf, inner: Leaf) -> bool:
    """Every reading of `outer` has more words than any of `inner` may have."""
    if any(each.is_spoken for each in outer.patterns):
        return False  # fillers may stand between any two words
    least = min(sum(_words(step)[0] for step in each.steps) for each in outer.patterns)
    return least > max(sum(_words(step)[1] for step in each.steps) for each in inner.patterns)


def _words(step: Step) -> tuple[float, float]:
    """How many words it stands for, at least and at most."""
    match step:
        case Literal() | Wild():
            return 1, 1
        case Gap(minimum, maximum):
            return minimum, maximum
    return 1, inf


def _role(span: Condition) -> Role | None:
    """Whose words all of a stretch's are."""
    if isinstance(span, ByRole):
        return span.role
    if isinstance(span, _FILTERS):
        return _role(span.operand)
    return None


def _windows(span: Condition) -> Iterator[tuple[float, float]]:
    """The windows around a span that are known without the call, in ms."""
    while isinstance(span, _FILTERS):
        if isinstance(span, Within):
            yield _ms(span.window)
        span = span.operand


def _ms(window: Window) -> tuple[float, float]:
    if isinstance(window, ClockWindow):
        return window.start_ms, window.end_ms
    if isinstance(window, EdgeWindow) and window.is_first and window.unit is Unit.SECONDS:
        return 0, window.amount * 1000
    return 0, inf
