"""Typed queries as text, in the canonical form; parsing that gives the same query again."""

from collections.abc import Iterable

from reviews.detection.language.types import (
    AfterRule,
    And,
    ByRole,
    BySpeaker,
    Chain,
    Condition,
    Confident,
    Count,
    Distance,
    EdgeWindow,
    Either,
    FactBetween,
    FactIs,
    Leaf,
    Near,
    Nested,
    NextTurn,
    Not,
    NotNear,
    Or,
    Placed,
    SameTurn,
    Similar,
    Span,
    Unit,
    Window,
    Within,
    operands_of,
)

Pair = Near | NotNear | SameTurn | NextTurn | Nested
Suffixed = Within | Placed | Confident | AfterRule
_PAIRS = (Near, NotNear, SameTurn, NextTurn, Nested, Chain)
_SUFFIXED = (Within, Placed, Confident, AfterRule)
_SCOPED = (ByRole, BySpeaker)
_QUOTES = str.maketrans("“”", '""')


def written(condition: Condition) -> str:
    """The query on one line. What is written in quotes stays as its author wrote it."""
    match condition:
        case Or(operands):
            return " OR ".join(_operand(each, operands) for each in operands)
        case And(operands):
            return " AND ".join(_within(each, (And, Or, Either)) for each in operands)
        case Not(operand):
            return f"NOT {_within(operand, (And, Or, Either))}"
        case Count(operand, comparison, number):
            return f"COUNT({written(operand)}) {comparison} {number}"
        case FactIs() | FactBetween():
            return _fact(condition)
    return _span(condition)


def is_compound(condition: Condition) -> bool:
    """It has several operands side by side, joined by AND or OR."""
    return isinstance(condition, And | Or | Either)


def operands(condition: Condition) -> list[str]:
    """Each operand of a compound condition, as it stands beside the others."""
    parts = operands_of(condition)
    if isinstance(condition, And):
        return [_within(each, (And, Or, Either)) for each in parts]
    return [_operand(each, parts) for each in parts]


def _within(condition: Condition, weaker: tuple[type, ...]) -> str:
    text = written(condition)
    return f"({text})" if isinstance(condition, weaker) else text


def _operand(condition: Condition, beside: Iterable[Condition]) -> str:
    """Of OR or of an operator that joins spans: what could be read otherwise has parentheses."""
    if isinstance(condition, (Or, Either, *_SUFFIXED)):
        return f"({written(condition)})"
    if _is_bare_scope(condition) and not all(_carries_scope(each) for each in beside):
        return f"({written(condition)})"
    return written(condition)


def _is_bare_scope(condition: Condition) -> bool:
    """A scope is written here outside parentheses."""
    if not isinstance(condition, _PAIRS):
        return isinstance(condition, _SCOPED)
    sides = operands_of(condition)
    return any(isinstance(each, _SCOPED) for each in sides) and all(map(_carries_scope, sides))


def _carries_scope(condition: Condition) -> bool:
    """As the parser sees it: a scope here, or in a part that is joined without AND or NOT."""
    if isinstance(condition, _SCOPED):
        return True
    if isinstance(condition, (Either, *_PAIRS, *_SUFFIXED)):
        return any(_carries_scope(each) for each in operands_of(condition))
    return False


def _span(span: Span) -> str:  # noqa: PLR0911  # one return for each kind of span
    match span:
        case Leaf(text) | Similar(text):
            return " ".join(text.translate(_QUOTES).split()).replace("{ ", "{").replace(" }", "}")
        case ByRole(role, operand):
            return f"{role}: {_primary(operand)}"
        case BySpeaker(label, operand):
            return f"speaker({label}): {_primary(operand)}"
        case Either(parts):
            return " OR ".join(_operand(each, parts) for each in parts)
        case Within() | Placed() | Confident() | AfterRule():
            return f"{_before_suffix(span.operand)} {_suffix(span)}"
        case Chain(parts, distances):
            return _chain(parts, distances)
    return _pair(span)


def _primary(span: Span) -> str:
    is_one = isinstance(span, (Leaf, Similar, *_SCOPED))
    return _span(span) if is_one else f"({_span(span)})"


def _before_suffix(span: Span) -> str:
    return _span(span) if isinstance(span, _SUFFIXED) else _primary(span)


def _pair(span: Pair) -> str:
    left, right = (_side(each, (span.left, span.right)) for each in (span.left, span.right))
    return f"{left} {_name(span)} {right}"


def _side(span: Span, beside: Iterable[Span]) -> str:
    return f"({_span(span)})" if isinstance(span, _PAIRS) else _operand(span, beside)


def _name(span: Pair) -> str:
    match span:
        case Near(_, _, distance):
            return f"NEAR/{_size(distance)}"
        case NotNear(_, _, distance, is_before):
            return f"NOT {'BEFORE' if is_before else 'NEAR'}/{_size(distance)}"
        case SameTurn():
            return "SAME TURN"
        case NextTurn():
            return "NEXT TURN"
        case Nested(_, _, nesting):
            return str(nesting)


def _chain(parts: tuple[Span, ...], distances: tuple[Distance | None, ...]) -> str:
    sides = [_side(each, parts) for each in parts]
    joined = sides[0]
    for distance, side in zip(distances, sides[1:], strict=True):
        size = f"/{_size(distance)}" if distance else ""
        joined += f" BEFORE{size} {side}"
    return joined


def _size(distance: Distance) -> str:
    unit = "" if distance.unit is Unit.WORDS else distance.unit.value
    return f"{distance.amount}{unit}"


def _suffix(span: Suffixed) -> str:
    match span:
        case Within(window, _):
            return _window(window)
        case Placed(place, _):
            return str(place)
        case Confident(per_mille, _):
            return f"CONF >= {per_mille / 1000:g}"
        case AfterRule(rule, _, is_negated):
            return f"{'NOT ' if is_negated else ''}AFTER RULE {rule}"


def _window(window: Window) -> str:
    if isinstance(window, EdgeWindow):
        return f"IN {'FIRST' if window.is_first else 'LAST'} {window.amount}{window.unit.value}"
    return f"IN {_clock(window.start_ms)}..{_clock(window.end_ms)}"


def _clock(ms: int) -> str:
    minutes, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _fact(condition: FactIs | FactBetween) -> str:
    if isinstance(condition, FactBetween):
        inside = "IN" if condition.is_inside else "NOT IN"
        start, end = _day(condition.start), _day(condition.end)
        return f"call.{condition.name} {inside} {start}..{end}"
    if condition.value is True:
        return f"call.{condition.name}"
    if isinstance(condition.value, int):
        return f"call.{condition.name} {condition.comparison} {condition.value // 1000}s"
    return f"call.{condition.name} {condition.comparison} {_name_of(condition.value)}"


def _name_of(value: str) -> str:
    return value if value.isidentifier() and value.islower() else f'"{value}"'


def _day(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"
