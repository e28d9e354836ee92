"""People and the tenants they belong to."""

from collections.abc import Iterable, Mapping

from django.contrib.auth.hashers import make_password

from reviews.models import MemberRole, Membership, Tenant, User
from reviews.models.tenancy import tenant_context


def join(tenants: Iterable[Tenant], emails: Mapping[MemberRole, str], *, password: str) -> None:
    """Make the people, all with this password, members of every tenant in their role.

    Who is there already gets the password; a membership that is there stays.
    """
    hashed = make_password(password)  # one for all: each takes a quarter of a second
    users = {role: _user(email, hashed) for role, email in emails.items()}
    for tenant in tenants:
        with tenant_context(tenant.pk):
            for role, user in users.items():
                Membership.objects.get_or_create(tenant=tenant, user=user, defaults={"role": role})


def _user(email: str, hashed: str) -> User:
    user, _ = User.objects.get_or_create(email=email)
    user.password = hashed
    user.save(update_fields=["password"])
    return user
