"""A person's verdict on a finding: a new Review each time, under the sequence that was seen."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from reviews import audit, policies
from reviews.errors import ErrorCode, Refused
from reviews.models import Finding, QueueItem, Review, ReviewNote, Standing, User, Verdict

REASONS = {
    "not_said": "The words were not said",
    "other_meaning": "Said, but meant otherwise",
    "allowed": "Allowed in this case",
    "misheard": "Misheard by the transcription",
    "wrong_speaker": "Another person said it",
    "wrong_rule": "The rule is wrong",
}
"""Why a finding is dismissed, in the order of their keys 1 to 6."""
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


def decide(*, finding: Finding, decision: Decision, by: User, now: datetime) -> Review:
    """Record the verdict, move the queue, write the audit row; in the caller's transaction.

    Raises NotPossible, AlreadyDecided, ReasonRefused. Lock: the finding's queue item.
    """
    _check_words(decision)
    item = QueueItem.objects.select_for_update().get(finding_id=finding.pk)
    if item.sequence != decision.sequence:
        raise AlreadyDecided(Standing(item.standing))
    policies.check_can_move(item, decision.verdict)
    review = _write(finding, decision, by, now)
    _move(item, decision, by, now)
    audit.record(
        event=_EVENTS[decision.verdict],
        by=by,
        target=finding,
        at=now,
        data={"rule": finding.rule_code, "review": str(review.pk), "reason": decision.reason},
    )
    return review


_EVENTS = {
    Verdict.UPHELD: audit.Event.FINDING_UPHELD,
    Verdict.DISMISSED: audit.Event.FINDING_DISMISSED,
    Verdict.ESCALATED: audit.Event.FINDING_ESCALATED,
    Verdict.REOPENED: audit.Event.FINDING_REOPENED,
}


def _check_words(decision: Decision) -> None:
    needs_reason = decision.verdict is Verdict.DISMISSED
    if needs_reason and decision.reason not in REASONS:
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
        note_sha256=hashlib.sha256(decision.note.encode()).digest() if decision.note else None,
        by=by,
        at=now,
    )
    if decision.note:
        ReviewNote.objects.create(tenant_id=finding.tenant_id, review=review, text=decision.note)
    return review


def _move(item: QueueItem, decision: Decision, by: User, now: datetime) -> None:
    _, item.standing = policies.MOVES[decision.verdict]
    is_open = item.standing == Standing.OPEN
    item.sequence += 1
    item.decided_by = None if is_open else by
    item.decided_at = None if is_open else now
    item.updated_at = now
    item.save(update_fields=["standing", "sequence", "decided_by", "decided_at", "updated_at"])
