"""A transcript as captions: a file of text, personal data masked."""

from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from reviews.accounts.keys import Scope
from reviews.api import errors, parameters, serializers
from reviews.api.auth import key_of
from reviews.api.views import ApiView
from reviews.queries import captions, details
from reviews.queries.captions import CONTENT_TYPES, Form

_ASKED = [
    OpenApiParameter("form", str, enum=[str(form) for form in Form], description="vtt else."),
    OpenApiParameter("characters", int, description="Of a cue at most, 10 to 1000; 80 else."),
]
_REFUSED = (400, 401, 403, 404, 409, 500)


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
        tags=["v1"],
    )
    def get(self, request: Request, row_id: UUID) -> HttpResponse:
        asked = parameters.captions(request.query_params)
        row = details.transcript_row(key_of(request).tenant_id, row_id)
        text = captions.write(row, asked.form, characters=asked.characters)
        return HttpResponse(text, content_type=f"{CONTENT_TYPES[asked.form]}; charset=utf-8")
