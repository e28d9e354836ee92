"""What a rule is: words to find, what they mean, and what makes them mean nothing."""

from dataclasses import dataclass
from typing import Literal

from reviews.detection.safety.lexicon import NAMES
from reviews.detection.safety.pattern import Names, Search, lines, searches
from reviews.detection.safety.span import Aim, Category

Void = Literal["reported", "denied", "idiom"]
_NAMED_BEFORE = {
    **NAMES,
    "group": lines("<all>? one? of? them/they\nyour/their kind", NAMES),
}
(_PEOPLE,) = searches("<people>", NAMES)
ALWAYS: frozenset[Void] = frozenset({"reported", "denied", "idiom"})


@dataclass(frozen=True, slots=True)
class Rule:
    """`void`: what is said around the words that makes them count for nothing."""

    reason: str
    category: Category
    score: float
    aim: Aim
    searches: tuple[Search, ...]
    void: frozenset[Void] = ALWAYS
    is_doubtful: bool = False
    """Its words are often meant or heard as harmless ones."""
    after: Search | None = None
    """What must stand shortly before the words: whom a `them` means."""


def rule(
    category: Category,
    reason: str,
    text: str,
    *,
    score: float,
    aim: Aim = "nobody",
    void: frozenset[Void] = ALWAYS,
    is_doubtful: bool = False,
    names: Names = NAMES,
    after: Search | None = None,
) -> Rule:
    return Rule(
        reason=f"{category.value}.{reason}",
        category=category,
        score=score,
        aim=aim,
        searches=searches(text, names),
        void=void,
        is_doubtful=is_doubtful,
        after=after,
    )


def of_people(
    category: Category,
    reason: str,
    text: str,
    *,
    score: float,
    void: frozenset[Void] = ALWAYS,
) -> tuple[Rule, Rule]:
    """A rule on `<group>`, and the same on those who were just named."""
    direct = rule(category, reason, text, score=score, aim="group", void=void)
    back = rule(
        category,
        f"{reason}_named_before",
        text,
        score=score - 0.1,
        aim="group",
        void=void,
        names=_NAMED_BEFORE,
        after=_PEOPLE,
    )
    return direct, back
