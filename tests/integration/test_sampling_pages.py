"""Plans by their pages, and a reviewer's own list."""

import html
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reviews.models import (
    Draw,
    Evaluation,
    MemberRole,
    Membership,
    ReviewTask,
    SamplingPlan,
    Tenant,
    Transcript,
    User,
)
from reviews.models.tenancy import tenant_context
from reviews.queries import sampling as read
from tests.factories.asking import evaluated, published

pytestmark = pytest.mark.django_db(transaction=True)
FORM = {
    "name": "Weekly", "share": "100", "stratum": "none", "way": "turns", "due_days": "7",
    "seed": "s", "double_share": "0",
}  # fmt: skip
LIST = reverse("sampling-list", args=["a"])
OWN = reverse("task-list", args=["a"])


@pytest.fixture
def tenant() -> Tenant:
    tenant = Tenant.objects.create(slug="a", name="A")
    published(tenant)
    for at in range(2):
        evaluated(tenant, f"c{at}", "agent: we guarantee it on a recorded line")
    with tenant_context(tenant.pk):
        Transcript.objects.update(call_at=timezone.now() - timedelta(days=7))
    return tenant


def member(tenant: Tenant, role: MemberRole) -> Client:
    user = User.objects.create(email=f"{role}@example.test", name=str(role))
    with tenant_context(tenant.pk):
        Membership.objects.create(tenant=tenant, user=user, role=role)
    client = Client()
    client.force_login(user)
    return client


def text(answer: Any) -> str:
    return " ".join(html.unescape(answer.content.decode()).split())


def form(tenant: Tenant, **changed: Any) -> dict[str, Any]:
    with tenant_context(tenant.pk):
        rubric = Evaluation.objects.all()[0].rubric_version.rubric_id
    return {**FORM, "rubric": str(rubric), **changed}


def plan(tenant: Tenant) -> SamplingPlan:
    with tenant_context(tenant.pk):
        return SamplingPlan.objects.get()


def drawn(lead: Client, tenant: Tenant, **changed: Any) -> str:
    """The address of the draw."""
    assert lead.post(reverse("plan-new", args=["a"]), form(tenant, **changed)).status_code == 302
    week = {"week": str(read.ended_weeks(timezone.now())[0])}
    answer = lead.post(reverse("plan-draw", args=["a", plan(tenant).pk]), week)
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def test_a_lead_makes_a_plan_draws_a_week_and_follows_it(tenant: Tenant) -> None:
    lead, reviewer = member(tenant, MemberRole.LEAD), member(tenant, MemberRole.REVIEWER)
    assert "No calls are drawn yet" in text(lead.get(LIST))
    address = drawn(lead, tenant)
    page = text(lead.get(address))
    assert ("2 of 2 calls" in page, "0 of 2 reviewed" in page) == (True, True)
    assert "Drawn by chance alone" in page
    assert "0 of 2 reviewed" in text(lead.get(LIST))
    page = text(reviewer.get(OWN))
    with tenant_context(tenant.pk):
        task = ReviewTask.objects.get(reviewer__name="reviewer")
        evaluation = Evaluation.objects.get(transcript=task.drawn.transcript_id)
        ReviewTask.objects.filter(pk=task.pk).update(due_at=timezone.now() - timedelta(1))
    review = reverse("call-review", args=["a", evaluation.transcript_id, evaluation.pk])
    assert ("To do" in page, "Overdue" in page, review in page) == (True, False, True)
    assert "Overdue" in text(reviewer.get(OWN))
    answers = {"answer-explained": "clear", "answer-polite": "yes"}
    reviewer.post(review, {"act": "begin"})
    assert reviewer.post(review, {"act": "finish", **answers}).status_code == 302
    page = text(reviewer.get(OWN))
    assert ("Nothing is to be reviewed" in page, "Done" in page) == (True, True)
    assert "1 of 2 reviewed" in text(lead.get(address))


def test_a_plan_is_changed_and_what_is_wrong_is_told_at_its_field(tenant: Tenant) -> None:
    lead = member(tenant, MemberRole.TENANT_ADMIN)
    new = reverse("plan-new", args=["a"])
    for wrong in (
        {"per_agent": "3"}, {"share": ""}, {"share": "101"}, {"seed": ""}, {"rubric": "x"},
        {"reviewers": ["x"]}, {"double_share": "-1"}, {"due_days": "0"},
    ):  # fmt: skip
        assert lead.post(new, form(tenant, **wrong)).status_code == 422, wrong
    assert lead.post(new, form(tenant)).status_code == 302
    answer = lead.post(new, form(tenant))
    assert (answer.status_code, "a name that another plan has" in text(answer)) == (422, True)
    change = reverse("plan-change", args=["a", plan(tenant).pk])
    assert 'value="100.0"' in text(lead.get(change))
    answer = lead.post(change, form(tenant, share="", per_agent="2", is_weekly="on"), follow=True)
    assert "2 calls of each agent a week" in text(answer)
    for week in ("x", "2999-01-07"):
        draw = lead.post(reverse("plan-draw", args=["a", plan(tenant).pk]), {"week": week})
        assert draw.status_code == 409


def test_a_review_is_given_to_another_or_skipped_and_who_may_not_is_refused(
    tenant: Tenant,
) -> None:
    lead = member(tenant, MemberRole.LEAD)
    with tenant_context(tenant.pk):
        ann = User.objects.get()
    address = drawn(lead, tenant, reviewers=[str(ann.pk)])
    reviewer = member(tenant, MemberRole.REVIEWER)
    with tenant_context(tenant.pk):
        one, two = ReviewTask.objects.order_by("pk")
        other = User.objects.get(name="reviewer")
    sent = {"reason": "away", "reviewer": str(other.pk)}
    skip, replace = (reverse(f"task-{act}", args=["a", one.pk]) for act in ("skip", "replace"))
    assert reviewer.post(replace, sent).status_code == 403
    assert reviewer.post(skip, sent).status_code == 404, "another's"
    assert lead.post(replace, {"reason": "away"}).status_code == 409
    assert lead.post(replace, sent).status_code == 302
    assert "(The reviewer is away)" in text(lead.get(address))
    skip = reverse("task-skip", args=["a", two.pk])
    assert lead.post(skip, {"reason": "no"}).status_code == 400
    assert lead.post(skip, {"reason": "unusable", "from_draw": "1"}).headers["Location"] == address
    with tenant_context(tenant.pk):
        own = ReviewTask.objects.get(reviewer=other)
    skipped = reviewer.post(reverse("task-skip", args=["a", own.pk]), {"reason": "known"})
    assert skipped.headers["Location"] == OWN
    for role in (MemberRole.AUDITOR, MemberRole.AGENT):
        client = member(tenant, role)
        assert (client.get(LIST).status_code, client.get(OWN).status_code) == (403, 403)
    assert reviewer.get(LIST).status_code == 403


def test_while_two_review_a_call_neither_sees_what_the_other_said(tenant: Tenant) -> None:
    lead, reviewer = member(tenant, MemberRole.LEAD), member(tenant, MemberRole.REVIEWER)
    drawn(lead, tenant, double_share="100")
    with tenant_context(tenant.pk):
        row = Evaluation.objects.all()[0]
    call = reverse("call-detail", args=["a", row.transcript_id])
    review = reverse("call-review", args=["a", row.transcript_id, row.pk])
    said = {
        "answer-explained": "fair", "comment-explained": "hidden words", "answer-polite": "yes",
        "wrong-promise": "allowed",
    }  # fmt: skip
    for client in (lead, reviewer):
        assert client.get(call).headers["Location"] == review
        assert (
            client.post(
                reverse("call-reveal", args=["a", row.transcript_id]), {"reason": "dispute"}
            ).status_code
            == 409
        )
    lead.post(review, {"act": "begin"})
    assert lead.post(review, {"act": "finish", **said}).status_code == 302
    page = text(lead.get(call))
    assert "hidden words" in page
    reviewer.post(review, {"act": "begin"})
    page = text(reviewer.get(review))
    assert ("hidden words" in page, "Dismissed" in page) == (False, False)
    assert 'name="wrong-promise"' in page
    assert reviewer.get(call).status_code == 302
    finished = {"act": "finish", **said, "comment-explained": "mine", "wrong-promise": ""}
    assert reviewer.post(review, finished).status_code == 302
    assert reviewer.get(call).status_code == 200
    with tenant_context(tenant.pk):
        assert Draw.objects.count() == 1
