"""A webhook with a log: every state that a delivery can be in."""

from datetime import timedelta

from django.utils import timezone

from reviews import outbox
from reviews.export import hooks
from reviews.models import Delivery, EventKind, Hook, HookOrigin, Tenant
from reviews.models.ids import uuid7
from reviews.models.tenancy import tenant_context
from reviews.outbox import Said

_CAME = (
    {"state": "delivered", "tries": 1, "last_status": 204, "last_ms": 38},
    {"state": "failed", "tries": 10, "last_status": 400, "last_ms": 21, "last_code": "rejected"},
    {"state": "waiting", "tries": 2, "last_ms": 15_000, "last_code": "no_answer"},
    {"state": "dropped", "last_code": "too_old"},
)


def hooked(tenant: Tenant, url: str = "https://flow.example/hooks/7") -> Hook:
    now = timezone.now()
    with tenant_context(tenant.pk):
        wanted = hooks.Wanted("CRM", url, [EventKind.FINDING_CREATED, EventKind.FINDING_REVIEWED])
        origin = HookOrigin.PAGE
        hook = hooks.create(tenant_id=tenant.pk, wanted=wanted, origin=origin, by=None, now=now).row
        for came in _CAME:
            said = Said(EventKind.PING, uuid7(), {}, hook=hook.pk)
            outbox.emit(tenant.pk, [said], at=now)
            newest = Delivery.objects.filter(hook=hook).order_by("-event")[:1]
            at = now if came["state"] == "delivered" else None
            Delivery.objects.filter(pk__in=newest).update(
                **came, delivered_at=at, due_at=now + timedelta(minutes=5)
            )
    return hook
