"""A call under the id that its source has for it: read it, or put it there, however often."""

import json
from http import HTTPMethod
from typing import Any, ClassVar

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from reviews import tasks
from reviews.accounts.keys import Scope
from reviews.api import errors, etags, parameters
from reviews.api.auth import key_of
from reviews.api.bodies import read_object
from reviews.api.serializers import ProblemSerializer, Row, TranscriptSerializer
from reviews.api.views import ApiView, documented
from reviews.ingest import upload
from reviews.ingest.upload import Beside, DocumentRefused, Outcome, Taken
from reviews.models import Transcript
from reviews.queries import feeds
from reviews.retention.erase import REASONS
from reviews.sources import recordings

OUTCOMES = ["created", "replaced", "unchanged"]
"""Choices of a field that shares its name: the settings name them for the schema."""
_DOCUMENT = "transcript"
_TEXT = {"type": "string", "maxLength": recordings.LONGEST_VALUE}
_BODY: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": [_DOCUMENT],
    "properties": {
        _DOCUMENT: {
            "oneOf": [{"type": "object", "additionalProperties": True}, {"type": "string"}],
            "description": "In any format of an import: JSON as it is, captions and text as text.",
        },
        **dict.fromkeys(recordings.NAMES, _TEXT),
    },
}
_PLACE = [
    OpenApiParameter(
        "source", str, OpenApiParameter.PATH, description="A source of files: its name."
    ),
    OpenApiParameter("external_id", str, OpenApiParameter.PATH, description="The call's id there."),
]
_REFUSALS = dict.fromkeys(
    ((status, errors.MEDIA_TYPE) for status in (400, 401, 403, 409, 410, 412, 413, 422, 500)),
    ProblemSerializer,
)


_REASON = OpenApiParameter(
    "reason",
    str,
    required=True,
    enum=list(REASONS),
    description="Why; it is kept in the audit trail.",
)
_NOT_ERASED = dict.fromkeys(
    ((status, errors.MEDIA_TYPE) for status in (400, 401, 403, 404, 409, 412, 500)),
    ProblemSerializer,
)


class PutSerializer(Row):
    outcome = serializers.ChoiceField(choices=OUTCOMES)
    left_out = serializers.ListField(child=serializers.CharField(), help_text="Fields by name.")
    transcript = TranscriptSerializer()


class CallDetail(ApiView):
    scope = Scope.TRANSCRIPTS
    scopes: ClassVar = {HTTPMethod.PUT: Scope.IMPORT, HTTPMethod.DELETE: Scope.ERASE}
    http_method_names = ["get", "head", "put", "delete"]  # noqa: RUF012 # declared so by Django

    @documented(TranscriptSerializer, _PLACE, "get_call", "The transcript of a source's call")
    def get(self, request: Request, source: str, external_id: str) -> Response:
        parameters.none(request.query_params)
        row = _find(request, source, external_id)
        if row is None:
            raise Http404
        return _with_tag(Response(TranscriptSerializer(row).data), row)

    @extend_schema(
        operation_id="put_call",
        summary="A call as it is now: made, replaced, or left where it is the same",
        parameters=[*_PLACE],
        request={"application/json": _BODY},
        responses={200: PutSerializer, 201: PutSerializer, **_REFUSALS},
    )
    def put(self, request: Request, source: str, external_id: str) -> Response:
        """201 where it was made. A new revision is evaluated anew; the same changes nothing."""
        parameters.none(request.query_params)
        upload.check_size(request._request.META.get("CONTENT_LENGTH"))
        name, document, told = _sent(request._request.read(upload.MOST_BYTES + 1))
        parameters.line("external_id", external_id)
        files = upload.source_of_files(
            tenant_id=key_of(request).tenant_id,
            name=parameters.line("source", source),
            by=key_of(request),
            now=timezone.now(),
        )
        upload.hold(files, external_id)
        before = _find(request, source, external_id)
        etags.check(request, _tag(before) if before else None)
        (taken,) = tasks.import_documents(
            upload.unpacked([(name, lambda: document)]),
            source=files,
            beside=Beside(told=recordings.told_of(told), external_id=external_id),
            by=key_of(request),
        )
        return _answer(request, taken, is_new=before is None)

    @extend_schema(
        operation_id="delete_call",
        summary="A call, and all that was said and decided of it, for good",
        parameters=[*_PLACE, _REASON],
        responses={
            204: OpenApiResponse(description="It is gone, and a call of that id is not taken in."),
            **_NOT_ERASED,
        },
    )
    def delete(self, request: Request, source: str, external_id: str) -> Response:
        """404 where it is not there, or was erased before."""
        reason = parameters.erasing(request.query_params)
        row = _find(request, source, external_id)
        if row is not None:
            upload.hold(row.source, external_id)
            row = _find(request, source, external_id)
        if row is None:
            raise Http404
        etags.check(request, _tag(row))
        tasks.erase_call(row, reason=reason, by=key_of(request))
        return Response(status=204)


def _answer(request: Request, taken: Taken, *, is_new: bool) -> Response:
    if taken.refused is not None:
        raise taken.refused
    outcome = OUTCOMES[0] if is_new else OUTCOMES[1 if taken.outcome is Outcome.ACCEPTED else 2]
    row = _rows(request).get(pk=taken.transcript_id)
    shown = {"outcome": outcome, "left_out": taken.warnings, "transcript": row}
    answer = Response(PutSerializer(shown).data, 201 if is_new else 200)
    if is_new:
        answer["Location"] = reverse("api-transcript-detail", args=[row.pk])
    return _with_tag(answer, row)


def _rows(request: Request) -> Any:
    return feeds.transcript_rows(key_of(request).tenant_id)


def _find(request: Request, source: str, external_id: str) -> Transcript | None:
    if "\0" in source + external_id:
        return None
    rows = _rows(request).filter(source__name=source, external_id=external_id)
    row: Transcript | None = rows.first()
    return row


def _tag(row: Transcript) -> str:
    return etags.tag_of(row.revision)


def _with_tag(answer: Response, row: Transcript) -> Response:
    answer["ETag"] = _tag(row)
    return answer


def _sent(body: bytes) -> tuple[str, bytes, dict[str, str]]:
    """The document with a name that tells its kind, and what is told. Raises Refused."""
    given = read_object(body, at_most=upload.MOST_BYTES)
    if given is None:
        raise _refused("a body that is no JSON object", 'Send {"transcript": …}.')
    document = given.pop(_DOCUMENT, None)
    told = recordings.check_metadata(given)
    if isinstance(document, dict):
        return "call.json", json.dumps(document).encode(), told
    if isinstance(document, str) and document.strip():
        return "call", document.encode(errors="surrogatepass"), told
    raise _refused("no “transcript”", "Send a transcript as an object or a text.")


def _refused(seen: str, remedy: str) -> DocumentRefused:
    return DocumentRefused("The call is refused", seen, remedy)
