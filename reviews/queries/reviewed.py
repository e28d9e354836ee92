"""What people made of an evaluation: verdicts on its findings, answers to its questions.

The one place where the reviewed score is computed. The machine's results stay as they are.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from django.db.models import OuterRef, Subquery

from reviews.detection import scoring
from reviews.detection.rubric import Rubric, Severity
from reviews.detection.scoring import Result, Score
from reviews.models import CallReview, CallReviewAnswer, CallReviewRule, Evaluation, Standing


@dataclass(frozen=True, slots=True)
class Answered:
    """`level` is empty, and `share` None, where the question does not apply."""

    level: str
    share: float | None
    comment: str


@dataclass(frozen=True, slots=True)
class Whole:
    """The last finished review of a whole call."""

    row: CallReview
    answers: Mapping[str, Answered] = field(default_factory=dict)
    missed: Mapping[str, int | None] = field(default_factory=dict)
    """Code of a rule that should have failed → the utterance where, if the reviewer said."""


class Stands(Protocol):
    """Where a finding stands: an item of the queue, or what a page knows of it."""

    @property
    def standing(self) -> str: ...
    @property
    def lowered_to(self) -> str: ...


LAST = Subquery(
    CallReview.objects.filter(
        transcript=OuterRef("transcript"),
        transcript_revision=OuterRef("transcript_revision"),
        rubric_version=OuterRef("rubric_version"),
    )
    .order_by("-sequence")
    .values("pk")[:1]
)
"""Of an evaluation the id of the last review of its revision and version."""


def last_of(evaluation_id: UUID) -> UUID | None:
    rows = Evaluation.objects.filter(pk=evaluation_id)
    found: UUID | None = rows.values_list(LAST, flat=True).get()
    return found


def whole(ids: Iterable[UUID | None]) -> dict[UUID | None, Whole]:
    """The reviews with these ids. No SQL query where there is none, else three."""
    known = [each for each in ids if each]
    if not known:
        return {}
    answers, missed = _answers(known), _missed(known)
    rows = CallReview.objects.filter(pk__in=known).select_related("by")
    return {row.pk: Whole(row, answers.get(row.pk, {}), missed.get(row.pk, {})) for row in rows}


def score(
    rubric: Rubric,
    results: Sequence[tuple[str, Result]],
    findings: Mapping[str, Stands],
    review: Whole | None,
    marked: Container[str] = (),
) -> Score:
    """The machine's results by code, with what people said laid on.

    A dismissed or suppressed finding counts as passed, one upheld in part earns a share of its
    rule's points, a rule that the machine missed has failed: by the review of the whole call, or
    by places that were `marked`.
    """
    laid = [
        Result.FAILED if code in marked else _laid_on(code, result, findings.get(code), review)
        for code, result in results
    ]
    given = review.answers if review else {}
    shares = {code: each.share for code, each in given.items() if each.share is not None}
    return scoring.score(rubric, laid, shares | dict(_kept(rubric, findings)))


def _kept(rubric: Rubric, findings: Mapping[str, Stands]) -> Iterator[tuple[str, float]]:
    for rule in rubric.rules:
        item = findings.get(rule.code)
        if item and item.lowered_to:
            yield rule.code, scoring.kept_share(rule.severity, Severity(item.lowered_to))


_CLEARED = frozenset({Standing.DISMISSED, Standing.SUPPRESSED})


def _laid_on(code: str, machine: Result, item: Stands | None, review: Whole | None) -> Result:
    if machine is Result.FAILED:
        return Result.PASSED if item and item.standing in _CLEARED else machine
    if review is None:
        return machine
    if machine is Result.ASKED and code in review.answers:
        is_left_out = review.answers[code].share is None
        return Result.NOT_APPLICABLE if is_left_out else Result.ANSWERED
    return Result.FAILED if code in review.missed else machine


def _answers(ids: Sequence[UUID]) -> dict[UUID, dict[str, Answered]]:
    rows = CallReviewAnswer.objects.filter(call_review__in=ids)
    columns = ("call_review_id", "rule_code", "level", "share", "comments__text")
    made: dict[UUID, dict[str, Answered]] = {}
    for review, code, level, share, comment in rows.values_list(*columns):
        made.setdefault(review, {})[code] = Answered(level, share, comment or "")
    return made


def _missed(ids: Sequence[UUID]) -> dict[UUID, dict[str, int | None]]:
    rows = CallReviewRule.objects.filter(call_review__in=ids, was_failed=False)
    made: dict[UUID, dict[str, int | None]] = {}
    for review, code, utterance in rows.values_list("call_review_id", "rule_code", "utterance"):
        made.setdefault(review, {})[code] = utterance
    return made
