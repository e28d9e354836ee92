"""Every refusal as a page: what was refused, what was seen, what to do."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from reviews.errors import ErrorCode, Refused

STATUS = {
    ErrorCode.NOT_ALLOWED: 403,
    ErrorCode.FILTER_REFUSED: 400,
    ErrorCode.REASON_REFUSED: 400,
    ErrorCode.TOO_MANY_TRIES: 429,
}
"""Of the codes that are not a conflict with how things stand (409)."""


class RefusalMiddleware:
    """Stands around the tenant's middleware, which has undone the view's work before."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        status = STATUS.get(exception.code, 409)
        return render(
            request,
            f"errors/{status}.html",
            {"refused": exception, "status": status},
            status=status,
        )
