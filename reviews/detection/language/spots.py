"""A typed query with the place of each node in its text, and what is asked of it there."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lark import Token, Tree

from reviews.detection.language.parse import PARSER
from reviews.detection.language.types import (
    AfterRule,
    And,
    ByRole,
    BySpeaker,
    Chain,
    Condition,
    Count,
    Distance,
    Either,
    Literal,
    Nested,
    Nesting,
    Not,
    NotNear,
    Or,
    Place,
    Placed,
    Unit,
    Within,
    leaves_of,
    operands_of,
)

ATOMS = frozenset(["term", "phrase", "list", "slot", "similarity", "fact"])
_ADJACENT = Distance(0, Unit.WORDS)


@dataclass(frozen=True, slots=True)
class Sense:
    """How the stretches of a node count, by what stands around it."""

    is_shortest: bool = True
    """Only the shortest: one that holds another changes nothing."""
    is_guarded: bool = False
    """Those before a `not` do not count."""


@dataclass(frozen=True, slots=True)
class Spot:
    """`at`: where its first atom stands in the text; `kind`: of an atom, as in the grammar."""

    node: Condition
    at: int
    sense: Sense
    parts: "tuple[Spot, ...]" = ()
    kind: str = ""
    source: str = ""
    """Of an atom, as it is written."""

    def all(self) -> "Iterator[Spot]":
        """This one and all below it, in the order of the text."""
        yield self
        for part in self.parts:
            yield from part.all()


def spot_of(condition: Condition, text: str) -> Spot:
    """The condition that `text` was parsed to, with places."""
    return _spot(condition, _atoms(PARSER.parse(text)), Sense(), text)


def _atoms(tree: Tree[Token]) -> Iterator[Tree[Token]]:
    if tree.data in ATOMS:
        yield tree
        return
    for child in tree.children:
        if isinstance(child, Tree):
            yield from _atoms(child)


def _spot(node: Condition, atoms: Iterator[Tree[Token]], sense: Sense, text: str) -> Spot:
    """Atoms and the leaves of the typed query stand in the same order."""
    senses = _senses(node, sense)
    parts = tuple(
        _spot(part, atoms, inner, text)
        for part, inner in zip(operands_of(node), senses, strict=True)
    )
    if parts:
        return Spot(node, parts[0].at, sense, parts)
    atom = next(atoms)
    start, end = atom.meta.start_pos, atom.meta.end_pos
    return Spot(node, start, sense, kind=str(atom.data), source=text[start:end])


def _senses(node: Condition, sense: Sense) -> list[Sense]:
    parts = operands_of(node)
    inner = replace(sense, is_shortest=sense.is_shortest and _keeps_shortest(node))
    if isinstance(node, Chain):
        guards = [each == _ADJACENT for each in (*node.distances, None)]
    else:
        guards = [_is_guarded(node, at) for at in range(len(parts))]
    return [replace(inner, is_guarded=sense.is_guarded or each) for each in guards]


def _keeps_shortest(node: Condition) -> bool:
    """A stretch passes here only where every shorter one in it does."""
    match node:
        case And() | Or() | Not() | Either() | Count() | ByRole() | BySpeaker() | Within():
            return True
        case Placed(place):
            return place in (Place.ONE_TURN, Place.QUESTION)
        case AfterRule(_, _, is_negated):
            return not is_negated
    return False


def _is_guarded(node: Condition, at: int) -> bool:
    """A stretch of this operand does not count before a `not`."""
    match node:
        case And(operands):
            return any(isinstance(each, Not) and names_not(each) for each in operands)
        case NotNear(_, right) | Nested(_, right, Nesting.NOT_INSIDE):
            return at == 0 and names_not(right)
        case Nested(_, _, Nesting.INSIDE):
            return at == 0
        case Placed(Place.TURN_END):
            return True
    return False


def names_not(condition: Condition) -> bool:
    return any(
        Literal("not") in pattern.steps
        for leaf in leaves_of(condition)
        for pattern in leaf.patterns
    )
