"""The first people of an installation: an admin and the tenant they run."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from reviews import audit
from reviews.errors import ErrorCode, Refused
from reviews.models import MemberRole, Membership, Tenant, User
from reviews.models.tenancy import tenant_context

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
SLUG_AT_MOST = 63


class SetupRefused(Refused):
    code = ErrorCode.SETUP_REFUSED


@dataclass(frozen=True, slots=True)
class First:
    """Who and what is to be made; `slug` is the tenant's part of every address."""

    email: str
    password: str
    tenant: str
    slug: str


def set_up(first: First, *, now: datetime) -> Tenant:
    """Make the tenant and its admin, all or nothing. Raises SetupRefused."""
    check_email(first.email)
    check_password(first.password)
    check_slug(first.slug)
    if User.objects.exists():
        raise SetupRefused(
            "The set-up is refused", "an installation that has people", "Sign in as its admin."
        )
    with transaction.atomic():
        user = User.objects.create_user(first.email, first.password)
        tenant = Tenant.objects.create(slug=first.slug, name=first.tenant.strip() or first.slug)
        with tenant_context(tenant.pk, user_id=user.pk):
            member = Membership.objects.create(
                tenant=tenant, user=user, role=MemberRole.TENANT_ADMIN
            )
            audit.record(event=audit.Event.TENANT_MADE, by=user, target=member, at=now)
    return tenant


def check_email(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError:
        raise SetupRefused(
            "The e-mail address is refused", "an address without name, @ and host",
            "Write it as name@host.",
        ) from None  # fmt: skip


def check_password(password: str) -> None:
    try:
        validate_password(password)
    except ValidationError as error:
        raise SetupRefused(
            "The password is refused", "; ".join(error.messages), "Choose a longer, rarer one."
        ) from None


def check_slug(slug: str) -> None:
    if not _SLUG.fullmatch(slug) or len(slug) > SLUG_AT_MOST:
        raise SetupRefused(
            "The tenant's short name is refused", repr(slug[:SLUG_AT_MOST]),
            "Use small letters, digits and single hyphens, as in north-wind.",
        )  # fmt: skip
