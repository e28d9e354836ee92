"""Verdicts that a program brings: a member's own, once, after what that member saw."""

import json
from typing import Any

import pytest
from django.test import Client

from reviews.accounts.keys import Scope
from reviews.models import (
    AuditEvent,
    MemberRole,
    Membership,
    QueueItem,
    Review,
    ReviewNote,
    Tenant,
    User,
)
from reviews.models.tenancy import tenant_context
from tests.factories import api, demo
from tests.factories.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def care() -> Tenant:
    return demo.evaluated(24)["meridian-care"]


@pytest.fixture
def made(care: Tenant) -> Any:
    return api.made(care, Scope.FINDINGS, Scope.WRITE_REVIEWS)


@pytest.fixture
def finding(care: Tenant) -> str:
    with tenant_context(care.pk):
        return str(QueueItem.objects.filter(standing="open").order_by("pk")[0].finding_id)


@pytest.fixture
def lead(care: Tenant) -> User:
    with tenant_context(care.pk):
        return Membership.objects.get(role=MemberRole.LEAD).user


def post(token: str, finding: str, body: object, tag: str | None = '"0"') -> Any:
    headers = {"Authorization": f"Bearer {token}"} | ({"If-Match": tag} if tag else {})
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Client(raise_request_exception=False).post(
        f"/api/v1/findings/{finding}/reviews",
        sent,
        content_type="application/json",
        headers=headers,
    )


def test_a_verdict_is_the_members_and_the_trail_names_the_key(
    made: Any, finding: str, lead: User, care: Tenant
) -> None:
    body = {"verdict": "upheld", "reviewer": lead.email.upper(), "note": "Heard it."}
    answer = post(made.token, finding, body)
    assert (answer.status_code, answer["ETag"]) == (201, '"1"')
    with tenant_context(care.pk):
        review = Review.objects.get(finding_id=finding)
        assert (review.by, review.verdict) == (lead, "upheld")
        assert ReviewNote.objects.get(review=review).text == "Heard it."
        row = AuditEvent.objects.get(event="finding.upheld", target_id=finding)
        assert (row.by, row.api_key_id, row.data["reviewer"]) == (None, made.row.pk, str(lead.pk))
    shown = api.get(made.token, f"findings/{finding}/reviews")
    assert shown["ETag"] == '"1"'
    assert [each["by"] for each in shown.json()["results"]] == [str(lead.pk)]
    assert "Heard" not in shown.content.decode()


def test_who_did_not_see_the_last_review_is_refused(made: Any, finding: str, lead: User) -> None:
    body = {"verdict": "dismissed", "reason": "not_said", "reviewer": lead.email}
    status, _, problem = api.problem(post(made.token, finding, body, tag=None))
    assert (status, problem["code"]) == (428, "precondition_required")
    assert post(made.token, finding, body).status_code == 201
    status, _, problem = api.problem(post(made.token, finding, body))
    assert (status, problem["code"]) == (412, "precondition_failed")
    again = {"verdict": "reopened", "reviewer": lead.email}
    assert post(made.token, finding, again, '"1"').status_code == 201


def test_of_several_at_once_one_wins(made: Any, finding: str, lead: User) -> None:
    body = {"verdict": "upheld", "reviewer": lead.email}
    said = at_once(6, lambda: post(made.token, finding, body).status_code)
    assert said.count(201) == 1
    assert set(said) <= {201, 409, 412}


@pytest.mark.parametrize("role", [MemberRole.AUDITOR, MemberRole.INTEGRATOR, MemberRole.AGENT])
def test_whoever_may_not_decide_is_no_reviewer(
    role: MemberRole, made: Any, finding: str, lead: User, care: Tenant
) -> None:
    with tenant_context(care.pk):
        Membership.objects.filter(user=lead).update(role=role)
    nobody = {"verdict": "upheld", "reviewer": "nobody@example.test"}
    seen = [
        api.problem(post(made.token, finding, body))
        for body in ({"verdict": "upheld", "reviewer": lead.email}, nobody)
    ]
    assert seen[0] == seen[1]
    assert (seen[0][0], seen[0][2]["code"]) == (422, "reviewer_refused")
    assert lead.email not in str(seen)


def test_a_member_decides_only_what_may_be_seen(
    made: Any, finding: str, lead: User, care: Tenant
) -> None:
    with tenant_context(care.pk):
        Membership.objects.filter(user=lead).update(role="reviewer", scope="teams")
    answer = post(made.token, finding, {"verdict": "upheld", "reviewer": lead.email})
    assert (answer.status_code, answer.json()["code"]) == (422, "reviewer_refused")


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{", b"{}", b'{"verdict": "upheld"}', b'{"verdict": NaN}', b"[" * 9_000,
        b'{"verdict": "maybe", "reviewer": "a@b.test"}', b'{"verdict": ["upheld"]}',
        b'{"verdict": "upheld", "reviewer": "a\\u0000"}', b'{"by": 1}', b"\xff",
        b'{"verdict": "upheld", "reviewer": "a@b.test", "note": "\\ud800"}',
        b'{"verdict": "upheld", "reviewer": "a@b.test", "severity": "worst"}',
        b'{"verdict": "upheld", "reviewer": "a@b.test", "by": "x"}', b" " * 30_000,
    ],
)  # fmt: skip
def test_a_body_that_is_no_verdict_is_refused(body: bytes, made: Any, finding: str) -> None:
    status, _, problem = api.problem(post(made.token, finding, body))
    assert (status, problem["code"]) == (422, "reason_refused")


def test_what_the_rules_of_deciding_refuse_is_refused(
    made: Any, finding: str, lead: User, care: Tenant
) -> None:
    who = {"reviewer": lead.email}
    assert post(made.token, finding, who | {"verdict": "dismissed"}).status_code == 422
    assert post(made.token, finding, who | {"verdict": "reopened"}).status_code == 409
    long = {"verdict": "upheld", "note": "x" * 2_001}
    assert post(made.token, finding, who | long).status_code == 422
    with tenant_context(care.pk):
        assert not Review.objects.filter(finding_id=finding).exists()


def test_it_has_a_scope_of_its_own(care: Tenant, finding: str, lead: User) -> None:
    token = api.token(care, Scope.FINDINGS)
    body = {"verdict": "upheld", "reviewer": lead.email}
    assert post(token, finding, body).status_code == 403
