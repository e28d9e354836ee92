"""Old rows of what was sent are taken away, once a day, by a job of the tenant itself: also where
every webhook and rule is off, or deleted."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from reviews.jobs import ledger
from reviews.jobs.turn import Turn
from reviews.models import Delivery, DeliveryState, Event, Forward, Forwarded, Hook, JobKind
from reviews.models.rows import select
from reviews.models.tenancy import tenant_context

KEPT = timedelta(days=90)
"""Of events it stands in the database's function `purge_events`."""
EVERY = timedelta(days=1)
BATCH = 1_000
_SLICE = 0.3
_ENDED = tuple(state for state in DeliveryState.values if state != DeliveryState.WAITING)


def watch(tenant_id: UUID, *, now: datetime) -> None:
    """Have the tenant's sweep begin, where it has not. In the caller's tenant transaction.

    Lock: the job's row, before all others.
    """
    ledger.wake(tenant_id=tenant_id, kind=JobKind.DELIVER, source_id=tenant_id, at=now + EVERY)


def run(claim: ledger.Claim) -> None:
    """Batches, each in a transaction of its own; then rest for a day, or for good where there is
    nothing left that could grow old."""
    turn = Turn(claim.tenant_id, seconds=settings.JOB_TIMEOUT_S * _SLICE)
    while True:
        with tenant_context(claim.tenant_id):
            ledger.extend(claim, done=0, total=None)
            now = timezone.now()
            if not _some(now):
                ledger.rest(claim, until=now + EVERY if _is_needed() else None)
                return
            if turn.is_over():
                ledger.again(claim, done=0, total=None)
                return


def _some(now: datetime) -> bool:
    """Whether a whole batch of anything went: then there may be more."""
    old = Delivery.objects.filter(event__created_at__lt=now - KEPT).values("pk")[:BATCH]
    gone = [Delivery.objects.filter(pk__in=old).delete()[0]]
    if max(gone) < BATCH:  # an event that a delivery still names stays
        gone += [events for (events,) in select("SELECT purge_events(%s)", [BATCH])]
    gone += [_forwarded(row, now) for row in Forward.objects.order_by("pk")]
    return max(gone) >= BATCH


def _forwarded(row: Forward, now: datetime) -> int:
    """Of a forwarding rule, what it sent or could not."""
    rows = Forwarded.objects.filter(forward=row, state__in=_ENDED, created_at__lt=now - KEPT)
    old = rows.order_by("state", "pk").values("pk")[:BATCH]
    return Forwarded.objects.filter(pk__in=old).delete()[0]


def _is_needed() -> bool:
    return any(model.objects.exists() for model in (Hook, Forward, Event))
