"""Joining spans: what NEAR and BEFORE build, and the readings that are refused as ambiguous."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import cast

from lark import Token

from reviews.detection.language import sizes
from reviews.detection.language.errors import QueryCode, QueryError
from reviews.detection.language.pieces import Piece
from reviews.detection.language.types import (
    SPANS,
    ByRole,
    BySpeaker,
    Chain,
    Distance,
    Near,
    Nested,
    Nesting,
    NextTurn,
    NotNear,
    SameTurn,
    Span,
    operands_of,
)

_SHORT = re.compile(r"(w|pre)/(\d+)")


def span_of(piece: Piece, needed_by: str, *, each: str) -> Span:
    """The piece's node where a span is needed. Raises QueryError for a condition."""
    if isinstance(piece.node, SPANS):
        return cast("Span", piece.node)
    raise QueryError(
        QueryCode.NEEDS_SPAN,
        f"{needed_by} needs a span expression, not AND, NOT, COUNT or a call condition: "
        f"write it on each operand, such as {each}",
        text=piece.text,
        at=piece.start,
    )


def join(operands: Sequence[Piece], operators: Sequence[Token], text: str) -> Span:
    """The span of an operator of level 4, or of a chain of BEFORE. Raises QueryError."""
    readings = [_operator(token, text) for token in operators]
    names = [name for name, _ in readings]
    if len(names) > 1 and any(name != "BEFORE" for name in names):
        raise _not_chained(operands, operators, text)
    check_scopes(operands, str(operators[0]))
    check_suffix(operands, str(operators[0]))
    spans = [span_of(piece, names[0], each=f"A {operators[0]} B AND NOT C") for piece in operands]
    if names[0] == "BEFORE":
        return Chain(tuple(spans), tuple(distance for _, distance in readings))
    distance = cast("Distance", readings[0][1])
    return _PAIRS[names[0]](spans[0], spans[1], distance)


_PAIRS: Mapping[str, Callable[[Span, Span, Distance], Span]] = {
    "NEAR": lambda left, right, size: Near(left, right, size),
    "NOT NEAR": lambda left, right, size: NotNear(left, right, size, is_before=False),
    "NOT BEFORE": lambda left, right, size: NotNear(left, right, size, is_before=True),
    "SAME TURN": lambda left, right, _: SameTurn(left, right),
    "NEXT TURN": lambda left, right, _: NextTurn(left, right),
    "INSIDE": lambda left, right, _: Nested(left, right, Nesting.INSIDE),
    "NOT INSIDE": lambda left, right, _: Nested(left, right, Nesting.NOT_INSIDE),
    "CONTAINING": lambda left, right, _: Nested(left, right, Nesting.CONTAINING),
}
_DISTANT = ("NEAR", "BEFORE", "NOT NEAR", "NOT BEFORE")


def _operator(token: Token, text: str) -> tuple[str, Distance | None]:
    """Name and distance, None where none is written. Raises QueryError."""
    at = token.start_pos or 0
    if short := _SHORT.fullmatch(token):
        return _short(short, text, at)
    name, slash, size = str(token).partition("/")
    name = " ".join(name.split())
    if name not in _DISTANT:
        return name, None
    if not slash and name != "BEFORE":
        message = f"{name} needs a distance: write {name}/5, {name}/10s or {name}/2t"
        raise QueryError(QueryCode.DISTANCE, message, text=text, at=at)
    try:
        return name, sizes.distance(size) if slash else None
    except sizes.SizeError as error:
        raise QueryError(QueryCode.DISTANCE, str(error), text=text, at=at) from None


def _short(match: re.Match[str], text: str, at: int) -> tuple[str, Distance]:
    """`w/5` counts positions, so 4 words may stand between."""
    name = "NEAR" if match[1] == "w" else "BEFORE"
    number = int(match[2][:9])
    if not number:
        message = f"{match[0]} allows nothing: write {match[1]}/1 or {name}/0"
        raise QueryError(QueryCode.DISTANCE, message, text=text, at=at)
    try:
        return name, sizes.distance(str(number - 1))
    except sizes.SizeError as error:
        raise QueryError(QueryCode.DISTANCE, str(error), text=text, at=at) from None


def _not_chained(operands: Sequence[Piece], operators: Sequence[Token], text: str) -> QueryError:
    first, second, third = (piece.source for piece in operands[:3])
    one, two = operators[:2]
    return QueryError(
        QueryCode.CHAIN,
        f"{two} cannot follow {one} without parentheses: write "
        f"({first} {one} {second}) {two} {third}, or {first} {one} {second} AND {second} "
        f"{two} {third}",
        text=text,
        at=two.start_pos or 0,
    )


def check_scopes(operands: Sequence[Piece], operator: str) -> None:
    """A scope on one operand only would silently leave the others to anyone."""
    bare = next((piece for piece in operands if piece.is_bare_scope), None)
    without = next((piece for piece in operands if not piece.carries_scope), None)
    if bare is None or without is None:
        return
    scope, _, rest = bare.source.partition(":")
    before, after = (
        bare.text[operands[0].start : bare.start],
        bare.text[bare.end : operands[-1].end],
    )
    raise QueryError(
        QueryCode.HALF_SCOPED,
        f"the scope {scope}: holds for one side of {operator} only: write "
        f"{scope}: ({before}{rest.strip()}{after}) or {before}({bare.source}){after}",
        text=bare.text,
        at=without.start,
    )


def check_suffix(operands: Sequence[Piece], operator: str) -> None:
    """A suffix after the last operand would silently leave the others without it."""
    last = operands[-1]
    suffix = last.bare_suffix
    if not suffix:
        return
    whole = last.text[operands[0].start : last.end - len(suffix)].rstrip()
    before = last.text[operands[0].start : last.start]
    raise QueryError(
        QueryCode.HALF_WINDOWED,
        f"the suffix {suffix} holds for the last side of {operator} only: put parentheses, "
        f"({whole}) {suffix} or {before}({last.source})",
        text=last.text,
        at=last.start,
    )


def check_contrary(operand: Span, name: str, text: str, at: int) -> None:
    """Nested scopes must both hold, so two roles on one word can never match."""
    for inner in _scopes(operand):
        is_label = name.startswith("speaker(")
        if is_label == inner.startswith("speaker(") and inner != name:
            raise QueryError(
                QueryCode.CONTRARY_SCOPES,
                f"{name}: and {inner}: can never both hold: leave one out",
                text=text,
                at=at,
            )


def _scopes(span: Span) -> list[str]:
    own = []
    if isinstance(span, ByRole):
        own = [str(span.role)]
    if isinstance(span, BySpeaker):
        own = [f"speaker({span.label})"]
    return own + [name for each in operands_of(span) for name in _scopes(cast("Span", each))]
