"""A person's verdict on a finding: a new Review each time, under the sequence that was seen."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.shortcuts import get_object_or_404

from reviews import audit, notify, policies
from reviews.access import scoped_to
from reviews.detection.rubric import below
from reviews.errors import ErrorCode, Refused
from reviews.models import (
    ApiKey,
    Finding,
    Membership,
    Notice,
    QueueItem,
    Review,
    ReviewNote,
    Standing,
    User,
    Verdict,
)
from reviews.queries.reasons import reasons
from reviews.reviewing import telling
from reviews.reviewing.part import check_took_no_part

NOTE_AT_MOST = 2_000


class AlreadyDecided(Refused):
    """Another reviewer was first; `standing` is what stands now."""

    code = ErrorCode.ALREADY_DECIDED

    def __init__(self, standing: Standing) -> None:
        super().__init__(
            "The verdict was not saved",
            f"another one was first: {standing.label.lower()}",
            "Look at it, and decide again if you still disagree.",
        )
        self.standing = standing


class ReasonRefused(Refused):
    code = ErrorCode.REASON_REFUSED


@dataclass(frozen=True, slots=True)
class Decision:
    """What a reviewer wants; `sequence` is the number of the last review that was seen."""

    verdict: Verdict
    sequence: int
    reason: str = ""
    note: str = ""
    severity: str = ""
    """Of a finding upheld in part: the lower severity that it has."""


def decide(
    *,
    finding: Finding,
    decision: Decision,
    by: User,
    now: datetime,
    is_told: bool = True,
    through: ApiKey | None = None,
) -> Review:
    """Record the verdict, move the queue, write the audit row; in the caller's transaction.

    Who is to decide then is told, unless the caller does. `through` is the program that brings it.

    Raises NotPossible, AlreadyDecided, ReasonRefused; Http404 where it was erased meanwhile. Lock:
    the finding's queue item.
    """
    _check_words(finding, decision)
    item = get_object_or_404(QueueItem.objects.select_for_update(), finding_id=finding.pk)
    if item.sequence != decision.sequence:
        raise AlreadyDecided(Standing(item.standing))
    policies.check_can_move(item, decision.verdict)
    role = _role(by, finding.tenant_id)
    policies.check_is_theirs(item, decision.verdict, by=by, role=role, now=now)
    check_took_no_part(finding.transcript_id, by, "The verdict is refused")
    was = telling.before(finding)
    review = _write(finding, decision, by, now)
    _move(item, decision, by, now)
    audit.record(
        event=_EVENTS[decision.verdict],
        by=through or by,
        target=finding,
        at=now,
        data={"rule": finding.rule_code, "review": str(review.pk), "reason": decision.reason}
        | ({"reviewer": str(by.pk)} if through else {}),
    )
    telling.reviewed(finding, review, item, was, now=now)
    if is_told and decision.verdict in (Verdict.ESCALATED, Verdict.SECOND):
        tell_deciders(finding, item.level, by=by, now=now)
    return review


def tell_deciders(finding: Finding, level: int, *, by: User, now: datetime, count: int = 1) -> None:
    """Who decides at that level: of a second opinion, which has none, the first one's."""
    roles = policies.DECIDERS[max(level, 1)]
    notify.tell(kind=Notice.FINDING_WAITS, about=finding, roles=roles, by=by, at=now, count=count)


_EVENTS = {
    Verdict.UPHELD: audit.Event.FINDING_UPHELD,
    Verdict.DISMISSED: audit.Event.FINDING_DISMISSED,
    Verdict.ESCALATED: audit.Event.FINDING_ESCALATED,
    Verdict.REOPENED: audit.Event.FINDING_REOPENED,
    Verdict.SECOND: audit.Event.FINDING_SECOND,
}


def _role(by: User, tenant_id: UUID) -> str:
    """As it is now: it may have been another when the page was made."""
    found = scoped_to(Membership, tenant_id).filter(user=by)
    return found.values_list("role", flat=True).first() or ""


def _check_words(finding: Finding, decision: Decision) -> None:
    needs_reason = decision.verdict is Verdict.DISMISSED
    if decision.severity and decision.severity not in below(finding.severity):
        raise ReasonRefused(
            "The verdict was not saved",
            "a severity that is not below the rule's",
            "Choose a lower one, or confirm the finding as it is.",
        )
    if needs_reason and decision.reason not in reasons(finding.tenant_id):
        raise ReasonRefused(
            "The dismissal was not saved", "no reason of the list", "Choose why it is dismissed."
        )
    if len(decision.note) > NOTE_AT_MOST:
        raise ReasonRefused(
            "The verdict was not saved",
            f"a note of {len(decision.note):,} characters",
            f"Write at most {NOTE_AT_MOST:,}.",
        )


def _write(finding: Finding, decision: Decision, by: User, now: datetime) -> Review:
    review = Review.objects.create(
        tenant_id=finding.tenant_id,
        evaluation_id=finding.evaluation_id,
        finding=finding,
        rule_code=finding.rule_code,
        sequence=decision.sequence + 1,
        verdict=decision.verdict,
        reason_code=decision.reason if decision.verdict is Verdict.DISMISSED else "",
        severity=decision.severity if decision.verdict is Verdict.UPHELD else "",
        note_sha256=hashlib.sha256(decision.note.encode()).digest() if decision.note else None,
        by=by,
        at=now,
    )
    if decision.note:
        ReviewNote.objects.create(tenant_id=finding.tenant_id, review=review, text=decision.note)
    return review


def _move(item: QueueItem, decision: Decision, by: User, now: datetime) -> None:
    """Where the verdict leads. What was claimed or held is free again."""
    _, item.standing = policies.MOVES[decision.verdict]
    is_settled = item.standing in (Standing.UPHELD, Standing.DISMISSED)
    is_second = item.standing == Standing.SECOND
    item.level = _level(item.level, decision.verdict)
    item.sequence += 1
    item.decided_by, item.decided_at = (None, None) if item.standing == Standing.OPEN else (by, now)
    item.lowered_to = decision.severity if item.standing == Standing.UPHELD else ""
    item.asked_by = by if is_second else item.asked_by if is_settled else None
    item.claimed_by, item.claimed_until, item.held_until = None, None, None
    item.suppression = None
    item.updated_at = now
    item.save(update_fields=[*_MOVED, "suppression"])


_MOVED = (
    "standing", "level", "sequence", "decided_by", "decided_at", "lowered_to", "asked_by",
    "claimed_by", "claimed_until", "held_until", "updated_at",
)  # fmt: skip


def _level(level: int, verdict: Verdict) -> int:
    if verdict is Verdict.ESCALATED:
        return level + 1
    return 0 if verdict is Verdict.REOPENED else level
