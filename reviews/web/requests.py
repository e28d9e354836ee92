"""The request of a tenant's page, and what its view asks for first."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from reviews import policies
from reviews.accounts.factors import PersonRequest as PersonRequest
from reviews.models import Membership, User
from reviews.policies import Action


class TenantRequest(HttpRequest):
    """A request that passed the tenant middleware."""

    membership: Membership
    user: User


View = Callable[..., HttpResponseBase]


def needs(action: Action) -> Callable[[View], View]:
    """Raises NotAllowed before the view where the member may not."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: TenantRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            policies.check_can(request.membership.role, action)
            return view(request, *args, **kwargs)

        checked.action = action  # type: ignore[attr-defined] # read by the isolation matrix
        return checked

    return decorate


def signed_in(view: View) -> View:
    """Who is not signed in is asked to, and comes back."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        return view(request, *args, **kwargs)

    return checked


def asked_finding(request: HttpRequest, name: str) -> UUID | None:
    """The finding that the page's address names there; else None."""
    try:
        return UUID(request.GET.get(name, ""))
    except ValueError:
        return None


def without_nul(text: str) -> str:
    """Of what is typed outside of a Django form, which refuses it: no row can hold one."""
    return text.replace("\x00", "")


def next_address(request: HttpRequest, wanted: str) -> str:
    """`wanted` where it is an address of our own, else the home page."""
    is_own = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if wanted and is_own else reverse("home")
