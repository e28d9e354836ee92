"""What reviewing tells webhooks and sends by forwarding rules: verdicts, the scores they change,
and appeals."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reviews import forwarding, outbox
from reviews.models import Dispute, EventKind, Finding, QueueItem, Review, Trigger, Verdict
from reviews.outbox import Said
from reviews.queries import rescoring


@dataclass(frozen=True, slots=True)
class Before:
    """Whether any webhook wants to hear of a verdict, and the score before it, where one does."""

    is_told: bool
    score: rescoring.Scored | None


def before(finding: Finding) -> Before:
    """One SQL query where no webhook is there."""
    wanted = outbox.wanted(finding.tenant_id)
    is_scored = EventKind.EVALUATION_RESCORED in wanted
    score = rescoring.scored(finding.tenant_id, finding.evaluation_id) if is_scored else None
    return Before(bool(wanted), score)


def reviewed(
    finding: Finding, review: Review, item: QueueItem, was: Before, *, now: datetime
) -> None:
    """After the audit row, whose lock has verdicts follow one another."""
    if review.verdict == Verdict.UPHELD:
        forwarding.forward(finding.tenant_id, [finding.pk], trigger=Trigger.UPHELD, at=now)
    if not was.is_told:
        return
    data = {
        **_of(finding),
        "review": review.pk,
        "verdict": str(review.verdict),
        "standing": str(item.standing),
        "reason": review.reason_code,
        "severity": review.severity,
    }
    said = [Said(EventKind.FINDING_REVIEWED, finding.pk, data)]
    if was.score is not None:
        said += _rescored(finding, was.score)
    outbox.emit(finding.tenant_id, said, at=now)


def _rescored(finding: Finding, was: rescoring.Scored) -> list[Said]:
    scored = rescoring.scored(finding.tenant_id, finding.evaluation_id)
    if scored == was:
        return []
    data = {
        "transcript": finding.transcript_id,
        "verdict": scored.verdict,
        "score": scored.score,
        "was": was.score,
    }
    return [Said(EventKind.EVALUATION_RESCORED, finding.evaluation_id, data)]


def opened(dispute: Dispute) -> None:
    data = {**_of(dispute.finding), "finding": dispute.finding_id}
    said = Said(EventKind.DISPUTE_OPENED, dispute.pk, data)
    outbox.emit(dispute.tenant_id, [said], at=dispute.at)


def answered(dispute: Dispute, *, now: datetime) -> None:
    own = {"finding": dispute.finding_id, "state": str(dispute.state)}
    said = Said(EventKind.DISPUTE_ANSWERED, dispute.pk, {**_of(dispute.finding), **own})
    outbox.emit(dispute.tenant_id, [said], at=now)


def _of(finding: Finding) -> Mapping[str, Any]:
    return {
        "transcript": finding.transcript_id,
        "evaluation": finding.evaluation_id,
        "rule": finding.rule_code,
    }
