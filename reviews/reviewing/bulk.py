"""One act on many findings, with the guards that a single one needs not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from reviews.errors import ErrorCode, Refused
from reviews.models import Finding, Membership, QueueItem, User, Verdict
from reviews.policies import NotPossible
from reviews.reviewing import hand
from reviews.reviewing.decide import AlreadyDecided, Decision, decide, tell_deciders

BULK_AT_MOST = 500


class BulkRefused(Refused):
    code = ErrorCode.NOT_POSSIBLE


@dataclass(frozen=True, slots=True)
class Act:
    """`dismiss` with a reason, `escalate`, `assign` to somebody, or `hold` for hours."""

    name: str
    reason: str = ""
    to: Membership | None = None
    hours: int = 0


@dataclass(frozen=True, slots=True)
class Done:
    changed: int
    left: int
    """Decided by others meanwhile, or not the reviewer's to decide."""


def do(
    *, findings: Sequence[Finding], seen: Mapping[UUID, int], act: Act, by: User, now: datetime
) -> Done:
    """Each by its own use case; `seen`: the sequence that was looked at. Raises BulkRefused.

    Lock: the findings' queue items, in the order of their ids, so that two bulk acts never wait
    for each other.
    """
    _check(findings, act)
    changed = [
        finding
        for finding in sorted(findings, key=lambda each: each.pk)
        if _one(finding, seen[finding.pk], act, by, now)
    ]
    if changed:
        _tell(changed, act, by, now)
    return Done(len(changed), len(findings) - len(changed))


def _tell(findings: Sequence[Finding], act: Act, by: User, now: datetime) -> None:
    """Once of all, not of each."""
    if act.name == "assign" and act.to:
        hand.tell_assigned(findings[0], act.to, by=by, now=now, count=len(findings))
    elif act.name == "escalate":
        for level, each in _by_level(findings).items():
            tell_deciders(each[0], level, by=by, now=now, count=len(each))


def _by_level(findings: Sequence[Finding]) -> dict[int, list[Finding]]:
    levels: dict[int, list[Finding]] = {}
    items = QueueItem.objects.filter(finding__in=findings).select_related("finding")
    for item in items.order_by("finding"):
        levels.setdefault(item.level, []).append(item.finding)
    return levels


def _check(findings: Sequence[Finding], act: Act) -> None:
    if not 0 < len(findings) <= BULK_AT_MOST:
        raise BulkRefused(
            "Nothing was changed",
            f"{len(findings):,} findings at once",
            f"Choose 1 to {BULK_AT_MOST:,}.",
        )
    rules = {finding.rule_code for finding in findings}
    if act.name == "dismiss" and len(rules) > 1:
        raise BulkRefused(
            "Nothing was dismissed",
            f"findings of {len(rules)} rules",
            "Dismiss those of one rule at a time: a reason seldom fits two.",
        )


def _one(finding: Finding, sequence: int, act: Act, by: User, now: datetime) -> bool:
    try:
        if act.name == "assign":
            hand.assign(finding=finding, to=act.to, by=by, now=now, is_told=False)
        elif act.name == "hold":
            until = now + timedelta(hours=act.hours) if act.hours else None
            hand.hold(finding=finding, until=until, by=by, now=now)
        else:
            verdict = Verdict.DISMISSED if act.name == "dismiss" else Verdict.ESCALATED
            decision = Decision(verdict, sequence, act.reason)
            decide(finding=finding, decision=decision, by=by, now=now, is_told=False)
    except (AlreadyDecided, NotPossible, hand.HandRefused):
        return False
    return True
