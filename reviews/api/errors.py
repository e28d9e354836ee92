"""Every refusal under /api/ as a problem (RFC 9457): refused, seen, what to do; and a stable code.

The twin of web/refusals.py for callers that are programs.
"""

from dataclasses import dataclass
from typing import Any

import structlog
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from reviews.errors import ErrorCode, Refused
from reviews.models.ids import uuid7

MEDIA_TYPE = "application/problem+json"
STATUS = {
    ErrorCode.SCOPE_MISSING: 403,
    ErrorCode.PARAMETER_REFUSED: 400,
    ErrorCode.TENANT_REQUIRED: 400,
    ErrorCode.TENANT_NOT_OF_KEY: 403,
    ErrorCode.TENANT_REFUSED: 422,
    ErrorCode.TEMPLATE_REFUSED: 422,
    ErrorCode.QUOTA_REACHED: 429,
    ErrorCode.PAYLOAD_REFUSED: 422,
    ErrorCode.RUBRIC_REFUSED: 422,
    ErrorCode.HOOK_REFUSED: 422,
    ErrorCode.EXTERNAL_ID_REFUSED: 422,
    ErrorCode.FORWARD_REFUSED: 422,
    ErrorCode.DESTINATION_REFUSED: 422,
    ErrorCode.DROP_REFUSED: 422,
    ErrorCode.EXTRA_MISSING: 501,
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.CALL_ERASED: 410,
    ErrorCode.TOO_LARGE: 413,
    ErrorCode.NAME_REUSED: 422,
    ErrorCode.REASON_REFUSED: 422,
    ErrorCode.REVIEWER_REFUSED: 422,
    ErrorCode.PRECONDITION_FAILED: 412,
    ErrorCode.PRECONDITION_REQUIRED: 428,
}
"""Of the codes that are not a conflict with how things stand (409)."""
_log = structlog.get_logger("reviews.api")


@dataclass(frozen=True, slots=True)
class Problem:
    status: int
    code: ErrorCode
    title: str
    detail: str


NO_KEY = Problem(
    401,
    ErrorCode.KEY_REQUIRED,
    "A key is required",
    "The request is refused: no key that is in use. "
    "Send `Authorization: Bearer vb_live_…`, or ask a tenant admin for a new key.",
)
NOT_FOUND = Problem(
    404,
    ErrorCode.NOT_FOUND,
    "Not found",
    "The address is refused: nothing is there. "
    "Take ids from the lists, and addresses from /api/schema/.",
)
NOT_A_METHOD = Problem(
    405,
    ErrorCode.METHOD_NOT_ALLOWED,
    "The method is not allowed",
    "The request is refused: a method that the address does not have. Use one of `Allow`.",
)
TOO_MANY = Problem(
    429,
    ErrorCode.TOO_MANY_REQUESTS,
    "Too many requests",
    "The request is refused: the key sent all that it may in this minute. "
    "Wait for as many seconds as `Retry-After` says, and send it again.",
)
FAILED = Problem(
    500,
    ErrorCode.FAILED,
    "The server failed",
    "The request is refused: an error of the server. "
    "Try again; if it stays, give the operator the `instance` of this answer.",
)


def respond(error: Exception, context: Any) -> Response:
    """REST framework's exception handler."""
    problem = _problem(error)
    instance = str(uuid7())
    if problem is FAILED:
        _log.error("request failed", request=instance, error=type(error).__name__)
    return Response(
        _body(problem, instance),
        problem.status,
        headers=_headers(error),
        content_type=MEDIA_TYPE,
    )


def _problem(error: Exception) -> Problem:
    if isinstance(error, Refused):
        return Problem(STATUS.get(error.code, 409), error.code, error.what, str(error))
    if isinstance(error, exceptions.NotAuthenticated):
        return NO_KEY
    if isinstance(error, Http404 | exceptions.NotFound):
        return NOT_FOUND
    if isinstance(error, exceptions.Throttled):
        return TOO_MANY
    return NOT_A_METHOD if isinstance(error, exceptions.MethodNotAllowed) else FAILED


def problem_of(refusal: Refused) -> dict[str, Any]:
    """A refusal's body, for an answer that holds more."""
    status = STATUS.get(refusal.code, 409)
    return _body(Problem(status, refusal.code, refusal.what, str(refusal)), str(uuid7()))


def _body(problem: Problem, instance: str) -> dict[str, Any]:
    return {
        "type": f"urn:verbatim:problem:{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
        "instance": f"urn:uuid:{instance}",
    }


def _headers(error: Exception) -> dict[str, str]:
    if isinstance(error, exceptions.Throttled):
        return {"Retry-After": str(int(getattr(error, "wait", None) or 0))}
    scheme = getattr(error, "auth_header", None)
    return {"WWW-Authenticate": scheme} if scheme else {}
