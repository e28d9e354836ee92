"""What a rule is: words to find, what they mean, and what makes them mean nothing."""

import re
from dataclasses import dataclass
from typing import Literal

from reviews.detection.safety.lexicon import NAMES
from reviews.detection.safety.pattern import compiled, lines
from reviews.detection.safety.span import Aim, Category

Void = Literal["reported", "denied", "idiom"]
ALWAYS: frozenset[Void] = frozenset({"reported", "denied", "idiom"})


@dataclass(frozen=True, slots=True)
class Rule:
    """`void`: what is said around the words that makes them count for nothing.

    `needs` are letters of which any match holds one: without them the pattern is not tried.
    """

    reason: str
    category: Category
    score: float
    aim: Aim
    pattern: re.Pattern[str]
    needs: frozenset[str]
    void: frozenset[Void] = ALWAYS
    is_doubtful: bool = False
    """Its words are often misheard for harmless ones."""


def rule(
    category: Category,
    reason: str,
    text: str,
    *,
    score: float,
    aim: Aim = "nobody",
    void: frozenset[Void] = ALWAYS,
    is_doubtful: bool = False,
) -> Rule:
    piece = lines(text, NAMES)
    return Rule(
        reason=f"{category.value}.{reason}",
        category=category,
        score=score,
        aim=aim,
        pattern=compiled(piece),
        needs=piece.needs,
        void=void,
        is_doubtful=is_doubtful,
    )
