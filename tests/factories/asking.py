"""A tenant whose rubric asks beside what it listens for, with calls that were evaluated."""

from typing import Any

from django.utils import timezone

from reviews.models import Evaluation, RubricVersion, Tenant
from reviews.models.tenancy import tenant_context
from reviews.rubrics import publish
from tests.factories.loop import drain
from tests.factories.stored import keep_said

LEVELS = [
    {"code": "clear", "title": "Clear", "points": 2, "description": "Said once, and understood."},
    {"code": "fair", "points": 1},
    {"code": "muddled", "points": 0},
]
EXPLAINED = {
    "question": "Was it explained well?",
    "levels": LEVELS,
    "na": True,
    "comment": "below_full",
}
RULES: list[dict[str, Any]] = [
    {"code": "promise", "title": "No guarantee", "check": {"query": 'agent: "guarantee"'}},
    {"code": "notice", "violation_when": "absent", "check": {"query": '"recorded line"'}},
    {"code": "explained", "title": "Explained", "weight": 2, "check": {"ask": EXPLAINED}},
    {"code": "polite", "check": {"ask": {"question": "Was the agent polite?"}}},
    {
        "code": "refund", "applies_when": "refund",
        "check": {"ask": {"question": "Was the refund offered?"}},
    },
]  # fmt: skip
SAID = "agent: hello we guarantee it\ncustomer: that sounds good\nagent: it cannot fall"


def published(tenant: Tenant) -> RubricVersion:
    document = {"name": "Calls", "rules": RULES}
    with tenant_context(tenant.pk):
        return publish.publish(
            tenant_id=tenant.pk, code="calls", document=document, by=None, now=timezone.now()
        )


def evaluated(tenant: Tenant, external_id: str = "call", said: str = SAID) -> Evaluation:
    """By SAID `promise` and `notice` fail, and two of the three questions are asked."""
    row = keep_said(tenant, external_id, said)
    drain()
    with tenant_context(tenant.pk):
        return Evaluation.objects.get(transcript=row)
