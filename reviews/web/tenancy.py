"""The one tenant middleware: a tenant's page or answer runs in a transaction of that tenant alone.

The tenant of `/t/<slug>/…` is the address's, that of `/api/v1/…` and `/v1/…` the key's, or the one
that a platform key names.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import SimpleTemplateResponse
from django.urls import reverse
from django.utils import timezone

from reviews import access
from reviews.accounts import acting, factors, keys, members, rates
from reviews.errors import Refused
from reviews.models.tenancy import tenant_context
from reviews.web.session import is_too_idle

API = ("/api/v1/", "/v1/")


class TenantMiddleware:
    """Opens the tenant's transaction, renders inside it, undoes it where the view failed.

    No membership, an unknown slug and a suspended tenant give the same 404; who is not signed in
    is asked to, whatever the address.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(API):
            return self._api(request)
        slug = _slug(request.path_info)
        if slug is None:
            return self.get_response(request)
        if not request.user.is_authenticated:
            return redirect_to_login(_back(request, slug), settings.LOGIN_URL)
        memberships = access.memberships_of(request.user)
        membership = next((each for each in memberships if each.tenant.slug == slug), None)
        if membership is None:
            raise Http404
        if is_too_idle(request, membership.tenant.idle_minutes):
            logout(request)
            return redirect_to_login(_back(request, slug), settings.LOGIN_URL)
        lacking = factors.lacking(request, membership.tenant)
        if lacking:
            query = {"lacking": lacking, "next": _back(request, slug)}
            return redirect(reverse("security", query=query))
        request.memberships = memberships  # type: ignore[attr-defined] # a middleware's own attribute
        request.membership = membership  # type: ignore[attr-defined] # a middleware's own attribute
        with tenant_context(membership.tenant_id, user_id=membership.user_id):
            members.note_seen(membership, timezone.now())
            return self._answer(request)

    def _api(self, request: HttpRequest) -> HttpResponse:
        """By the key alone; without one no tenant is set, and the API itself answers 401."""
        sent = request.headers.get("Authorization", "")
        key = keys.find(sent, address=request.META.get("REMOTE_ADDR", ""), now=timezone.now())
        if key is None:
            return self.get_response(request)
        request.api_rate = rates.count(key, now=timezone.now())  # type: ignore[attr-defined] # a middleware's own attribute
        is_platforms = request.path_info.startswith(acting.PLATFORM)
        named = request.headers.get(acting.HEADER)
        try:
            key = acting.acting(key, named, is_platforms=is_platforms)
        except (Refused, Http404) as refusal:
            request.api_refusal = refusal  # type: ignore[attr-defined] # a middleware's own attribute
            return self.get_response(request)
        request.api_key = key  # type: ignore[attr-defined] # a middleware's own attribute
        if is_platforms:  # its acts go from tenant to tenant, each in a transaction of its own
            return self.get_response(request)
        with tenant_context(key.tenant_id):
            return self._answer(request)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # A lazy template would otherwise read its rows after the transaction, as nobody.
        if isinstance(response, SimpleTemplateResponse):
            response.render()
        if response.status_code >= 500:
            transaction.set_rollback(True)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Undo: Django makes an answer of the exception before `_answer` could see it."""
        is_tenants = hasattr(request, "membership") or hasattr(request, "api_key")
        if is_tenants and transaction.get_connection().in_atomic_block:
            transaction.set_rollback(True)


def _back(request: HttpRequest, slug: str) -> str:
    """Where to go on after signing in: an address that takes forms alone cannot be opened, so the
    page that the form stood on is.
    """
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    came_from = urlsplit(request.headers.get("Referer", ""))
    is_own = came_from.netloc == request.get_host() and came_from.path.startswith(f"/t/{slug}/")
    if not is_own:
        return reverse("tenant-home", args=[slug])
    return came_from.path + (f"?{came_from.query}" if came_from.query else "")


def _slug(path: str) -> str | None:
    return path.split("/")[2] if path.startswith("/t/") else None
