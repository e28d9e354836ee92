"""A parsed query: frozen nodes. Spans denote stretches of a call, conditions denote an outcome."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import get_args

from reviews.detection.transcript import Role


@dataclass(frozen=True, slots=True)
class Literal:
    token: str


@dataclass(frozen=True, slots=True)
class Digits:
    """Adjacent number tokens whose digits, joined, are these: any grouping is equal."""

    digits: str


@dataclass(frozen=True, slots=True)
class Wild:
    """A folded word with `*` at one end or `?` for single letters."""

    text: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Minimum to maximum free words."""

    minimum: int
    maximum: int


class SlotKind(StrEnum):
    NUMBER = "number"
    MONEY = "money"
    PERCENT = "percent"
    DURATION = "duration"
    DATE = "date"
    DIGITS = "digits"
    MASKED = "masked"
    PROFANITY = "profanity"


@dataclass(frozen=True, slots=True)
class Slot:
    """Any value of a kind, the longest that stands there."""

    kind: SlotKind
    digits: int = 0
    """Of DIGITS: how many, in all."""
    label: str = ""
    """Of MASKED: the kind of value that was masked, folded; "" any."""
    capture: str = ""
    """The name that a fact compares the value by; "" none."""


@dataclass(frozen=True, slots=True)
class Characters:
    """A phrase in a script without blanks: adjacent words that hold these characters in a row,
    wherever the vendor cut them."""

    text: str


Step = Literal | Digits | Wild | Gap | Slot | Characters


@dataclass(frozen=True, slots=True)
class Pattern:
    """Adjacent steps. `is_spoken`: it names fillers or repetitions, which take no position."""

    steps: tuple[Step, ...]
    is_spoken: bool = False

    @property
    def known(self) -> tuple[str, ...]:
        """The tokens of the steps that name one, in order."""
        return tuple(
            step.token if isinstance(step, Literal) else step.digits
            for step in self.steps
            if isinstance(step, Literal | Digits)
        )


ForeignPatterns = tuple[tuple[str, tuple[Pattern, ...]], ...]
"""Codes of languages, each with the patterns as folded in it."""
PHRASE_WORDS_AT_LEAST = 3
_NUMBER_SLOTS = frozenset(SlotKind) - {SlotKind.MASKED, SlotKind.PROFANITY}


def _takes_number(step: Step) -> bool:
    if isinstance(step, Literal):
        return step.token[0].isdigit()
    return isinstance(step, Digits) or (isinstance(step, Slot) and step.kind in _NUMBER_SLOTS)


@dataclass(frozen=True)
class Leaf:
    """A term, phrase or list: any of its patterns. `key` names the set of patterns."""

    text: str = field(compare=False)
    key: str
    patterns: tuple[Pattern, ...]
    """As folded in English."""
    foreign: ForeignPatterns = ()
    """Code of a language → the patterns as folded in it, where they are others."""

    def patterns_in(self, language: str) -> tuple[Pattern, ...]:
        return next((each for code, each in self.foreign if code == language), self.patterns)

    def phrases_in(self, language: str) -> tuple[tuple[str, ...], ...]:
        """The known words of each pattern that has enough of them to be heard in part."""
        return self._phrases.get(language, self._phrases[None])

    @cached_property
    def _phrases(self) -> Mapping[str | None, tuple[tuple[str, ...], ...]]:
        """None: as in English."""
        return {
            code: tuple(each.known for each in patterns if len(each.known) >= PHRASE_WORDS_AT_LEAST)
            for code, patterns in ((None, self.patterns), *self.foreign)
        }

    @cached_property
    def captured(self) -> frozenset[Slot]:
        """The slots whose values are captured."""
        steps = (step for each in self.patterns for step in each.steps)
        return frozenset(step for step in steps if isinstance(step, Slot) and step.capture)

    @cached_property
    def has_numbers(self) -> bool:
        """A number, or a slot that takes one: unread in most languages."""
        return any(_takes_number(step) for each in self.patterns for step in each.steps)


@dataclass(frozen=True)
class Similar:
    """A text read near-verbatim: at least `percent` of a hundred of its words, in order."""

    text: str = field(compare=False)
    key: str
    tokens: tuple[str, ...]
    """As folded in English."""
    percent: int
    foreign: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Code of a language → the tokens as folded in it, where they are others."""

    def tokens_in(self, language: str) -> tuple[str, ...]:
        return next((each for code, each in self.foreign if code == language), self.tokens)

    @cached_property
    def has_numbers(self) -> bool:
        """As of a leaf."""
        return any(token[0].isdigit() for token in self.tokens)


class Unit(StrEnum):
    WORDS = "words"
    SECONDS = "s"
    TURNS = "t"
    PERCENT = "%"


@dataclass(frozen=True, slots=True)
class Distance:
    amount: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class EdgeWindow:
    """The first or last seconds, percent or turns of the call."""

    is_first: bool
    amount: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class ClockWindow:
    start_ms: int
    end_ms: int


Window = EdgeWindow | ClockWindow


@dataclass(frozen=True, slots=True)
class Either:
    """OR of spans: every stretch of every operand."""

    operands: "tuple[Span, ...]"


@dataclass(frozen=True, slots=True)
class ByRole:
    role: Role
    operand: "Span"


@dataclass(frozen=True, slots=True)
class BySpeaker:
    label: str
    operand: "Span"


@dataclass(frozen=True, slots=True)
class Within:
    window: Window
    operand: "Span"


@dataclass(frozen=True, slots=True)
class Near:
    left: "Span"
    right: "Span"
    distance: Distance


@dataclass(frozen=True, slots=True)
class Chain:
    """Operands in this order; distances[i] bounds operand i to i + 1, None: anywhere later."""

    operands: "tuple[Span, ...]"
    distances: tuple[Distance | None, ...]


@dataclass(frozen=True, slots=True)
class NotNear:
    """Stretches of `left` with no `right` that near; `is_before`: only what follows counts."""

    left: "Span"
    right: "Span"
    distance: Distance
    is_before: bool


@dataclass(frozen=True, slots=True)
class SameTurn:
    """All words of both in one turn, in any order."""

    left: "Span"
    right: "Span"


@dataclass(frozen=True, slots=True)
class NextTurn:
    """`right` in the first turn of another speaker after the one in which `left` ends."""

    left: "Span"
    right: "Span"


class Nesting(StrEnum):
    INSIDE = "INSIDE"
    NOT_INSIDE = "NOT INSIDE"
    CONTAINING = "CONTAINING"


@dataclass(frozen=True, slots=True)
class Nested:
    """Stretches of `left` that lie in one of `right`, in none, or hold one; equal ones do."""

    left: "Span"
    right: "Span"
    nesting: Nesting


class Place(StrEnum):
    ONE_TURN = "IN ONE TURN"
    TURN_START = "AT TURN START"
    TURN_END = "AT TURN END"
    QUESTION = "AS QUESTION"


@dataclass(frozen=True, slots=True)
class Placed:
    """Stretches that stand at a place of their turn, or in a question."""

    place: Place
    operand: "Span"


@dataclass(frozen=True, slots=True)
class Confident:
    """Stretches whose matched words are all at least that confident."""

    per_mille: int
    """0 to 1000, so that 0.6 is exact."""
    operand: "Span"


@dataclass(frozen=True, slots=True)
class AfterRule:
    """Stretches that begin after the first hit of another rule; `is_negated`: the others."""

    rule: str
    operand: "Span"
    is_negated: bool


Span = (
    Leaf
    | Similar
    | Either
    | ByRole
    | BySpeaker
    | Within
    | Near
    | Chain
    | NotNear
    | SameTurn
    | NextTurn
    | Nested
    | Placed
    | Confident
    | AfterRule
)
SPANS = get_args(Span)


@dataclass(frozen=True, slots=True)
class And:
    operands: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    operands: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    operand: "Condition"


@dataclass(frozen=True, slots=True)
class Count:
    operand: Span
    comparison: str
    number: int


@dataclass(frozen=True, slots=True)
class FactIs:
    """`call.<name>` compared; a duration in ms, a yes-or-no fact with True."""

    name: str
    comparison: str
    value: str | int | bool


@dataclass(frozen=True, slots=True)
class FactBetween:
    """Local time of day in minutes, start inclusive, end exclusive; may run past midnight."""

    name: str
    start: int
    end: int
    is_inside: bool


Condition = Span | And | Or | Not | Count | FactIs | FactBetween


def operands_of(condition: Condition) -> "tuple[Condition, ...]":
    """The conditions and spans that a node is made of, in the order they are written."""
    match condition:
        case And(operands) | Or(operands) | Either(operands) | Chain(operands, _):
            return operands
        case (
            Near(left, right)
            | NotNear(left, right)
            | SameTurn(left, right)
            | NextTurn(left, right)
            | Nested(left, right)
        ):
            return (left, right)
        case Leaf() | Similar() | FactIs() | FactBetween():
            return ()
    return (condition.operand,)


def leaves_of(condition: Condition) -> Iterator[Leaf]:
    """Every term, phrase, list and slot of a condition; not the texts compared near-verbatim."""
    if isinstance(condition, Leaf):
        yield condition
    for each in operands_of(condition):
        yield from leaves_of(each)
