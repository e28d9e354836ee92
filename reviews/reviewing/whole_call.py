"""A whole call, reviewed to its end: every question answered, every rule seen.

What the reviewer says is kept as a draft while they go. What is finished never changes; another
review of the same call takes its place, and it stays.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404

from reviews import audit
from reviews.detection.checks.ask import AskRule
from reviews.detection.rubric import Rubric
from reviews.detection.scoring import Result
from reviews.errors import ErrorCode, Refused
from reviews.models import (
    CallReview,
    CallReviewAnswer,
    CallReviewComment,
    CallReviewDraft,
    CallReviewRule,
    Evaluation,
    Finding,
    QueueItem,
    Standing,
    Transcript,
    User,
    Utterance,
    Verdict,
)
from reviews.policies import NotPossible, is_with_another
from reviews.queries import calibration, evaluations
from reviews.queries.reasons import reasons
from reviews.queries.rubrics import rubric_of
from reviews.reviewing import drawn
from reviews.reviewing.decide import NOTE_AT_MOST, Decision, decide
from reviews.reviewing.part import check_took_no_part

_WHAT = "The review of the whole call is refused"
_NOT_SAVED = "What was said of the call was not saved"


class AnswerRefused(Refused):
    code = ErrorCode.REASON_REFUSED


@dataclass(frozen=True, slots=True)
class Said:
    """What a reviewer says of some of the rules, by code; of the others it stays as it was.

    None takes back what was said.
    """

    answers: Mapping[str, Mapping[str, str | None] | None] = field(default_factory=dict)
    """{"level": its code, "" where the question does not apply, None where it is open yet,
    "comment": text}."""
    wrong: Mapping[str, str | None] = field(default_factory=dict)
    """Why a finding is to be dismissed, of the tenant's list."""
    missed: Mapping[str, Mapping[str, int | None] | None] = field(default_factory=dict)
    """{"utterance": where the rule should have failed, or None}."""


def begin(
    *, evaluation: Evaluation, by: User, now: datetime, is_random: bool = False
) -> CallReviewDraft:
    """The draft of `by`, the one that was begun earlier where there is one. A call that was drawn
    for `by` by chance is a random one.

    Raises NotPossible where the call has changed since, or `by` is one of its agents: an agent
    whom nobody has tied to a user cannot be told from others.
    """
    _check_current(evaluation)
    check_took_no_part(evaluation.transcript_id, by, _WHAT)
    is_random = is_random or drawn.is_by_chance(drawn.tasks(evaluation, by))
    began = {"transcript_id": evaluation.transcript_id, "began_at": now, "changed_at": now}
    draft, is_new = CallReviewDraft.objects.get_or_create(
        tenant_id=evaluation.tenant_id,
        evaluation=evaluation,
        by=by,
        defaults=began | {"is_random": is_random},
    )
    if is_new:
        data: dict[str, str | int] = {"is_random": int(is_random)}
        audit.record(
            event=audit.Event.CALL_REVIEW_BEGUN, by=by, target=evaluation, at=now, data=data
        )
    return draft


def save(*, draft: CallReviewDraft, said: Said, now: datetime) -> CallReviewDraft:
    """Lay it on the draft, as it is now. Raises AnswerRefused, and the draft stays as it was.

    Lock: the draft.
    """
    row = get_object_or_404(CallReviewDraft.objects.select_for_update(), pk=draft.pk)
    evaluation = Evaluation.objects.get(pk=row.evaluation_id)
    _check_said(said, evaluation)
    row.answers = _merged(row.answers, said.answers)
    row.wrong = _merged(row.wrong, said.wrong)
    row.missed = _merged(row.missed, said.missed)
    row.changed_at = now
    row.save(update_fields=["answers", "wrong", "missed", "changed_at"])
    return row


def discard(*, draft: CallReviewDraft, by: User, now: datetime) -> None:
    audit.record(event=audit.Event.CALL_REVIEW_DISCARDED, by=by, target=draft.evaluation, at=now)
    draft.delete()


@transaction.atomic
def finish(*, draft: CallReviewDraft, by: User, now: datetime) -> CallReview:
    """Keep the review for good, confirm and dismiss findings as it says, and forget the draft.

    The second of two blind reviews decides nothing, nor does one of a calibration set: they are
    there to be compared.

    All or nothing. Raises AnswerRefused where a question is open, and NotPossible where the call
    has changed since or a finding was decided otherwise. Locks: the draft, the call.
    """
    row = get_object_or_404(CallReviewDraft.objects.select_for_update(), pk=draft.pk)
    evaluation = Evaluation.objects.get(pk=row.evaluation_id)
    Transcript.objects.select_for_update().only("id").get(pk=row.transcript_id)
    _check_current(evaluation)
    check_took_no_part(evaluation.transcript_id, by, _WHAT)
    rubric = rubric_of(row.tenant_id, evaluation.rubric_version_id)
    results = evaluations.results_of(evaluation.results)
    _check_whole(row, asked_of(rubric, results))
    tasks = drawn.tasks(evaluation, by)
    is_second = drawn.is_second(tasks) or calibration.is_blind(evaluation, by.pk)
    if not is_second:
        _dismiss(row, evaluation, by, now)
        _confirm(row, evaluation, by, now)
    row.is_random = row.is_random or drawn.is_by_chance(tasks)
    review = _write(row, evaluation, by, now)
    _write_answers(review, row, asked_of(rubric, results))
    _write_rules(review, row, results, set(row.wrong) if is_second else _dismissed(review))
    drawn.complete(tasks, review=review, by=by, now=now)
    data: dict[str, str | int] = {
        "evaluation": str(evaluation.pk),
        "sequence": review.sequence,
        "is_random": int(review.is_random),
        "answers": len(row.answers),
        "missed": len(row.missed),
    }
    audit.record(event=audit.Event.CALL_REVIEW_FINISHED, by=by, target=review, at=now, data=data)
    row.delete()
    return review


def asked_of(rubric: Rubric, results: Mapping[str, Result]) -> dict[str, AskRule]:
    """The questions that an evaluation asks, by code."""
    return {
        rule.code: rule.check
        for rule in rubric.rules
        if isinstance(rule.check, AskRule) and results[rule.code] is Result.ASKED
    }


def _check_current(evaluation: Evaluation) -> None:
    revision = Transcript.objects.values_list("revision", flat=True).get(
        pk=evaluation.transcript_id
    )
    if revision != evaluation.transcript_revision:
        raise NotPossible(
            _WHAT,
            "the call has changed since it was evaluated so",
            "Go back to the call, and begin with its newest evaluation.",
        )


def _check_said(said: Said, evaluation: Evaluation) -> None:
    rubric = rubric_of(evaluation.tenant_id, evaluation.rubric_version_id)
    results = evaluations.results_of(evaluation.results)
    asked = asked_of(rubric, results)
    for code, answer in said.answers.items():
        _check_answer(asked.get(code), answer)
    for code, reason in said.wrong.items():
        _check_wrong(results.get(code), reason, evaluation)
    for code, place in said.missed.items():
        _check_missed(results.get(code), place, evaluation)


def _check_answer(rule: AskRule | None, answer: Mapping[str, str | None] | None) -> None:
    if rule is None:
        raise AnswerRefused(
            _NOT_SAVED, "an answer to a question that is not asked", "Load the page again."
        )
    if answer is None:
        return
    level, comment = answer["level"], answer["comment"] or ""
    allowed = {None, *(each.code for each in rule.levels), *([""] if rule.na else [])}
    if level not in allowed:
        raise AnswerRefused(
            _NOT_SAVED, "an answer that the question does not allow", "Choose one of its levels."
        )
    if len(comment) > NOTE_AT_MOST:
        seen = f"a comment of {len(comment):,} characters"
        raise AnswerRefused(_NOT_SAVED, seen, f"Write at most {NOTE_AT_MOST:,}.")


def _check_wrong(result: Result | None, reason: str | None, evaluation: Evaluation) -> None:
    if result is not Result.FAILED:
        raise AnswerRefused(_NOT_SAVED, "a rule that did not fail", "Load the page again.")
    if reason is not None and reason not in reasons(evaluation.tenant_id):
        raise AnswerRefused(_NOT_SAVED, "no reason of the list", "Choose one of them.")


def _check_missed(
    result: Result | None, place: Mapping[str, int | None] | None, evaluation: Evaluation
) -> None:
    if result in (None, Result.FAILED, Result.ASKED):
        seen = "a rule that the machine failed already, or does not judge"
        raise AnswerRefused(_NOT_SAVED, seen, "Load the page again.")
    at = place["utterance"] if place else None
    lines = Utterance.objects.filter(
        transcript=evaluation.transcript_id, revision=evaluation.transcript_revision
    )
    if at is not None and not lines.filter(index=at).exists():
        raise AnswerRefused(_NOT_SAVED, "a line that the call does not have", "Choose another.")


def _merged(before: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**before, **said}
    return {code: each for code, each in merged.items() if each is not None}


def _check_whole(row: CallReviewDraft, asked: Mapping[str, AskRule]) -> None:
    missing = sum(row.answers.get(code, {}).get("level") is None for code in asked)
    if missing:
        seen = f"{missing} of {len(asked)} questions are open"
        raise AnswerRefused(_WHAT, seen, "Answer them; the others are kept.")
    bare = sum(
        rule.needs_comment(row.answers[code]["level"]) and not row.answers[code]["comment"].strip()
        for code, rule in asked.items()
    )
    if bare:
        seen = f"{bare} answers have no comment, which their questions ask for"
        raise AnswerRefused(_WHAT, seen, "Write one to each.")


def _dismiss(row: CallReviewDraft, evaluation: Evaluation, by: User, now: datetime) -> None:
    """Those that nobody dismissed meanwhile. Raises NotPossible where one was confirmed."""
    findings = Finding.objects.filter(evaluation=evaluation, rule_code__in=row.wrong)
    for finding in findings.order_by("id"):
        item = get_object_or_404(QueueItem.objects.select_for_update(), finding=finding)
        if item.standing == Standing.DISMISSED:
            continue
        reason = row.wrong[finding.rule_code]
        decision = Decision(Verdict.DISMISSED, item.sequence, reason=reason)
        decide(finding=finding, decision=decision, by=by, now=now)


def _confirm(row: CallReviewDraft, evaluation: Evaluation, by: User, now: datetime) -> None:
    """What is open, was seen and not contradicted; what somebody else has in hand stays theirs."""
    items = QueueItem.objects.filter(finding__evaluation=evaluation, standing=Standing.OPEN)
    items = items.exclude(rule_code__in=row.wrong).select_related("finding")
    for item in items.order_by("finding_id").select_for_update(of=("self",)):
        if not is_with_another(item, by, now):
            decision = Decision(Verdict.UPHELD, item.sequence)
            decide(finding=item.finding, decision=decision, by=by, now=now)


def _write(row: CallReviewDraft, evaluation: Evaluation, by: User, now: datetime) -> CallReview:
    own = {
        "tenant_id": row.tenant_id,
        "transcript_id": row.transcript_id,
        "transcript_revision": evaluation.transcript_revision,
        "rubric_version_id": evaluation.rubric_version_id,
    }
    return CallReview.objects.create(
        **own,
        evaluation=evaluation,
        sequence=CallReview.objects.filter(**own).count() + 1,
        by=by,
        is_random=row.is_random,
        started_at=row.began_at,
        ended_at=now,
    )


def _write_answers(review: CallReview, row: CallReviewDraft, asked: Mapping[str, AskRule]) -> None:
    for code, rule in asked.items():
        level, comment = row.answers[code]["level"], row.answers[code]["comment"].strip()
        answer = CallReviewAnswer.objects.create(
            tenant_id=row.tenant_id,
            call_review=review,
            rule_code=code,
            level=level,
            share=rule.share_of(level) if level else None,
            comment_sha256=hashlib.sha256(comment.encode()).digest() if comment else None,
        )
        if comment:
            CallReviewComment.objects.create(tenant_id=row.tenant_id, answer=answer, text=comment)


def _dismissed(review: CallReview) -> set[str]:
    """By whoever it was."""
    rows = QueueItem.objects.filter(
        finding__evaluation=review.evaluation_id, standing=Standing.DISMISSED
    )
    return set(rows.values_list("rule_code", flat=True))


def _write_rules(
    review: CallReview, row: CallReviewDraft, results: Mapping[str, Result], dismissed: set[str]
) -> None:
    """The rules that fail by either. What failed and is not dismissed counts as seen and right."""
    failed = [
        {"rule_code": code, "was_failed": True, "is_violation": code not in dismissed}
        for code, result in results.items()
        if result is Result.FAILED
    ]
    missed = [
        {"rule_code": code, "was_failed": False, "is_violation": True, **place}
        for code, place in row.missed.items()
    ]
    CallReviewRule.objects.bulk_create(
        CallReviewRule(tenant_id=row.tenant_id, call_review=review, **each)
        for each in failed + missed
    )
