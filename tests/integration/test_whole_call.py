"""A whole call, reviewed: saved as it goes, finished once, and laid on the machine's score."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from reviews import audit
from reviews.models import (
    Agent,
    AuditEvent,
    CallReview,
    CallReviewAnswer,
    CallReviewComment,
    CallReviewDraft,
    CallReviewRule,
    Evaluation,
    Finding,
    Participant,
    QueueItem,
    Standing,
    Tenant,
    Transcript,
    User,
    Verdict,
)
from reviews.models.tenancy import tenant_context
from reviews.policies import NotPossible
from reviews.queries import details
from reviews.reviewing import whole_call
from reviews.reviewing.decide import Decision, decide
from reviews.reviewing.whole_call import AnswerRefused, Said
from tests.factories.asking import evaluated, published
from tests.factories.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ALL = {
    "explained": {"level": "fair", "comment": "left out the fee"},
    "polite": {"level": "yes", "comment": ""},
}


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="a", name="A")


@pytest.fixture
def by() -> User:
    return User.objects.create(email="ann@example.test", name="Ann")


@pytest.fixture
def row(tenant: Tenant) -> Evaluation:
    published(tenant)
    return evaluated(tenant)


def begun(row: Evaluation, by: User, **given: Any) -> CallReviewDraft:
    with tenant_context(row.tenant_id):
        return whole_call.begin(evaluation=row, by=by, now=timezone.now(), **given)


def saved(draft: CallReviewDraft, **said: Any) -> CallReviewDraft:
    with tenant_context(draft.tenant_id):
        return whole_call.save(draft=draft, said=Said(**said), now=timezone.now())


def finished(draft: CallReviewDraft, by: User) -> CallReview:
    with tenant_context(draft.tenant_id):
        return whole_call.finish(draft=draft, by=by, now=timezone.now())


def scores(row: Evaluation) -> list[float | None]:
    """The machine's, and the reviewed one."""
    with tenant_context(row.tenant_id):
        shown = details.evaluation(details.evaluation_row(row.tenant_id, row.pk), is_revealed=False)
    return [shown.machine.score, shown.reviewed.score]


def rules(review: CallReview) -> dict[str, tuple[bool, bool, int | None]]:
    with tenant_context(review.tenant_id):
        kept = CallReviewRule.objects.filter(call_review=review)
        return {
            each.rule_code: (each.was_failed, each.is_violation, each.utterance) for each in kept
        }


def test_answers_are_kept_one_by_one_and_taken_back(row: Evaluation, by: User) -> None:
    draft = begun(row, by)
    saved(draft, answers={"polite": ALL["polite"]})
    saved(draft, answers={"explained": ALL["explained"]}, missed={}, wrong={"promise": "allowed"})
    assert begun(row, by).pk == draft.pk
    assert begun(row, by).answers == ALL
    assert saved(draft, answers={"polite": None}, wrong={"promise": None}).answers == {
        "explained": ALL["explained"]
    }


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ({"answers": {"promise": ALL["polite"]}}, "not asked"),
        ({"answers": {"refund": ALL["polite"]}}, "not asked"),
        ({"answers": {"polite": {"level": "maybe", "comment": ""}}}, "does not allow"),
        ({"answers": {"polite": {"level": "", "comment": ""}}}, "does not allow"),
        ({"answers": {"polite": {"level": "yes", "comment": "x" * 2001}}}, "2,001 characters"),
        ({"wrong": {"polite": "allowed"}}, "did not fail"),
        ({"wrong": {"promise": "because"}}, "no reason"),
        ({"missed": {"promise": {"utterance": None}}}, "failed already"),
        ({"missed": {"polite": {"utterance": None}}}, "does not judge"),
        ({"missed": {"nothing": {"utterance": None}}}, "does not judge"),
    ],
)
def test_what_does_not_fit_is_refused_and_the_draft_stays(
    row: Evaluation, by: User, said: Mapping[str, Any], part: str
) -> None:
    draft = begun(row, by)
    with pytest.raises(AnswerRefused, match=part):
        saved(draft, **said)
    assert (begun(row, by).answers, begun(row, by).wrong) == ({}, {})


def test_it_is_finished_only_when_every_question_is_answered(row: Evaluation, by: User) -> None:
    draft = saved(begun(row, by), answers={"polite": ALL["polite"]})
    with pytest.raises(AnswerRefused, match="1 of 2 questions are open"):
        finished(draft, by)
    saved(draft, answers={"explained": {"level": "fair", "comment": " "}})
    with pytest.raises(AnswerRefused, match="1 answers have no comment"):
        finished(draft, by)
    saved(draft, answers={"explained": {"level": "", "comment": ""}})
    review = finished(draft, by)
    with tenant_context(row.tenant_id):
        assert not CallReviewDraft.objects.exists()
        given = CallReviewAnswer.objects.order_by("rule_code")
        assert list(given.values_list("rule_code", "level", "share")) == [
            ("explained", "", None), ("polite", "yes", 1.0),
        ]  # fmt: skip
    assert (review.sequence, review.is_random, review.by_id) == (1, False, by.pk)


def test_the_reviewed_score_takes_answers_in_and_the_machines_stays(
    row: Evaluation, by: User
) -> None:
    assert scores(row) == [0, 0]
    finished(saved(begun(row, by), answers=ALL), by)
    # Of weights 1, 1, 2 and 1: half of the two, and the last.
    assert scores(row) == pytest.approx([0, 100 * 2 / 5])
    with tenant_context(row.tenant_id):
        finding = Finding.objects.get(rule_code="promise")
        for decision in (
            Decision(Verdict.REOPENED, 1),
            Decision(Verdict.DISMISSED, 2, reason="allowed"),
        ):
            decide(finding=finding, decision=decision, by=by, now=timezone.now())
    assert scores(row) == pytest.approx([0, 100 * 3 / 5])
    again = {"explained": {"level": "", "comment": ""}, "polite": ALL["polite"]}
    finished(saved(begun(row, by), answers=again), by)
    assert scores(row) == pytest.approx([0, 100 * 2 / 3])


def test_what_is_wrong_is_dismissed_and_what_was_missed_fails(tenant: Tenant, by: User) -> None:
    published(tenant)
    row = evaluated(tenant, said="agent: on a recorded line we guarantee it\nagent: it is certain")
    draft = saved(begun(row, by), answers=ALL, wrong={"promise": "allowed"},
                  missed={"notice": {"utterance": 1}})  # fmt: skip
    with pytest.raises(AnswerRefused, match="a line that the call does not have"):
        saved(draft, missed={"notice": {"utterance": 2}})
    review = finished(draft, by)
    assert rules(review) == {"promise": (True, False, None), "notice": (False, True, 1)}
    with tenant_context(tenant.pk):
        assert QueueItem.objects.get(rule_code="promise").standing == Standing.DISMISSED
    assert scores(row) == pytest.approx([50, 100 * 3 / 5])


def test_what_failed_and_is_not_contradicted_counts_as_seen(row: Evaluation, by: User) -> None:
    review = finished(saved(begun(row, by), answers=ALL), by)
    assert rules(review) == {"promise": (True, True, None), "notice": (True, True, None)}
    with tenant_context(row.tenant_id):
        assert set(QueueItem.objects.values_list("standing", flat=True)) == {Standing.UPHELD}


def test_a_finding_that_somebody_else_has_in_hand_stays_theirs(row: Evaluation, by: User) -> None:
    other = User.objects.create(email="bea@example.test")
    held = {"claimed_by": other, "claimed_until": timezone.now() + timedelta(hours=1)}
    with tenant_context(row.tenant_id):
        QueueItem.objects.filter(rule_code="promise").update(**held)
    finished(saved(begun(row, by), answers=ALL), by)
    with tenant_context(row.tenant_id):
        standings = dict(QueueItem.objects.values_list("rule_code", "standing"))
    assert standings == {"promise": Standing.OPEN, "notice": Standing.UPHELD}


def test_a_finding_that_another_confirmed_meanwhile_is_not_dismissed(
    row: Evaluation, by: User
) -> None:
    draft = saved(begun(row, by), answers=ALL, wrong={"promise": "allowed"})
    with tenant_context(row.tenant_id):
        finding = Finding.objects.get(rule_code="promise")
        decide(finding=finding, decision=Decision(Verdict.UPHELD, 0), by=by, now=timezone.now())
    with pytest.raises(NotPossible, match="is confirmed"):
        finished(draft, by)
    with tenant_context(row.tenant_id):
        assert CallReviewDraft.objects.exists()
        assert not CallReview.objects.exists()


def test_another_review_takes_the_place_of_the_one_before_which_stays(
    row: Evaluation, by: User
) -> None:
    first = finished(saved(begun(row, by), answers=ALL), by)
    other = User.objects.create(email="bea@example.test")
    best = ALL | {"explained": {"level": "clear", "comment": ""}}
    second = finished(saved(begun(row, other), answers=best), other)
    assert (first.sequence, second.sequence) == (1, 2)
    assert scores(row)[1] == pytest.approx(100 * 3 / 5)
    with tenant_context(row.tenant_id):
        assert CallReview.objects.count() == 2
        assert CallReviewComment.objects.get().text == "left out the fee"


def test_of_two_who_finish_at_once_each_has_a_number(row: Evaluation, by: User) -> None:
    other = User.objects.create(email="bea@example.test")
    drafts = iter([(saved(begun(row, each), answers=ALL), each) for each in (by, other)])
    numbers = at_once(2, lambda: finished(*next(drafts)).sequence)
    assert sorted(numbers) == [1, 2]


def test_nobody_reviews_a_call_that_they_took_part_in(row: Evaluation, by: User) -> None:
    with tenant_context(row.tenant_id):
        agent = Agent.objects.create(tenant_id=row.tenant_id, external_id="7", user=by)
        Participant.objects.filter(role="agent").update(agent=agent)
    with pytest.raises(NotPossible, match="took part in"):
        begun(row, by)


def test_a_call_that_changed_since_is_begun_again(row: Evaluation, by: User) -> None:
    draft = saved(begun(row, by), answers=ALL)
    with tenant_context(row.tenant_id):
        Transcript.objects.update(revision=2)
    for act in (partial(begun, row, by), partial(finished, draft, by)):
        with pytest.raises(NotPossible, match="has changed since"):
            act()


def test_beginning_finishing_and_discarding_are_on_record(row: Evaluation, by: User) -> None:
    finished(saved(begun(row, by, is_random=True), answers=ALL), by)
    draft = begun(row, by)
    with tenant_context(row.tenant_id):
        whole_call.discard(draft=draft, by=by, now=timezone.now())
        events = AuditEvent.objects.filter(event__startswith="call_review.").order_by("sequence")
        assert [(each.event, each.data.get("is_random")) for each in events] == [
            ("call_review.begun", 1), ("call_review.finished", 1),
            ("call_review.begun", 0), ("call_review.discarded", None),
        ]  # fmt: skip


def test_a_failing_audit_undoes_the_review(
    row: Evaluation, by: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = saved(begun(row, by), answers=ALL)

    def broken(**_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(audit, "record", broken)
    with pytest.raises(RuntimeError):
        finished(draft, by)
    with tenant_context(row.tenant_id):
        assert CallReviewDraft.objects.exists()
        assert not CallReview.objects.exists()


def test_the_evaluation_counts_the_machines_rules_alone(row: Evaluation) -> None:
    counts = (row.passed, row.failed, row.not_assessable, row.not_applicable)
    assert counts == (0, 2, 0, 1)
