"""The findings of a call as its page's verdict panel needs them, with what was decided."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from reviews.detection.rubric import below
from reviews.models import Dispute, Evaluation, QueueItem, Review, Standing, Verdict
from reviews.queries import disputes


@dataclass(frozen=True, slots=True)
class Decided:
    verdict: Verdict
    by: str
    at: datetime
    reason_code: str
    severity: str
    note: str


@dataclass(frozen=True, slots=True)
class Item:
    """A finding as the verdict panel needs it; `history` has the newest first."""

    finding_id: UUID
    standing: Standing
    sequence: int
    history: tuple[Decided, ...]
    carried_from: UUID | None
    """The finding that was decided in an earlier evaluation; open, it came back stronger."""
    decided_by: str
    lowered_to: str
    lower: tuple[str, ...]
    """The severities below its rule's, as which it may be upheld."""
    dispute: disputes.Shown | None


def of_evaluations(evaluations: Sequence[Evaluation]) -> dict[tuple[UUID, str], Item]:
    """(evaluation, rule) → the finding's standing and what was decided."""
    appealed = Dispute.objects.filter(finding=OuterRef("finding"))
    rows = QueueItem.objects.filter(finding__evaluation__in=evaluations)
    items: list[Any] = list(
        rows.select_related("finding", "decided_by").annotate(is_appealed=Exists(appealed))
    )
    history = _history(evaluations) if any(item.sequence for item in items) else {}
    is_appealed = any(item.is_appealed for item in items)
    appeals = disputes.of_findings(evaluations) if is_appealed else {}
    return {
        (item.finding.evaluation_id, item.rule_code): Item(
            finding_id=item.finding_id,
            standing=Standing(item.standing),
            sequence=item.sequence,
            history=tuple(history.get(item.finding_id, ())),
            carried_from=item.carried_from_id,
            decided_by=(item.decided_by.name or item.decided_by.email) if item.decided_by else "",
            lowered_to=item.lowered_to,
            lower=below(item.finding.severity),
            dispute=appeals.get(item.finding_id),
        )
        for item in items
    }


def _history(evaluations: Sequence[Evaluation]) -> dict[UUID | None, list[Decided]]:
    made: dict[UUID | None, list[Decided]] = defaultdict(list)
    rows = Review.objects.filter(evaluation__in=evaluations).select_related("by")
    for review in rows.prefetch_related("notes").order_by("-sequence"):
        made[review.finding_id].append(
            Decided(
                verdict=Verdict(review.verdict),
                by=review.by.name or review.by.email,
                at=review.at,
                reason_code=review.reason_code,
                note="".join(note.text for note in review.notes.all()),
                severity=review.severity,
            )
        )
    return made
