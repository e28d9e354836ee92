"""Saved views of the queue: private ones, and the team's, which a lead keeps."""

from datetime import datetime

from reviews import audit
from reviews.errors import ErrorCode, Refused
from reviews.models import MemberRole, Membership, SavedView
from reviews.queries.queue_query import parse, write

EACH_AT_MOST = 10
_KEEPS_SHARED = frozenset({MemberRole.LEAD, MemberRole.TENANT_ADMIN})


class ViewRefused(Refused):
    code = ErrorCode.NOT_POSSIBLE


def save(
    *, membership: Membership, name: str, query: str, is_shared: bool, now: datetime
) -> SavedView:
    """Under a name; one of the same name gets the new text. Raises ViewRefused, FilterRefused."""
    owner = None if is_shared else membership
    if is_shared:
        _check_keeps(membership)
    others = SavedView.objects.filter(membership=owner).exclude(name=name)
    if others.count() >= EACH_AT_MOST:
        raise ViewRefused(
            "The view was not saved", f"{EACH_AT_MOST} views already", "Delete one of them first."
        )
    row, _ = SavedView.objects.update_or_create(
        tenant_id=membership.tenant_id,
        membership=owner,
        name=name,
        defaults={"query": write(parse(query)), "made_by": membership.user, "made_at": now},
    )
    audit.record(event=audit.Event.VIEW_SAVED, by=membership.user, target=row, at=now)
    return row


def delete(*, membership: Membership, name: str, is_shared: bool, now: datetime) -> None:
    """Raises ViewRefused. It is how somebody looks at things, and holds no finding."""
    if is_shared:
        _check_keeps(membership)
    owner = None if is_shared else membership
    for view in SavedView.objects.filter(membership=owner, name=name):
        audit.record(event=audit.Event.VIEW_DELETED, by=membership.user, target=view, at=now)
        view.delete()


def _check_keeps(membership: Membership) -> None:
    if membership.role not in _KEEPS_SHARED:
        raise ViewRefused(
            "The team's views are not yours to change",
            f"the role {MemberRole(membership.role).label}",
            "Ask a lead or a tenant admin, or save it for yourself.",
        )
