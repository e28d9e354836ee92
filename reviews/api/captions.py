"""A transcript as captions, sentences or paragraphs; personal data masked."""

from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers as fields
from rest_framework.request import Request
from rest_framework.response import Response

from reviews.accounts.keys import Scope
from reviews.api import errors, parameters, serializers
from reviews.api.auth import key_of
from reviews.api.serializers import Row
from reviews.api.views import ApiView, documented
from reviews.detection.passages import By
from reviews.queries import captions, details
from reviews.queries.captions import CONTENT_TYPES, Form

_ASKED = [
    OpenApiParameter("form", str, enum=[str(form) for form in Form], description="vtt else."),
    OpenApiParameter("characters", int, description="Of a cue at most, 10 to 1000; 80 else."),
]
_REFUSED = (400, 401, 403, 404, 409, 500)


class PassageSerializer(Row):
    voice = fields.CharField(help_text="Who says it; empty where that is not known.")
    text = fields.CharField()
    start_ms = fields.IntegerField(allow_null=True)
    end_ms = fields.IntegerField(allow_null=True)
    words = fields.IntegerField()


class PassagesSerializer(Row):
    results = PassageSerializer(many=True)


class TranscriptPassages(ApiView):
    scope = Scope.TRANSCRIPTS

    @documented(
        PassagesSerializer,
        [OpenApiParameter("by", str, enum=[str(by) for by in By], description="sentence else.")],
        "list_passages",
        "A transcript as sentences or paragraphs",
    )
    def get(self, request: Request, row_id: UUID) -> Response:
        by = parameters.passages(request.query_params)
        row = details.transcript_row(key_of(request).tenant_id, row_id)
        return Response(PassagesSerializer({"results": captions.passages(row, by)}).data)


class TranscriptCaptions(ApiView):
    scope = Scope.TRANSCRIPTS

    @extend_schema(
        operation_id="get_captions",
        parameters=_ASKED,
        responses={
            (200, "text/vtt"): OpenApiTypes.STR,
            (200, "application/x-subrip"): OpenApiTypes.STR,
            **{(status, errors.MEDIA_TYPE): serializers.ProblemSerializer for status in _REFUSED},
        },
        summary="A transcript as captions",
    )
    def get(self, request: Request, row_id: UUID) -> HttpResponse:
        asked = parameters.captions(request.query_params)
        row = details.transcript_row(key_of(request).tenant_id, row_id)
        text = captions.write(row, asked.form, characters=asked.characters)
        return HttpResponse(text, content_type=f"{CONTENT_TYPES[asked.form]}; charset=utf-8")
