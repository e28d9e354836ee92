"""A forwarding rule with a log: of what was sent, failed and waits."""

from datetime import timedelta

from django.utils import timezone

from reviews.export import forwards
from reviews.models import (
    Finding,
    Forward,
    Forwarded,
    ForwardWay,
    MemberRole,
    Membership,
    Tenant,
    Trigger,
)
from reviews.models.tenancy import tenant_context

ADDRESS = "https://hooks.slack.com/services/T000/B000/XXXX"
_CAME = (
    {"state": "delivered", "tries": 1, "last_status": 200, "last_ms": 120},
    {"state": "failed", "tries": 10, "last_status": 500, "last_code": "server_error"},
    {"state": "waiting", "tries": 2, "last_code": "no_answer"},
)


def forwarded(tenant: Tenant) -> Forward:
    now = timezone.now()
    with tenant_context(tenant.pk):
        by = Membership.objects.filter(role=MemberRole.TENANT_ADMIN)[0]
        wanted = forwards.Wanted(
            "Grave ones",
            Trigger.CREATED,
            ForwardWay.SLACK,
            least_severity="high",
            score_below=90.0,
            first_in_days=7,
            address=ADDRESS,
        )
        row = forwards.create(by=by, wanted=wanted, now=now)
        for came, finding in zip(_CAME, Finding.objects.all(), strict=False):
            at = now if came["state"] == "delivered" else None
            Forwarded.objects.create(
                tenant=tenant,
                forward=row,
                about_id=finding.pk,
                created_at=now,
                due_at=now + timedelta(minutes=5),
                delivered_at=at,
                **came,
            )
    return row
