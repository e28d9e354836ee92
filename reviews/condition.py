"""When a forwarding rule holds for a finding: values in, true or false out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from reviews.detection.rubric import Severity

_ORDER = tuple(each.value for each in Severity)
"""The least grave first."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What is None or empty holds for every finding; all of the rest must hold."""

    least_severity: Severity | None = None
    rules: frozenset[str] = frozenset()
    agents: frozenset[UUID] = frozenset()
    sources: frozenset[UUID] = frozenset()
    score_below: float | None = None
    """Of an evaluation without a score it does not hold."""
    first_in_days: int | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A finding as it stands now."""

    severity: str
    rule: str
    score: float | None
    agent: UUID | None
    source: UUID
    at: datetime
    is_again: bool
    """The call had one of the same rule already, from an evaluation before."""
    before_at: datetime | None
    """The one before by the same rule, of the same agent; without an agent, of the tenant."""


def holds(condition: Condition, seen: Seen) -> bool:
    return (
        not seen.is_again
        and _is_grave(condition.least_severity, seen.severity)
        and (not condition.rules or seen.rule in condition.rules)
        and (not condition.agents or seen.agent in condition.agents)
        and (not condition.sources or seen.source in condition.sources)
        and _is_low(condition.score_below, seen.score)
        and _is_first(condition.first_in_days, seen)
    )


def _is_grave(least: Severity | None, severity: str) -> bool:
    return least is None or _ORDER.index(severity) >= _ORDER.index(least)


def _is_low(below: float | None, score: float | None) -> bool:
    return below is None or (score is not None and score < below)


def _is_first(days: int | None, seen: Seen) -> bool:
    if days is None or seen.before_at is None:
        return True
    return seen.at - seen.before_at > timedelta(days=days)
