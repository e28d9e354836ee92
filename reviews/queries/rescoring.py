"""The reviewed score of one evaluation as it is now, without its words."""

from dataclasses import dataclass
from uuid import UUID

from reviews import access
from reviews.detection.report import percent
from reviews.models import Evaluation, QueueItem
from reviews.queries import evaluations, manual, reviewed
from reviews.queries.rubrics import rubric_of


@dataclass(frozen=True, slots=True)
class Scored:
    score: float | None
    verdict: str


def scored(tenant_id: UUID, evaluation_id: UUID) -> Scored:
    """Four SQL queries, three more where the whole call was reviewed."""
    row = access.scoped_to(Evaluation, tenant_id).get(pk=evaluation_id)
    items = access.scoped_to(QueueItem, tenant_id).filter(finding__evaluation=row)
    last = reviewed.last_of(row.pk)
    score = reviewed.score(
        rubric_of(tenant_id, row.rubric_version_id),
        list(evaluations.results_of(row.results).items()),
        {item.rule_code: item for item in items},
        reviewed.whole([last]).get(last),
        manual.codes(row),
    )
    return Scored(percent(score), score.verdict)
