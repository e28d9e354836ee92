"""For which tenant a request of the API is: the key's own, or the one that a platform key names."""

from copy import copy

from django.http import Http404

from reviews.errors import ErrorCode, Refused
from reviews.models import ApiKey, Tenant
from reviews.models.tenant import INSTANCE_ID

HEADER = "Verbatim-Tenant"
PLATFORM = "/api/v1/platform/"
"""Where the addresses of the platform itself begin."""


class TenantNotOfKey(Refused):
    code = ErrorCode.TENANT_NOT_OF_KEY

    def __init__(self) -> None:
        super().__init__(
            f"The header {HEADER} is refused",
            "a key of one tenant, which acts for that tenant alone",
            "Leave the header out, or use a platform key.",
        )


class TenantRequired(Refused):
    code = ErrorCode.TENANT_REQUIRED

    def __init__(self) -> None:
        super().__init__(
            "The request is refused",
            f"a platform key without the header {HEADER}",
            f"Name the tenant that it is for: `{HEADER}: EXTERNAL_ID`, or its short name.",
        )


class TenantNotAsked(Refused):
    code = ErrorCode.PARAMETER_REFUSED

    def __init__(self) -> None:
        super().__init__(
            f"The header {HEADER} is refused",
            "an address of the platform itself",
            "Leave the header out: these addresses name the tenant themselves.",
        )


def acting(key: ApiKey, named: str | None, *, is_platforms: bool) -> ApiKey:
    """The key as it acts: a platform key as if it were one of the tenant that the header names.

    `is_platforms`: the address is the platform's own. Raises Refused, and Http404 where there is no
    such tenant, it is suspended, or it is being deleted. At most two SQL queries.
    """
    is_key_platforms = key.tenant_id == INSTANCE_ID
    if named is None:
        if is_key_platforms and not is_platforms:
            raise TenantRequired
        return key
    if not is_key_platforms:
        raise TenantNotOfKey
    if is_platforms:
        raise TenantNotAsked
    if not named.isprintable():
        raise Http404
    made = copy(key)  # in memory alone: its row stays the installation's
    made.tenant = _named(named)
    return made


def _named(name: str) -> Tenant:
    """Raises Http404."""
    rows = Tenant.objects.filter(suspended_at=None, erased_at=None).exclude(pk=INSTANCE_ID)
    found = rows.filter(external_id=name).first() or rows.filter(slug=name).first()
    if found is None:
        raise Http404
    return found
