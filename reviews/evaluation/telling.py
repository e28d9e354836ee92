"""What an evaluation tells webhooks and sends by forwarding rules: that it is there, what it found,
which one it replaces."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from reviews import forwarding, outbox
from reviews.models import EventKind, Trigger
from reviews.models.rows import Row, select
from reviews.outbox import Said

_BEFORE = """
SELECT evaluation.id FROM reviews_evaluation evaluation
JOIN reviews_rubricversion version ON version.id = evaluation.rubric_version_id
WHERE evaluation.tenant_id = %(tenant)s AND evaluation.transcript_id = %(transcript)s
    AND version.rubric_id = %(rubric)s AND evaluation.id <> %(own)s
ORDER BY evaluation.created_at DESC, evaluation.id DESC LIMIT 1
"""
_COMPLETED = (
    "transcript_revision", "rubric_version", "engine_version", "verdict", "score", "passed",
    "failed", "not_assessable", "not_applicable",
)  # fmt: skip
_FOUND = ("severity", "outcome", "is_unsure")


def tell(
    evaluation: Row,
    findings: Sequence[Row],
    *,
    rubric_id: UUID,
    risk_flag: bool | None,
    now: datetime,
) -> None:
    """In the transaction that wrote the rows. One SQL query where no webhook is there, and one more
    where something was found and no forwarding rule is on."""
    found = [each["id"] for each in findings]
    forwarding.forward(evaluation["tenant_id"], found, trigger=Trigger.CREATED, at=now)
    wanted = outbox.wanted(evaluation["tenant_id"])
    if not wanted:
        return
    completed = {**_completed(evaluation), "risk_flag": risk_flag}
    said = [Said(EventKind.EVALUATION_COMPLETED, evaluation["id"], completed)]
    said += [Said(EventKind.FINDING_CREATED, each["id"], _found(each)) for each in findings]
    if EventKind.EVALUATION_SUPERSEDED in wanted:
        said += _superseded(evaluation, rubric_id)
    outbox.emit(evaluation["tenant_id"], said, at=now)


def _completed(evaluation: Row) -> Mapping[str, Any]:
    known = evaluation | {"rubric_version": evaluation["rubric_version_id"]}
    return {"transcript": evaluation["transcript_id"]} | {name: known[name] for name in _COMPLETED}


def _found(finding: Row) -> Mapping[str, Any]:
    return {
        "transcript": finding["transcript_id"],
        "evaluation": finding["evaluation_id"],
        "rule": finding["rule_code"],
        "agent": finding["agent_id"],
        **{name: finding[name] for name in _FOUND},
    }


def _superseded(evaluation: Row, rubric_id: UUID) -> list[Said]:
    """The evaluation of the call by the same rubric that was the last until now."""
    given = {
        "tenant": evaluation["tenant_id"],
        "transcript": evaluation["transcript_id"],
        "rubric": rubric_id,
        "own": evaluation["id"],
    }
    data = {"transcript": evaluation["transcript_id"], "by": evaluation["id"]}
    return [
        Said(EventKind.EVALUATION_SUPERSEDED, before, data) for (before,) in select(_BEFORE, given)
    ]
