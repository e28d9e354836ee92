"""What facts, topics and earlier calls come to, on the call's page and in the API."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reviews.accounts import keys
from reviews.models import Evaluation, Finding, MemberRole, Tenant
from reviews.models.tenancy import tenant_context
from reviews.rubrics import publish
from tests.factories import demo
from tests.factories.loop import payloads

pytestmark = pytest.mark.django_db(transaction=True)
CARE, NORTH = "meridian-care", "northfield-claims"


@pytest.fixture
def tenants() -> dict[str, Tenant]:
    return demo.evaluated(12)


def finding(tenant: Tenant, rule: str) -> Finding:
    with tenant_context(tenant.pk):
        return Finding.objects.filter(rule_code=rule).order_by("pk")[0]


def page_of(tenant: Tenant, one: Finding) -> str:
    client = demo.signed_in(MemberRole.REVIEWER)
    answer = client.get(reverse("call-detail", args=[tenant.slug, one.transcript_id]))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def detail_of(tenant: Tenant, one: Finding) -> dict[str, Any]:
    """The rule's result in the API."""
    wanted = keys.Wanted("test", [keys.Scope.EVALUATIONS], 1)
    made = keys.create(tenant_id=tenant.pk, wanted=wanted, by=None, now=timezone.now())
    answer = Client().get(
        f"/api/v1/evaluations/{one.evaluation_id}",
        headers={"authorization": f"Bearer {made.token}"},
    )
    assert answer.status_code == 200, answer.content
    results = json.loads(answer.content)["results"]
    return next(each for each in results if each["rule"] == one.rule_code)


def test_a_fact_says_what_was_heard_what_is_due_and_where_it_is_written(
    tenants: dict[str, Tenant],
) -> None:
    one = finding(tenants[CARE], "receipt_told_right")
    assert "said 1 week, due at most 2 days (patient promises v4 §3)" in page_of(tenants[CARE], one)
    label = detail_of(tenants[CARE], one)["evidence"][0]["label"]
    assert label == "said 1 week, due at most 2 days (patient_promises v4 §3)"


def test_topics_that_are_missing_are_named(tenants: dict[str, Tenant]) -> None:
    one = finding(tenants[NORTH], "intake_steps")
    assert "Missing: injuries" in page_of(tenants[NORTH], one)
    absence = detail_of(tenants[NORTH], one)["absence"]
    assert "injuries" in absence["missing"]


def test_earlier_calls_are_linked(tenants: dict[str, Tenant]) -> None:
    care, now = tenants[CARE], timezone.now()
    many = {"history": {"by": "subject", "days": 7, "more_than": 1}}
    document = {"name": "Often", "rules": [{"code": "often", "check": many}]}
    with tenant_context(care.pk):
        publish.publish(tenant_id=care.pk, code="often", document=document, by=None, now=now)
    for at, payload in enumerate(payloads(2)):
        query = urlencode({"call_at": f"2026-03-0{at + 1}T10:00:00+00:00", "subject": "somebody"})
        payload |= {"id": f"00000000-0000-4000-8000-00000000000{at}"}
        demo.keep_payload(care, payload | {"webhook_url": f"https://hooks.example/x?{query}"})
    one = finding(care, "often")
    (earlier,) = detail_of(care, one)["calls"]
    assert earlier["version"] == 1
    with tenant_context(care.pk):
        assert Evaluation.objects.filter(transcript_id=earlier["id"]).exists()
    page = page_of(care, one)
    assert "Earlier calls" in page
    assert "rubric version 1" in page
