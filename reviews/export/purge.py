"""Old rows of what was sent are taken away, once a day on the account of any job that sends."""

from datetime import datetime, timedelta

from reviews.jobs import ledger
from reviews.jobs.turn import Turn
from reviews.models import Delivery, DeliveryState, Forwarded, Hook
from reviews.models.rows import select
from reviews.models.tenancy import tenant_context

KEPT = timedelta(days=90)
"""Of events it stands in the function: reviews/migrations/0095_purge_events.py."""
EVERY = timedelta(days=1)
BATCH = 1_000


def events(claim: ledger.Claim, turn: Turn, *, now: datetime) -> None:
    """The tenant's deliveries and events, each batch in a transaction of its own."""
    with tenant_context(claim.tenant_id):
        due = Hook.objects.filter(pk=claim.subject_id).exclude(purged_at__gt=now - EVERY)
        if not due.update(purged_at=now):
            return
    while not turn.is_over() and _some(claim, now):
        pass


def _some(claim: ledger.Claim, now: datetime) -> bool:
    """Whether a whole batch went: then there may be more."""
    with tenant_context(claim.tenant_id):
        ledger.extend(claim, done=0, total=None)
        old = Delivery.objects.filter(event__created_at__lt=now - KEPT).values("pk")[:BATCH]
        gone, _ = Delivery.objects.filter(pk__in=old).delete()
        if gone < BATCH:
            ((gone,),) = select("SELECT purge_events(%s)", [BATCH])
        return bool(gone == BATCH)


def forwarded(claim: ledger.Claim, *, now: datetime) -> None:
    """Of a forwarding rule, what it sent or could not."""
    ended = [state for state in DeliveryState.values if state != DeliveryState.WAITING]
    with tenant_context(claim.tenant_id):
        rows = Forwarded.objects.filter(forward_id=claim.subject_id, state__in=ended)
        old = rows.filter(created_at__lt=now - KEPT).order_by("state", "pk").values("pk")[:BATCH]
        Forwarded.objects.filter(pk__in=old).delete()
