"""What waits for somebody in each of their tenants: a number a tenant, never a mixed list."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from reviews import access, policies
from reviews.models import Membership, Standing
from reviews.models.tenancy import tenant_context
from reviews.policies import Action

COUNT_AT_MOST = 1_000


def open_findings(memberships: Iterable[Membership]) -> Mapping[UUID, int]:
    """Membership → open findings that it sees, at most COUNT_AT_MOST; one SQL query a tenant."""
    found = {}
    for each in memberships:
        if not policies.can(each.role, Action.SEE_QUEUE):
            continue
        with tenant_context(each.tenant_id, user_id=each.user_id):
            rows = access.visible_queue_items(each).filter(standing=Standing.OPEN)
            found[each.pk] = rows.values("pk")[:COUNT_AT_MOST].count()
    return found
