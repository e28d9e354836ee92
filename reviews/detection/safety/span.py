"""What the safety layer answers: words of a call, what they are, at whom they are aimed."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Category(StrEnum):
    PROFANITY = "profanity"
    SLUR = "slur"
    THREAT = "threat"
    HARASSMENT = "harassment"
    SEXUAL = "sexual"
    SELF_HARM = "self_harm"
    DRUGS_ALCOHOL = "drugs_alcohol"
    WEAPONS = "weapons"
    GAMBLING = "gambling"
    CRIME_VIOLENCE = "crime_violence"


Aim = Literal["you", "self", "other", "group", "nobody"]
"""At whom: `group` is people for what they are, `other` a third person."""


@dataclass(frozen=True, slots=True)
class SafetySpan:
    """Words `first_word` to `last_word` (0-based, inclusive) of an utterance; `score` 0..1.

    Who said it is the utterance's speaker and role.
    """

    category: Category
    score: float
    utterance: int
    first_word: int
    last_word: int
    is_unsure: bool
    """A word it rests on was heard badly, or such words are often harmless ones misheard."""
    aim: Aim
    reason: str
    """Code of the rule that found it, stable, to be shown with the span."""
    is_disguised: bool
    """The word was masked, spelled out, stretched or written with other signs."""
