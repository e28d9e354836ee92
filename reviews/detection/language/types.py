"""A parsed query: frozen nodes. Spans denote stretches of a call, conditions denote an outcome."""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

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


Step = Literal | Digits | Wild | Gap


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


PHRASE_WORDS_AT_LEAST = 3


@dataclass(frozen=True)
class Leaf:
    """A term, phrase or list: any of its patterns. `key` names the set of patterns."""

    text: str = field(compare=False)
    key: str
    patterns: tuple[Pattern, ...]

    @cached_property
    def phrases(self) -> tuple[tuple[str, ...], ...]:
        """The known words of each pattern that has enough of them to be heard in part."""
        said = (pattern.known for pattern in self.patterns)
        return tuple(known for known in said if len(known) >= PHRASE_WORDS_AT_LEAST)


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


Span = Leaf | Either | ByRole | BySpeaker | Within | Near | Chain | NotNear
SPANS = (Leaf, Either, ByRole, BySpeaker, Within, Near, Chain, NotNear)


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
