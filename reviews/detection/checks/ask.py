"""The `ask` check: a question that a person answers by a level. The engine never does."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

from reviews.detection.asked import Names
from reviews.detection.conditions import Hearing
from reviews.detection.document import Section, check_unique, refuse
from reviews.detection.evidence import Asked, Outcome

LEVELS_AT_MOST = 20
POINTS_AT_MOST = 1_000
_YES_NO = "yes_no"


class Comment(StrEnum):
    """When an answer needs a comment; it may always have one."""

    NEVER = "never"
    ALWAYS = "always"
    BELOW_FULL = "below_full"


@dataclass(frozen=True, slots=True)
class Level:
    """What may be answered; `points` count beside those of the other levels."""

    code: str
    title: str
    points: float
    description: str = ""


YES_OR_NO = (Level("yes", "Yes", 1.0), Level("no", "No", 0.0))


@dataclass(frozen=True, slots=True)
class AskRule:
    question: str
    levels: tuple[Level, ...] = YES_OR_NO
    na: bool = False
    """The answer may be that the question does not apply."""
    comment: Comment = Comment.NEVER

    def share_of(self, level: str) -> float:
        """What the level earns of the rule's points, 0..1. Raises KeyError."""
        points = {each.code: each.points for each in self.levels}
        return points[level] / max(points.values())

    def needs_comment(self, level: str) -> bool:
        """Whether that answer needs one; an empty level is that it does not apply."""
        if self.comment is Comment.BELOW_FULL:
            return bool(level) and self.share_of(level) < 1
        return self.comment is Comment.ALWAYS


def parse(document: Section, _names: Names) -> AskRule:
    own = document.section("ask")
    made = AskRule(
        question=own.text("question", most=1_000),
        levels=_levels(own),
        na=own.yes_no("na"),
        comment=Comment(own.choice("comment", list(Comment), default=Comment.NEVER)),
    )
    own.close()
    return made


def written(rule: AskRule) -> Mapping[str, object]:
    levels = _YES_NO if rule.levels == YES_OR_NO else [asdict(each) for each in rule.levels]
    return {
        "question": rule.question,
        "levels": levels,
        "na": rule.na,
        "comment": rule.comment.value,
    }


def check(_rule: AskRule, _hearing: Hearing) -> Outcome:
    return Asked()


def _levels(own: Section) -> tuple[Level, ...]:
    if own.data.get("levels") in (None, _YES_NO):
        own.take("levels")
        return YES_OR_NO
    levels = tuple(map(_level, own.sections("levels", most=LEVELS_AT_MOST)))
    path = own.at("levels")
    if len(levels) < 2:
        refuse(path, "there is nothing to choose from: write two levels, or yes_no")
    if not any(each.points for each in levels):
        refuse(path, "no level has points: give the best one more than 0")
    check_unique(path, [each.code for each in levels])
    return levels


def _level(document: Section) -> Level:
    code = document.text("code", most=100)
    if "points" not in document.data:
        refuse(document.at("points"), f"it is not said what it earns: write 0 to {POINTS_AT_MOST}")
    made = Level(
        code=code,
        title=document.text("title", default=code, most=200),
        points=document.number("points", default=0, least=0, most=POINTS_AT_MOST),
        description=document.text("description", default="", most=1_000),
    )
    document.close()
    return made
