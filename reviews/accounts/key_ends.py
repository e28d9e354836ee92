"""Tell a tenant's admins of a key that programs use and that ends soon, once a key and end."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone

from reviews import access, notify
from reviews.jobs import ledger
from reviews.models import ApiKey, JobKind, MemberRole, Notice
from reviews.models.tenancy import tenant_context
from reviews.models.tenant import INSTANCE_ID
from reviews.queries.api_keys import SOON

IN_USE = timedelta(days=30)
"""Who used it no later is told."""
LOOK_EVERY = timedelta(days=1)
"""At a key that ends soon and that nobody has used of late."""


def watch(*, tenant_id: UUID, expires_at: datetime, now: datetime) -> None:
    """Look at a key when its end is near. In the caller's tenant transaction. Not at the
    platform's: the installation has no admin who could be told.

    Lock: the job's row, which `run` takes before those of keys, so whoever calls this does too.
    """
    if tenant_id == INSTANCE_ID:
        return
    at = _look_next(expires_at, now)
    ledger.wake(tenant_id=tenant_id, kind=JobKind.KEYS, source_id=tenant_id, at=at)


def run(claim: ledger.Claim) -> None:
    """Tell of the tenant's keys that are due, then rest until the next is."""
    now = timezone.now()
    with tenant_context(claim.tenant_id):
        # It locks the job's row: who makes a key meanwhile wakes the job, or is seen here.
        ledger.extend(claim, done=0, total=None)
        left = [row for row in _untold(claim, now) if not _has_told(row, now)]
        times = [_look_next(row.expires_at, now) for row in left]
        ledger.rest(claim, until=min(times, default=None))


def _look_next(expires_at: datetime, now: datetime) -> datetime:
    near = expires_at - SOON
    return near if near > now else now + LOOK_EVERY


def _untold(claim: ledger.Claim, now: datetime) -> Sequence[ApiKey]:
    """Locked."""
    rows = access.scoped_to(ApiKey, claim.tenant_id).select_for_update()
    rows = rows.filter(Q(told_of=None) | ~Q(told_of=F("expires_at")))
    return list(rows.filter(revoked_at=None, expires_at__gt=now).order_by("pk"))


def _has_told(row: ApiKey, now: datetime) -> bool:
    """Where it ends soon and was used of late."""
    used = row.last_used_at
    if row.expires_at - SOON > now or used is None or used < now - IN_USE:
        return False
    row.told_of = row.expires_at
    row.save(update_fields=["told_of"])
    notify.tell(kind=Notice.KEY_ENDS, about=row, by=None, at=now, roles=[MemberRole.TENANT_ADMIN])
    return True
