"""Which rules a call cannot break because it lacks their words: known before anything is judged."""

from reviews.detection.conditions import COMPARISONS
from reviews.detection.language.types import (
    And,
    Chain,
    Condition,
    Count,
    FactBetween,
    FactIs,
    Leaf,
    Near,
    Not,
    NotNear,
    Similar,
    Within,
    operands_of,
)

Silence = frozenset[str]
"""Keys of leaves: where a call with words holds none of them, the condition is plainly clear."""


def silence_of(condition: Condition) -> Silence | None:
    """The leaves without which the condition is clear, with nothing to prove; None: cannot say.

    Holds only where the verdict does not rest on nothing being heard.
    """
    match condition:
        case Leaf():
            return frozenset({condition.key})
        case And(operands) if all(map(_is_bounded, operands[1:])):
            return silence_of(operands[0])
        case Count(operand, comparison, number) if not COMPARISONS[comparison](0, number):
            return silence_of(operand)
        case And() | Not() | Count() | FactIs() | FactBetween() | Similar() | Within():
            return None
    return _of_all(operands_of(condition))


def _of_all(operands: tuple[Condition, ...]) -> Silence | None:
    silences = [silence_of(each) for each in operands]
    known = [each for each in silences if each is not None]
    return frozenset().union(*known) if len(known) == len(silences) else None


def _is_bounded(condition: Condition) -> bool:
    """It never comes to the engine's own limit, so it need not be tried to see whether it does."""
    if isinstance(condition, Near | Chain | NotNear):
        return False
    return all(map(_is_bounded, operands_of(condition)))
