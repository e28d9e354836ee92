"""Recordings over the API: submit one by its address or its bytes, and see what became of it."""

from collections.abc import Mapping
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from reviews import access
from reviews.accounts.keys import Scope
from reviews.api import errors, parameters
from reviews.api.auth import key_of
from reviews.api.bodies import read_object
from reviews.api.serializers import ProblemSerializer, Row
from reviews.api.views import LIMIT, ApiView, documented, next_address
from reviews.ingest import submit, upload
from reviews.ingest.submit import AlreadySubmitted, Recording, Wanted
from reviews.models import Source, SubmissionState
from reviews.queries import submissions
from reviews.sources.recordings import NAMES, RecordingRefused

STATES = [each.value for each in SubmissionState]
"""Choices of a field that shares its name: the settings name them for the schema."""
SUBMISSIONS = "submissions"
FILE = "file"
LONGEST_JSON = 100_000
_JSON = "application/json"
_TEXT = {"type": "string"}
_FIELDS: dict[str, Any] = {
    "source": {"type": "string", "format": "uuid"},
    "audio_url": {**_TEXT, "description": "Or a file."},
    "again": {"type": "boolean", "description": "Also where it was submitted before."},
} | dict.fromkeys(NAMES, _TEXT)
_BINARY = {"type": "string", "format": "binary"}
_REFUSALS: Mapping[Any, Any] = dict.fromkeys(
    ((status, errors.MEDIA_TYPE) for status in (400, 401, 403, 404, 409, 413, 422, 429, 500)),
    ProblemSerializer,
)


class SubmissionSerializer(Row):
    id = serializers.UUIDField(source="row.id")
    source = serializers.UUIDField(source="row.source_id")  # type: ignore[assignment] # a field of that name; its class takes it off
    state = serializers.ChoiceField(source="row.state", choices=STATES)
    call_id = serializers.CharField(help_text="As it was submitted with.")
    external_id = serializers.CharField(
        source="row.external_id", help_text="The transcript's id at the source, once it is taken."
    )
    transcript = serializers.UUIDField(
        source="transcript_id", allow_null=True, help_text="The call, once it is here."
    )
    error = serializers.CharField(source="row.last_error_code", help_text="A code.")
    size = serializers.IntegerField(
        source="row.size", allow_null=True, help_text="Bytes; null where it is at an address."
    )
    profile = serializers.JSONField(source="row.profile", help_text="The features asked for.")
    created_at = serializers.DateTimeField(source="row.created_at")
    posted_at = serializers.DateTimeField(
        source="row.posted_at", allow_null=True, help_text="When it was last sent."
    )
    ended_at = serializers.DateTimeField(
        source="row.ended_at", allow_null=True, help_text="When it was taken or refused."
    )
    redacted_audio_at = serializers.DateTimeField(
        source="row.redacted_audio_at",
        allow_null=True,
        help_text="When the source said that the redacted audio is ready.",
    )


class SubmissionListSerializer(Row):
    results = SubmissionSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="The next page's address.")


class SubmittedSerializer(Row):
    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=STATES)


class SubmissionList(ApiView):
    """One scope to submit and to see what became of it: whoever may pay may look."""

    scope = Scope.SUBMIT
    http_method_names = ["get", "head", "post"]  # noqa: RUF012 # declared so by Django

    @documented(
        SubmissionListSerializer,
        [OpenApiParameter("cursor", str, description="As `next` has it."), LIMIT],
        "list_submissions",
        "Submitted recordings, the newest first",
    )
    def get(self, request: Request) -> Response:
        asked = parameters.paged(request.query_params, SUBMISSIONS)
        page = submissions.page(key_of(request).tenant_id, after=asked.after, limit=asked.limit)
        after = parameters.cursor(page.next, SUBMISSIONS) if page.next else None
        shown = {"results": page.rows, "next": next_address(request, after) if after else None}
        return Response(SubmissionListSerializer(shown).data)

    @extend_schema(
        operation_id="submit_recording",
        summary="A recording to be transcribed",
        parameters=[],
        request={
            _JSON: {"type": "object", "properties": _FIELDS, "required": ["source"]},
            "multipart/form-data": {
                "type": "object",
                "properties": _FIELDS | {FILE: _BINARY},
                "required": ["source"],
            },
        },
        responses={202: SubmittedSerializer, **_REFUSALS},
    )
    def post(self, request: Request) -> Response:
        """202: it is kept, and sent from here on by itself. 409 names one that is here already."""
        parameters.none(request.query_params)
        given, file = _sent(request._request)
        try:
            row = submit.submit(
                source=_source(request, given.pop("source", None)),
                wanted=_wanted(given, file),
                origin=request._request.build_absolute_uri("/"),
                by=key_of(request),
                now=timezone.now(),
            )
        except AlreadySubmitted as refusal:
            problem = errors.problem_of(refusal) | {"submission": str(refusal.submission.pk)}
            return Response(problem, 409, content_type=errors.MEDIA_TYPE)
        location = reverse("api-submission-detail", args=[row.pk])
        answer = SubmittedSerializer({"id": row.pk, "state": row.state}).data
        return Response(answer, 202, headers={"Location": location})


class SubmissionDetail(ApiView):
    scope = Scope.SUBMIT

    @documented(SubmissionSerializer, [], "get_submission", "What became of a recording")
    def get(self, request: Request, row_id: UUID) -> Response:
        parameters.none(request.query_params)
        row = submissions.one(key_of(request).tenant_id, row_id)
        if row is None:
            raise Http404
        return Response(SubmissionSerializer(row).data)


def _sent(request: HttpRequest) -> tuple[dict[str, object], BinaryIO | None]:
    """What is named, and the bytes where there are any. Raises Refused.

    An unknown name of JSON is refused further on; of a form it is passed over.
    """
    upload.check_size(request.META.get("CONTENT_LENGTH"))
    if request.content_type == _JSON:
        return _object(request.read(LONGEST_JSON + 1)), None
    try:
        given: dict[str, object] = {
            name: str(text) for name, text in request.POST.items() if name in _FIELDS
        }
        file = request.FILES.get(FILE)
    except (MultiPartParserError, SuspiciousOperation, UnreadablePostError):
        raise _unreadable("a form that cannot be read") from None
    return given, cast("BinaryIO | None", file)


def _object(body: bytes) -> dict[str, object]:
    value = read_object(body, at_most=LONGEST_JSON)
    if value is None:
        raise _unreadable("a body that is no JSON object")
    return value


def _source(request: Request, named: object) -> Source:
    """Another tenant's is no source. Raises RecordingRefused where none is named."""
    if named is None:
        raise RecordingRefused(
            "The submission is refused", "no source", "Name one by its id: /api/v1/sources."
        )
    try:
        row_id = UUID(str(named))
    except ValueError:
        raise Http404 from None
    source = access.scoped_to(Source, key_of(request).tenant_id).filter(pk=row_id).first()
    if source is None:
        raise Http404
    return source


def _wanted(given: dict[str, object], file: BinaryIO | None) -> Wanted:
    again, url = given.pop("again", False), given.pop("audio_url", "")
    if again not in (True, False, "true", "false") or not isinstance(url, str):
        raise _unreadable("an “again” that is not true or false, or an address that is no text")
    return Wanted(Recording(url, file), given, is_again=again in (True, "true"))


def _unreadable(seen: str) -> RecordingRefused:
    return RecordingRefused(
        "The submission is refused", seen, "Send JSON, or a form with the file in “file”."
    )
