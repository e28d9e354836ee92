"""A person's verdict on a finding, sent by the program in which it was given."""

from http import HTTPMethod
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from reviews import access
from reviews.accounts import reviewers
from reviews.accounts.keys import Scope
from reviews.api import errors, etags, parameters
from reviews.api.auth import key_of
from reviews.api.bodies import read_object
from reviews.api.serializers import ProblemSerializer, ReviewSerializer, Row
from reviews.api.views import ApiView, documented
from reviews.detection.rubric import Severity
from reviews.models import Verdict
from reviews.queries import details
from reviews.reviewing.decide import NOTE_AT_MOST, Decision, ReasonRefused, decide

LONGEST_JSON = 20_000
_TEXT = {"type": "string"}
_FIELDS: dict[str, dict[str, Any]] = {
    "verdict": {**_TEXT, "enum": [each.value for each in Verdict]},
    "reviewer": {**_TEXT, "format": "email", "description": "Of the member who decided."},
    "reason": {**_TEXT, "description": "A code of the tenant's list; a dismissal has one."},
    "note": {**_TEXT, "maxLength": NOTE_AT_MOST},
    "severity": {
        **_TEXT,
        "enum": [each.value for each in Severity],
        "description": "Of one upheld in part: a lower one than its rule's.",
    },
}
_BODY: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["verdict", "reviewer"],
    "properties": _FIELDS,
}
_REFUSALS = dict.fromkeys(
    ((status, errors.MEDIA_TYPE) for status in (400, 401, 403, 404, 409, 412, 422, 428, 500)),
    ProblemSerializer,
)


class ReviewListSerializer(Row):
    results = ReviewSerializer(many=True)


class FindingReviews(ApiView):
    scope = Scope.FINDINGS
    scopes: ClassVar = {HTTPMethod.POST: Scope.WRITE_REVIEWS}
    http_method_names = ["get", "head", "post"]  # noqa: RUF012 # declared so by Django

    @documented(ReviewListSerializer, [], "list_reviews", "What people decided, the first first")
    def get(self, request: Request, row_id: UUID) -> Response:
        parameters.none(request.query_params)
        item = details.queue_item(key_of(request).tenant_id, row_id)
        answer = Response(ReviewListSerializer({"results": details.reviews_of(item)}).data)
        answer["ETag"] = etags.tag_of(item.sequence)
        return answer

    @extend_schema(
        operation_id="review_finding",
        summary="A person's verdict",
        parameters=[],
        request={"application/json": _BODY},
        responses={201: ReviewSerializer, **_REFUSALS},
    )
    def post(self, request: Request, row_id: UUID) -> Response:
        """`If-Match` says after which review: 412 where another was first."""
        parameters.none(request.query_params)
        key = key_of(request)
        item = details.queue_item(key.tenant_id, row_id)
        given = _given(request._request.read(LONGEST_JSON + 1))
        etags.check_named(request, etags.tag_of(item.sequence))
        membership = reviewers.find(tenant_id=key.tenant_id, email=given["reviewer"])
        try:
            finding = access.get_finding_for(membership, row_id)
        except Http404:
            raise reviewers.not_theirs() from None
        review = decide(
            finding=finding,
            decision=Decision(
                Verdict(given["verdict"]),
                item.sequence,
                given.get("reason", ""),
                given.get("note", ""),
                given.get("severity", ""),
            ),
            by=membership.user,
            now=timezone.now(),
            through=key,
        )
        answer = Response(ReviewSerializer(review).data, 201)
        answer["ETag"] = etags.tag_of(review.sequence)
        return answer


def _given(body: bytes) -> dict[str, str]:
    """Raises ReasonRefused, which names the field."""
    given = read_object(body, at_most=LONGEST_JSON)
    if given is None:
        raise _refused("a body that is no JSON object", 'Send {"verdict": …, "reviewer": …}.')
    for name, value in given.items():
        if name not in _FIELDS:
            raise _refused(f"a field {name[:60]!a}", f"Send {', '.join(_FIELDS)}.")
        if not isinstance(value, str) or "\0" in value or not _is_whole(value):
            raise _refused(f"a “{name}” that is no plain text", "Send a text.")
        known = _FIELDS[name].get("enum", [value])
        if value not in known:
            raise _refused(f"{value[:60]!a} as “{name}”", f"Send one of {', '.join(known)}.")
    for name in _BODY["required"]:
        if not given.get(name):
            raise _refused(f"no “{name}”", "Send it.")
    return given


def _is_whole(text: str) -> bool:
    """Without halves of a surrogate pair, which no UTF-8 has."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _refused(seen: str, remedy: str) -> ReasonRefused:
    return ReasonRefused("The verdict was not saved", seen, remedy)
