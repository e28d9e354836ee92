"""Refusals as callers of the published contract know them: `{"error": code, "message": …}`."""

from typing import Any

import structlog
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from reviews.api.errors import STATUS
from reviews.errors import ErrorCode, Refused

WAIT_S = 10
"""Where whoever refuses does not say how long."""
_CODES = {
    ErrorCode.NAME_REUSED: (409, "idempotency_key_conflict"),
    ErrorCode.IN_PROGRESS: (409, "idempotency_key_in_progress"),
    ErrorCode.SCOPE_MISSING: (403, "scope_missing"),
    ErrorCode.PARAMETER_REFUSED: (400, "invalid_request"),
    ErrorCode.TOO_LARGE: (413, "payload_too_large"),
    ErrorCode.TOO_MANY_TRIES: (429, "rate_limited"),
    ErrorCode.RATE_LIMITED: (429, "rate_limited"),
}
_UNFIT = "run_request_failed"
_FAILED = "internal_error"
_log = structlog.get_logger("reviews.api")


class RunRefused(Refused):
    """With a code of the published contract, or of ours where that has none."""

    code = ErrorCode.PARAMETER_REFUSED

    def __init__(self, error: str, seen: str, remedy: str, *, status: int = 400) -> None:
        super().__init__("The run is refused", seen, remedy)
        self.error = error
        self.status = status


def respond(error: Exception, context: Any) -> Response:
    """REST framework's exception handler for these addresses."""
    status, code = _known(error, context)
    body: dict[str, Any] = {"error": code, "message": _message(error, code)}
    headers = {}
    if status == 429:
        body["retry_after_seconds"] = _wait(error)
    if status == 429 or code == "idempotency_key_in_progress":
        headers["Retry-After"] = str(body.get("retry_after_seconds", 1))
    if scheme := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = scheme
    if code == _FAILED:
        _log.error("request failed", error=type(error).__name__)
    return Response(body, status, headers=headers)


def _known(error: Exception, context: Any) -> tuple[int, str]:
    if isinstance(error, RunRefused):
        return error.status, error.error
    if isinstance(error, Refused):
        return _CODES.get(error.code, (STATUS.get(error.code, 409), _UNFIT))
    if isinstance(error, exceptions.NotAuthenticated):
        is_sent = "Authorization" in context["request"].headers
        return 401, "invalid_api_key" if is_sent else "missing_bearer_token"
    if isinstance(error, exceptions.Throttled):
        return 429, "rate_limited"
    if isinstance(error, Http404 | exceptions.NotFound):
        return 404, "not_found"
    is_method = isinstance(error, exceptions.MethodNotAllowed)
    return (405, "method_not_allowed") if is_method else (500, _FAILED)


_MESSAGES = {
    "missing_bearer_token": "Send `Authorization: Bearer vb_live_…`.",
    "invalid_api_key": "The key is not in use: ask a tenant admin for a new one.",
    "not_found": "Nothing is there: take ids from the answers of POST and GET /v1/runs.",
    "method_not_allowed": "Use one of the methods in `Allow`.",
    "rate_limited": "Send it again after `retry_after_seconds`.",
    _FAILED: "The server failed. Try again.",
}


def _message(error: Exception, code: str) -> str:
    return str(error) if isinstance(error, Refused) else _MESSAGES[code]


def _wait(error: Exception) -> int:
    asked = getattr(error, "wait", None) or getattr(error, "retry_after", None)
    return max(1, round(asked)) if isinstance(asked, int | float) else WAIT_S
