"""What is done with somebody's account, told to each tenant that they belong to."""

from django.utils import timezone

from reviews import access, audit
from reviews.models import User
from reviews.models.tenancy import tenant_context


def leave(user: User, event: audit.Event, **data: str | int) -> None:
    """Done by themselves: a row in the audit trail of each. Lock: `told`'s."""
    told(user, event, user, **data)


def told(user: User, event: audit.Event, who: User | None, /, **data: str | int) -> None:
    """`who` None: the host's operator. Lock: the trails' in turn, by the tenants' short names."""
    for each in access.memberships_of(user):
        with tenant_context(each.tenant_id, user_id=user.pk):
            audit.record(event=event, by=who, target=each, at=timezone.now(), data=data)
