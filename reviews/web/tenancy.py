"""The one tenant middleware: `/t/<slug>/…` runs in a transaction of that tenant, or not at all."""

from collections.abc import Callable

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse

from reviews import access
from reviews.models.tenancy import tenant_context


class TenantMiddleware:
    """Opens the tenant's transaction, renders inside it, undoes it where the view failed.

    No membership, an unknown slug and a suspended tenant give the same 404.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        slug = _slug(request.path_info)
        if slug is None:
            return self.get_response(request)
        membership = access.find_membership(user=request.user, slug=slug)
        if membership is None:
            raise Http404
        request.membership = membership  # type: ignore[attr-defined] # a middleware's own attribute
        with tenant_context(membership.tenant_id, user_id=membership.user_id):
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
        if getattr(request, "membership", None) is not None:
            transaction.set_rollback(True)


def _slug(path: str) -> str | None:
    return path.split("/")[2] if path.startswith("/t/") else None
