"""What a reviewer of a whole call has before them: the call, its questions, what the rules made of
it, and what was said so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404

from reviews import access
from reviews.detection.checks.ask import AskRule
from reviews.detection.rubric import Rule
from reviews.detection.scoring import Result
from reviews.models import CallReviewDraft, Evaluation, Membership, Standing
from reviews.policies import NotPossible
from reviews.queries import calibration, call, review_tasks
from reviews.queries.call import CallPage, Line, Row, Scorecard

_UNDECIDED = (Standing.OPEN, Standing.ESCALATED)


@dataclass(frozen=True, slots=True)
class Question:
    """`level` is None while nothing is chosen, empty where it does not apply."""

    rule: Rule
    check: AskRule
    level: str | None
    comment: str


@dataclass(frozen=True, slots=True)
class Failed:
    """A rule that the machine failed; `reason` is why it is to be dismissed, if it is."""

    row: Row
    reason: str
    is_second: bool
    """Of a second review: what others decided is not shown, and does not bind it."""

    @property
    def is_decided(self) -> bool:
        item = self.row.item
        return not self.is_second and (item is None or item.standing not in _UNDECIDED)


@dataclass(frozen=True, slots=True)
class Other:
    """A rule that did not fail; `at_ms` is where it should have, -1 where that was not said."""

    row: Row
    is_missed: bool
    at_ms: int


@dataclass(frozen=True, slots=True)
class Form:
    page: CallPage
    card: Scorecard
    draft: CallReviewDraft | None
    """None: the member has not begun."""
    questions: tuple[Question, ...]
    failed: tuple[Failed, ...]
    others: tuple[Other, ...]
    is_blind: bool
    """What others said of the call is not shown."""

    @property
    def open(self) -> int:
        return sum(each.level is None for each in self.questions)

    @property
    def missed(self) -> int:
        return sum(each.is_missed for each in self.others)


def evaluation_of(membership: Membership, transcript_id: UUID, evaluation_id: UUID) -> Evaluation:
    """Raises Http404 where it is none of the call."""
    evaluation = access.get_evaluation_for(membership, evaluation_id)
    if evaluation.transcript_id != transcript_id:
        raise Http404
    return evaluation


def draft_of(membership: Membership, evaluation: Evaluation) -> CallReviewDraft | None:
    """The member's own."""
    rows = access.scoped_to(CallReviewDraft, membership.tenant_id)
    return rows.filter(evaluation=evaluation, by=membership.user_id).first()


def form(membership: Membership, transcript_id: UUID, evaluation_id: UUID) -> Form:
    """Raises Http404, and NotPossible where another evaluation took its place."""
    evaluation = evaluation_of(membership, transcript_id, evaluation_id)
    page = call.page(membership, transcript_id)
    card = next((each for each in page.scorecards if each.evaluation_id == evaluation.pk), None)
    if card is None:
        raise NotPossible(
            "The review of the whole call is refused",
            "a newer evaluation took the place of this one",
            "Go back to the call, and begin there.",
        )
    draft = draft_of(membership, evaluation)
    tasks = review_tasks.doubles(membership, transcript_id, evaluation.rubric_version.rubric_id)
    is_calibrating = calibration.is_blind(evaluation, membership.user_id)
    is_second = is_calibrating or any(task.is_second for task in tasks)
    said = draft or CallReviewDraft()
    return Form(
        page=page,
        card=card,
        draft=draft,
        questions=tuple(
            _question(row.rule, row.rule.check, said.answers)
            for row in card.rows
            if row.result is Result.ASKED and isinstance(row.rule.check, AskRule)
        ),
        failed=tuple(
            Failed(row, said.wrong.get(row.rule.code, ""), is_second)
            for row in card.rows
            if row.result is Result.FAILED
        ),
        others=tuple(
            _other(row, said.missed, page.lines)
            for row in card.rows
            if row.result not in (Result.FAILED, Result.ASKED)
        ),
        is_blind=is_calibrating or bool(tasks),
    )


def _question(rule: Rule, check: AskRule, answers: Mapping[str, Any]) -> Question:
    given = answers.get(rule.code) or {}
    return Question(rule, check, given.get("level"), given.get("comment", ""))


def _other(row: Row, missed: Mapping[str, Any], lines: tuple[Line, ...]) -> Other:
    place = missed.get(row.rule.code)
    at = place["utterance"] if place else None
    return Other(row, place is not None, -1 if at is None else lines[at].start_ms)
