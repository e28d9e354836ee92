"""The review of a whole call by its form, and what the call's page and the API show of it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reviews.models import (
    CallReview,
    CallReviewDraft,
    Evaluation,
    Finding,
    MemberRole,
    Membership,
    Tenant,
    User,
    Verdict,
)
from reviews.models.tenancy import tenant_context
from reviews.reviewing.decide import Decision, decide
from tests.factories import api
from tests.factories.asking import evaluated, published

pytestmark = pytest.mark.django_db(transaction=True)
SAID = (
    "agent: hello and welcome on a recorded line we guarantee that it will never fall\n"
    "customer: that sounds good\nagent: it cannot fall"
)
ANSWERED = {
    "answer-explained": "fair",
    "comment-explained": "left out the <b>fee</b>",
    "answer-polite": "yes",
}


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="a", name="A")


@pytest.fixture
def row(tenant: Tenant) -> Evaluation:
    published(tenant)
    return evaluated(tenant, said=SAID)


def member(tenant: Tenant, role: MemberRole = MemberRole.REVIEWER) -> Client:
    user = User.objects.create(email=f"{role}@example.test", name="Ann")
    with tenant_context(tenant.pk):
        Membership.objects.create(tenant=tenant, user=user, role=role)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def reviewer(tenant: Tenant, row: Evaluation) -> Client:
    return member(tenant)


def form_of(row: Evaluation) -> str:
    return reverse("call-review", args=["a", row.transcript_id, row.pk])


def call_of(row: Evaluation) -> str:
    return reverse("call-detail", args=["a", row.transcript_id])


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def post(client: Client, row: Evaluation, act: str, **said: str) -> int:
    return client.post(form_of(row), {"act": act, **said}).status_code


def begun(client: Client, row: Evaluation, **said: str) -> None:
    assert post(client, row, "begin") == 302
    assert post(client, row, "save", **said) == 302


def draft(row: Evaluation) -> CallReviewDraft:
    with tenant_context(row.tenant_id):
        return CallReviewDraft.objects.get()


def test_a_call_is_reviewed_by_its_form_alone(reviewer: Client, row: Evaluation) -> None:
    assert form_of(row) in text(reviewer, call_of(row))
    assert "2 questions are asked" in text(reviewer, form_of(row))
    begun(reviewer, row, **ANSWERED)
    page = text(reviewer, form_of(row))
    assert 'value="fair" checked' in page
    assert "left out the &lt;b&gt;fee&lt;/b&gt;" in page
    assert post(reviewer, row, "finish", **ANSWERED) == 302
    page = text(reviewer, call_of(row))
    assert "Reviewed whole by Ann" in page
    assert "left out the &lt;b&gt;fee&lt;/b&gt;" in page
    with tenant_context(row.tenant_id):
        assert CallReview.objects.get().by.name == "Ann"


def test_what_is_chosen_is_saved_as_it_goes(reviewer: Client, row: Evaluation) -> None:
    begun(reviewer, row)
    answer = reviewer.post(form_of(row), ANSWERED, headers={"HX-Request": "true"})
    assert answer.content.decode().strip().startswith('<p id="saved"')
    assert draft(row).answers["polite"] == {"level": "yes", "comment": ""}
    begun(reviewer, row, **{"comment-explained": "half a thought"})
    assert draft(row).answers == {"explained": {"level": None, "comment": "half a thought"}}
    assert "half a thought" in text(reviewer, form_of(row))


def test_where_a_question_is_open_the_form_says_so_and_keeps_what_was_typed(
    reviewer: Client, row: Evaluation
) -> None:
    begun(reviewer, row)
    answer = reviewer.post(form_of(row), {"act": "finish", "answer-polite": "no"})
    assert answer.status_code == 422
    assert "1 of 2 questions are open" in answer.content.decode()
    assert draft(row).answers == {"polite": {"level": "no", "comment": ""}}


@pytest.mark.parametrize(
    ("time", "utterance"), [("", None), ("0:00", 0), ("0:04", 1), ("0:05", 2), ("1:00:00", 2)]
)
def test_what_was_missed_has_the_line_of_its_time(
    reviewer: Client, row: Evaluation, time: str, utterance: int | None
) -> None:
    begun(reviewer, row, **{"missed-notice": "on", "at-notice": time})
    assert draft(row).missed == {"notice": {"utterance": utterance}}
    assert 'name="missed-notice" checked' in text(reviewer, form_of(row))
    begun(reviewer, row)
    assert draft(row).missed == {}


@pytest.mark.parametrize(
    "said",
    [
        {"missed-notice": "on", "at-notice": "soon"},
        {"answer-polite": "perhaps"},
        {"answer-polite": ""},
        {"wrong-promise": "because"},
    ],
)
def test_what_the_form_does_not_offer_is_refused(
    reviewer: Client, row: Evaluation, said: dict[str, str]
) -> None:
    begun(reviewer, row, **ANSWERED)
    assert post(reviewer, row, "save", **said) == 400
    assert draft(row).answers["polite"] == {"level": "yes", "comment": ""}


def test_a_finding_is_dismissed_with_the_review_and_one_that_is_decided_is_only_shown(
    reviewer: Client, row: Evaluation
) -> None:
    begun(reviewer, row, **ANSWERED, **{"wrong-promise": "allowed"})
    assert '<option value="allowed" selected' in text(reviewer, form_of(row))
    assert post(reviewer, row, "finish", **ANSWERED, **{"wrong-promise": "allowed"}) == 302
    begun(reviewer, row)
    assert 'name="wrong-promise"' not in text(reviewer, form_of(row))


def test_a_review_can_be_discarded(reviewer: Client, row: Evaluation) -> None:
    begun(reviewer, row, **ANSWERED)
    assert post(reviewer, row, "discard") == 302
    assert post(reviewer, row, "save", **ANSWERED) == 404
    assert "Begin" in text(reviewer, form_of(row))


def test_a_draft_is_its_reviewers_alone(reviewer: Client, row: Evaluation, tenant: Tenant) -> None:
    begun(reviewer, row, **ANSWERED)
    lead = member(tenant, MemberRole.LEAD)
    assert "left out" not in text(lead, form_of(row))
    assert post(lead, row, "finish", **ANSWERED) == 404


@pytest.mark.parametrize("role", [MemberRole.AUDITOR, MemberRole.RUBRIC_AUTHOR])
def test_who_may_not_decide_may_not_review_a_call(
    row: Evaluation, tenant: Tenant, role: MemberRole
) -> None:
    client = member(tenant, role)
    assert form_of(row) not in text(client, call_of(row))
    assert client.get(form_of(row)).status_code == 403


def test_an_evaluation_of_another_call_is_not_there(
    reviewer: Client, row: Evaluation, tenant: Tenant
) -> None:
    other = evaluated(tenant, "other", SAID)
    address = reverse("call-review", args=["a", other.transcript_id, row.pk])
    assert reviewer.get(address).status_code == 404
    assert reviewer.post(address, {"act": "begin"}).status_code == 404


def test_the_call_page_explains_its_scores_and_they_change_with_each_verdict(
    reviewer: Client, row: Evaluation
) -> None:
    page = text(reviewer, call_of(row))
    assert "How the scores come about" in page
    assert page.count("50/100") == 2, "the machine's and the reviewed one: one rule of two"
    with tenant_context(row.tenant_id):
        finding, by = Finding.objects.get(rule_code="promise"), User.objects.get()
        decision = Decision(Verdict.DISMISSED, 0, reason="allowed")
        decide(finding=finding, decision=decision, by=by, now=timezone.now())
    page = text(reviewer, call_of(row))
    assert page.count("50/100") == page.count(">100/100") == 1


def test_the_api_gives_answers_and_the_reviewed_score_but_no_comment(
    reviewer: Client, row: Evaluation, tenant: Tenant
) -> None:
    token, address = api.token(tenant), f"evaluations/{row.pk}"
    before = api.get(token, address).json()
    assert _explained(before) == ("asked", "asked", None)
    begun(reviewer, row)
    assert post(reviewer, row, "finish", **ANSWERED) == 302
    after = api.get(token, address).json()
    assert _explained(after) == ("asked", "answered", {"level": "fair", "share": 0.5})
    assert before["reviewed_score"] == after["evaluation"]["score"] == 50
    assert after["reviewed_score"] == after["reviewed"]["score"] == 60
    assert "left out" not in str(after)


def _explained(answer: dict[str, Any]) -> tuple[str, str, Any]:
    asked = next(each for each in answer["results"] if each["rule"] == "explained")
    return asked["result"], asked["reviewed_result"], asked["answer"]
