"""Import over the API: one file as the body, or several in a form; what became of each document."""

from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import Any, cast

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from reviews import tasks
from reviews.accounts.keys import Scope
from reviews.api import errors, parameters, serializers
from reviews.api.auth import key_of
from reviews.api.views import ApiView
from reviews.errors import Refused
from reviews.ingest import upload
from reviews.ingest.quota import QuotaReached
from reviews.ingest.upload import Beside, DocumentRefused, Outcome, Taken
from reviews.sources.files import sheet

METADATA = "metadata"
FORM = "multipart/form-data"
_BINARY = {"type": "string", "format": "binary"}
_REFUSALS: Mapping[Any, Any] = dict.fromkeys(
    ((status, errors.MEDIA_TYPE) for status in (400, 401, 403, 413, 422, 429, 500)),
    serializers.ProblemSerializer,
)


class ImportView(ApiView):
    """Writes, under a scope of its own."""

    scope = Scope.IMPORT
    http_method_names = ["post"]  # noqa: RUF012 # declared so by Django

    @extend_schema(
        operation_id="import_transcripts",
        summary="Transcripts from files",
        parameters=[
            OpenApiParameter("name", str, description="The file's, where the body is one file."),
            OpenApiParameter("source", str, description="Under which source of files; Files."),
            OpenApiParameter("agent", str, description="The agent's speaker label or channel."),
            OpenApiParameter("customer", str, description="The customer's."),
        ],
        request={
            FORM: {
                "type": "object",
                "properties": {
                    "files": {"type": "array", "items": _BINARY},
                    METADATA: {**_BINARY, "description": "A CSV table."},
                },
            },
            "application/json": OpenApiTypes.OBJECT,
            "application/octet-stream": OpenApiTypes.BINARY,
        },
        responses={200: serializers.ImportSerializer, **_REFUSALS},
    )
    def post(self, request: Request) -> Response:
        """200 where any document was accepted or is here already; else a problem with results."""
        asked = parameters.importing(request.query_params)
        files, told = _sent(request._request, asked.name)
        source = upload.source_of_files(
            tenant_id=key_of(request).tenant_id,
            name=asked.source,
            by=key_of(request),
            now=timezone.now(),
        )
        documents = tasks.import_documents(
            upload.unpacked(files),
            source=source,
            beside=Beside(told, asked.agent, asked.customer),
            by=key_of(request),
        )
        return _answer(list(documents), told)


def _answer(taken: list[Taken], told: sheet.Sheet) -> Response:
    counts = Counter(each.outcome for each in taken)
    shown: dict[str, Any] = {outcome.value: counts[outcome] for outcome in Outcome}
    shown |= {"results": taken, "unknown_columns": told.unknown, "refused_rows": told.refused}
    shown["unused_rows"] = told.unused(each.row for each in taken)
    answer = dict(serializers.ImportSerializer(shown).data)
    if counts[Outcome.ACCEPTED] or counts[Outcome.HERE]:
        return Response(answer)
    problem = errors.problem_of(_why(taken))
    return Response(problem | answer, problem["status"], content_type=errors.MEDIA_TYPE)


def _why(taken: list[Taken]) -> Refused:
    """Of an import that nothing was taken in of: the quota, where that alone is the reason."""
    reasons = [each.refused for each in taken]
    if reasons and all(isinstance(each, QuotaReached) for each in reasons):
        return cast("Refused", reasons[0])
    return DocumentRefused(
        "The import is refused", "no document that can be taken in", "Read each one's `reason`."
    )


def _sent(request: HttpRequest, name: str) -> tuple[list[upload.Sent], sheet.Sheet]:
    """The files, and the table beside them. Raises Refused."""
    upload.check_size(request.META.get("CONTENT_LENGTH"))
    if request.content_type != FORM:
        return [(name, partial(request.read, upload.MOST_BYTES))], sheet.Sheet()
    try:
        sent = request.FILES.lists()
        files = [each for field, several in sent if field != METADATA for each in several]
        table = request.FILES.get(METADATA)
    except (MultiPartParserError, SuspiciousOperation, UnreadablePostError):
        raise _unreadable("a form that cannot be read") from None
    if not files:
        raise _unreadable("a form without a file")
    told = sheet.read(table.read()) if table else sheet.Sheet()
    return [(str(each.name), each.read) for each in files], told


def _unreadable(seen: str) -> DocumentRefused:
    return DocumentRefused(
        "The import is refused", seen, "Send files as multipart/form-data, or one as the body."
    )
