"""Which rules a call cannot break because it lacks their words: known before anything is judged."""

from reviews.detection.conditions import COMPARISONS
from reviews.detection.language.types import (
    And,
    ByRole,
    BySpeaker,
    Chain,
    Condition,
    Count,
    Either,
    FactBetween,
    FactIs,
    Leaf,
    Near,
    Not,
    NotNear,
    Or,
    Within,
)

Silence = frozenset[str]
"""Keys of leaves: where a call with words holds none of them, the condition is plainly clear."""


def silence_of(  # noqa: PLR0911  # one return for each kind of condition
    condition: Condition,
) -> Silence | None:
    """The leaves without which the condition is clear, with nothing to prove; None: cannot say.

    Holds only where the verdict does not rest on nothing being heard.
    """
    match condition:
        case Leaf():
            return frozenset({condition.key})
        case ByRole(_, operand) | BySpeaker(_, operand):
            return silence_of(operand)
        case Either(operands) | Or(operands) | Chain(operands, _):
            return _of_all(operands)
        case Near(left, right, _) | NotNear(left, right, _, _):
            return _of_all((left, right))
        case And(operands) if all(map(_is_bounded, operands[1:])):
            return silence_of(operands[0])
        case Count(operand, comparison, number) if not COMPARISONS[comparison](0, number):
            return silence_of(operand)
    return None


def _of_all(operands: tuple[Condition, ...]) -> Silence | None:
    silences = [silence_of(each) for each in operands]
    known = [each for each in silences if each is not None]
    return frozenset().union(*known) if len(known) == len(silences) else None


def _is_bounded(condition: Condition) -> bool:
    """It never comes to the engine's own limit, so it need not be tried to see whether it does."""
    match condition:
        case Leaf() | FactIs() | FactBetween():
            return True
        case ByRole(_, operand) | BySpeaker(_, operand) | Within(_, operand) | Not(operand):
            return _is_bounded(operand)
        case Count(operand, _, _):
            return _is_bounded(operand)
        case Either(operands) | Or(operands) | And(operands):
            return all(map(_is_bounded, operands))
    return False
