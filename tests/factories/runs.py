"""A rubric as a kit: every kind of value, and rules that pass, fail and cannot be assessed."""

from typing import Any

from django.utils import timezone

from reviews.models import RubricVersion, Tenant
from reviews.models.tenancy import tenant_context
from reviews.rubrics import publish


def document(promise: str) -> dict[str, Any]:
    return {
        "name": "Care",
        "rules": [
            {"code": "notice", "violation_when": "absent", "check": {"query": "recorded"}},
            {"code": "promise", "severity": "high", "check": {"query": promise}},
            {
                "code": "early",
                "violation_when": "absent",
                "check": {"query": "recorded IN FIRST 30s"},
            },
            {"code": "card", "check": {"pii": {"entities": ["credit_card_number"]}}},
        ],
        "outputs": [
            {"key": "told", "type": "bool", "from": {"passed": "notice"}},
            {"key": "promises", "type": "number", "from": {"count": "promise"}},
            {"key": "what_failed", "type": "list", "from": {"failed_rules": ["promise"]}},
            {
                "key": "coaching_priority",
                "type": "enum",
                "from": {"levels": {"of": "score", "labels": ["high", "low"], "bounds": [50]}},
            },
        ],
    }


def kit_of(tenant: Tenant, promise: str = "agent: guarantee") -> RubricVersion:
    """Published; another `promise` is its next version."""
    with tenant_context(tenant.pk):
        return publish.publish(
            tenant_id=tenant.pk,
            code="care",
            document=document(promise),
            by=None,
            now=timezone.now(),
        )
