"""Who decides where a program brings a person's verdict."""

from uuid import UUID

from reviews import access, policies
from reviews.errors import ErrorCode, Refused
from reviews.models import Membership
from reviews.policies import Action


class ReviewerRefused(Refused):
    code = ErrorCode.REVIEWER_REFUSED


def find(*, tenant_id: UUID, email: str) -> Membership:
    """The active member with this address, who may decide. Raises ReviewerRefused.

    In the tenant's context. The answer is the same for whoever is no member.
    """
    rows = access.scoped_to(Membership, tenant_id).select_related("user")
    active = rows.filter(is_active=True, user__is_active=True)
    row = active.filter(user__email__iexact=email.strip()).first()
    if row is None or not policies.can(row.role, Action.DECIDE):
        raise ReviewerRefused(
            "The reviewer is refused",
            "an address of no member who may decide",
            "Send the e-mail address of an active reviewer, lead or admin.",
        )
    return row


def not_theirs() -> ReviewerRefused:
    return ReviewerRefused(
        "The reviewer is refused",
        "a member who may not see the call",
        "Let somebody decide whose teams it is of.",
    )
