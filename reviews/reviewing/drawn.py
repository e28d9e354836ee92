"""What a review of a whole call means for those who drew it: by chance, second, done."""

from datetime import datetime

from reviews import audit
from reviews.models import CallReview, Evaluation, ReviewTask, TaskState, User
from reviews.queries.review_tasks import open_tasks


def tasks(evaluation: Evaluation, by: User) -> list[ReviewTask]:
    """The open ones of `by` that a review of this evaluation does."""
    rows = open_tasks(evaluation.tenant_id, by.pk, evaluation.transcript_id)
    rubric = evaluation.rubric_version.rubric_id
    return list(rows.filter(drawn__draw__plan__rubric=rubric))


def is_by_chance(of: list[ReviewTask]) -> bool:
    return any(task.drawn.draw.is_random for task in of)


def is_second(of: list[ReviewTask]) -> bool:
    """All are for comparison, so that no finding may change by it."""
    return bool(of) and all(task.is_second for task in of)


def complete(of: list[ReviewTask], *, review: CallReview, by: User, now: datetime) -> None:
    for task in of:
        task.state, task.ended_at, task.call_review = TaskState.DONE, now, review
        task.save(update_fields=["state", "ended_at", "call_review"])
        audit.record(event=audit.Event.TASK_DONE, by=by, target=task, at=now)
