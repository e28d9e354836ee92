"""Simple queries as a form has them: who says what, where, beside what, and what excuses it.

A query is simple where the form writes it again letter for letter, in the canonical form; so
nothing of it is lost between the two views.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum

from reviews.detection.language.canonical import format_query
from reviews.detection.language.errors import QueryError
from reviews.detection.language.parse import parse_query
from reviews.detection.language.types import (
    And,
    ByRole,
    Chain,
    Condition,
    Distance,
    EdgeWindow,
    Either,
    Leaf,
    Near,
    Not,
    NotNear,
    Similar,
    Span,
    Within,
)
from reviews.detection.language.written import written
from reviews.detection.transcript import Role

SPEAKERS = (Role.AGENT, Role.CUSTOMER)
_BARE = re.compile(r"\*?[a-z]+\*?")
"""A word that needs no quotes: no operator is written in small letters."""
_WHOLE = re.compile(r'"(\\.|[^"\\])*"|\{[^{}]*\}|<[A-Za-z][^<>]*>|~ ?"(\\.|[^"\\])*"( ?[\d.]+ ?%)?')
"""What is written as in a query: quotes, a list, a slot, a text read near-verbatim."""


class Side(StrEnum):
    AFTER = "after"
    BEFORE = "before"
    NEAR = "near"


@dataclass(frozen=True, slots=True)
class Said:
    """Any of the phrases, each as a query has it; `who` None: by anyone."""

    who: Role | None
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands before, after or near: `side` is where the rule's own phrases stand to it."""

    side: Side
    said: Said
    distance: Distance | None
    """None: anywhere before or after; NEAR has one."""


@dataclass(frozen=True, slots=True)
class Excuse:
    said: Said
    distance: Distance | None
    """None: anywhere in the call."""


@dataclass(frozen=True, slots=True)
class Simple:
    said: Said
    window: EdgeWindow | None = None
    beside: Beside | None = None
    excuse: Excuse | None = None


def query_of(simple: Simple) -> str:
    """The query in its canonical form, on one line."""
    return written(_condition(simple))


def settled(simple: Simple) -> Simple:
    """The same as its query is opened: "B after A" may be told as "A before B"."""
    return _read(_condition(simple)) or simple


def simple_of(condition: Condition) -> Simple | None:
    """None where the form cannot hold all of it. A list's leaf has to show its name in braces."""
    found = _read(condition)
    if found is None or not all(map(_has_line, _phrases(found))):
        return None
    return found if query_of(found) == written(condition) else None


def opened(text: str, *, lists: Collection[str], rules: Collection[str]) -> Simple | None:
    """Of a query's text. None where it cannot be read, or has remarks, which a form would lose."""
    named = {name: Leaf(f"{{{name}}}", name, ()) for name in lists}
    try:
        simple = simple_of(parse_query(text, lists=named, rules=rules))
        line = " ".join(format_query(text, lists=named, rules=rules).split())
    except QueryError:
        return None
    return simple if simple and line == query_of(simple) else None


def phrase_of(line: str) -> str:
    """A line of the form as a query has it: words are put into quotes."""
    words = " ".join(line.split())
    if _BARE.fullmatch(words) or _WHOLE.fullmatch(words):
        return words
    return f'"{words}"'


def line_of(phrase: str) -> str:
    """A phrase as a line of the form; the quotes stay where the line would be read otherwise."""
    inside = phrase[1:-1]
    return inside if phrase_of(inside) == phrase else phrase


def is_one_phrase(text: str, *, lists: Collection[str]) -> bool:
    """Raises QueryError where it cannot be read."""
    named = {name: Leaf(f"{{{name}}}", name, ()) for name in lists}
    return isinstance(parse_query(text, lists=named), Leaf | Similar)


def _has_line(phrase: str) -> bool:
    return phrase_of(line_of(phrase)) == phrase


def _phrases(simple: Simple) -> tuple[str, ...]:
    others = [each.said.phrases for each in (simple.beside, simple.excuse) if each]
    return sum(others, simple.said.phrases)


def _condition(simple: Simple) -> Condition:
    span, excuse = _kept(simple), simple.excuse
    if simple.beside:
        span = _joined(span, simple.beside)
    if simple.window:
        span = Within(simple.window, span)
    if excuse and excuse.distance is None:
        return And((span, Not(_scoped(excuse.said))))
    return span


def _kept(simple: Simple) -> Span:
    """What is said, without what is excused close by."""
    said, excuse = simple.said, simple.excuse
    if excuse is None or excuse.distance is None:
        return _scoped(said)
    if excuse.said.who is said.who:
        near = NotNear(_any(said), _any(excuse.said), excuse.distance, is_before=False)
        return ByRole(said.who, near) if said.who else near
    return NotNear(_scoped(said), _scoped(excuse.said), excuse.distance, is_before=False)


def _joined(span: Span, beside: Beside) -> Span:
    other = _scoped(beside.said)
    if beside.side is Side.BEFORE:
        return Chain((span, other), (beside.distance,))
    if beside.side is Side.AFTER:
        return Chain((other, span), (beside.distance,))
    if beside.distance is None:
        raise ValueError("near has no distance: give one")
    return Near(span, other, beside.distance)


def _scoped(said: Said) -> Span:
    return ByRole(said.who, _any(said)) if said.who else _any(said)


def _any(said: Said) -> Span:
    leaves = tuple(Leaf(phrase, phrase, ()) for phrase in said.phrases)
    return leaves[0] if len(leaves) == 1 else Either(leaves)


def _read(condition: Condition) -> Simple | None:
    match condition:
        case And((kept, Not(operand))):
            inner, said = _read(kept), _said(operand)
            if inner is None or said is None or inner.excuse:
                return None
            return replace(inner, excuse=Excuse(said, None))
        case Within(EdgeWindow() as window, operand):
            inner = _read_joined(operand)
            return replace(inner, window=window) if inner else None
    return _read_joined(condition)


def _read_joined(condition: Condition) -> Simple | None:
    match condition:
        case Near(left, right, distance):
            return _beside(Side.NEAR, left, right, distance)
        case Chain((left, right), (distance,)):
            before = _beside(Side.BEFORE, left, right, distance)
            after = _beside(Side.AFTER, right, left, distance)
            return after or before if _is_answered(left, right) else before or after
    return _read_kept(condition)


def _is_answered(left: Condition, right: Condition) -> bool:
    """The agent answers the customer: then the rule is about the answer."""
    match left, right:
        case ByRole(Role.CUSTOMER), ByRole(Role.AGENT):
            return True
    return False


def _beside(side: Side, own: Span, other: Span, distance: Distance | None) -> Simple | None:
    inner, said = _read_kept(own), _said(other)
    if inner is None or said is None:
        return None
    return replace(inner, beside=Beside(side, said, distance))


def _read_kept(condition: Condition) -> Simple | None:
    match condition:
        case ByRole(who, NotNear(left, right, distance, False)):
            said, excuse = _said(ByRole(who, left)), _said(ByRole(who, right))
        case NotNear(left, right, distance, False):
            said, excuse = _said(left), _said(right)
        case _:
            plain = _said(condition)
            return Simple(plain) if plain else None
    return Simple(said, excuse=Excuse(excuse, distance)) if said and excuse else None


def _said(condition: Condition) -> Said | None:
    match condition:
        case ByRole(who, operand):
            inner = _said(operand)
            is_known = who in SPEAKERS and inner is not None and inner.who is None
            return replace(inner, who=who) if inner and is_known else None
        case Leaf() | Similar():
            return Said(None, (written(condition),))
        case Either(operands) if all(isinstance(each, Leaf | Similar) for each in operands):
            return Said(None, tuple(map(written, operands)))
    return None
