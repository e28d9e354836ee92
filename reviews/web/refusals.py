"""Every refusal as a page: what was refused, what was seen, what to do."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from reviews.errors import ErrorCode, Refused
from reviews.ingest import upload
from reviews.web.tenancy import API

STATUS = {
    ErrorCode.NOT_ALLOWED: 403,
    ErrorCode.FILTER_REFUSED: 400,
    ErrorCode.REASON_REFUSED: 400,
    ErrorCode.TOO_MANY_TRIES: 429,
    ErrorCode.TOO_LARGE: 413,
}
"""Of the codes that are not a conflict with how things stand (409)."""


class AddressRefused(Refused):
    code = ErrorCode.FILTER_REFUSED


def _check(request: HttpRequest) -> None:
    """Before anything reads the body: the first look at a form would take it in whole.

    No row holds a NUL, so none can be asked for by one. Raises TooLarge, AddressRefused.
    """
    upload.check_size(request.META.get("CONTENT_LENGTH"))
    if "%00" in request.META.get("QUERY_STRING", ""):
        raise AddressRefused(
            "The request is refused", "a NUL in its address", "Write the address without %00."
        )


class RefusalMiddleware:
    """Stands around the tenant's middleware, which has undone the view's work before."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            if not request.path_info.startswith(API):  # which says it as a problem
                _check(request)
        except Refused as refusal:
            return self._page(request, refusal)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        return self._page(request, exception)

    def _page(self, request: HttpRequest, refusal: Refused) -> HttpResponse:
        status = STATUS.get(refusal.code, 409)
        return render(
            request,
            f"errors/{status}.html",
            {"refused": refusal, "status": status},
            status=status,
        )
