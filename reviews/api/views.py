"""The addresses' views: the parameters, one call, the answer."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django_filters import FilterSet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from reviews.accounts.keys import AnyScope, Scope
from reviews.api import (
    columns,
    errors,
    filters,
    idempotency,
    parameters,
    serializers,
    throttling,
    zapier,
)
from reviews.api.auth import check_scope, key_of
from reviews.models import Transcript
from reviews.queries import details, feeds
from reviews.reviewing import reveal

Get = TypeVar("Get", bound=Callable[..., Response])


def documented(
    answer: Any, asked: list[OpenApiParameter], name: str, summary: str
) -> Callable[[Get], Get]:
    """What /api/schema/ says of a view's `get`."""
    refusals = dict.fromkeys(
        ((status, errors.MEDIA_TYPE) for status in (400, 401, 403, 404, 500)),
        serializers.ProblemSerializer,
    )
    return extend_schema(
        operation_id=name,
        parameters=asked,
        responses={200: answer, **refusals},
        summary=summary,
    )


LIMIT = OpenApiParameter(
    "limit", {"type": "integer", "minimum": 1, "maximum": feeds.PAGE_AT_MOST, "default": 100}
)
_FEED = [
    OpenApiParameter(
        "updated_since", OpenApiTypes.DATETIME, description="Included; with its zone."
    ),
    OpenApiParameter("cursor", str, description="As `next` has it."),
    LIMIT,
    OpenApiParameter("fields", str, description="Names of a row's fields, with commas; all."),
    zapier.ASKED,
]
MASKING = [
    OpenApiParameter(
        "unmasked", bool, description="Needs the scope read:unmasked, and `reason`; audited."
    ),
    OpenApiParameter("reason", str, enum=list(reveal.REASONS)),
]


class ApiView(APIView):
    """Reads only, under one scope; nothing is kept by caches between."""

    scope: ClassVar[AnyScope]
    http_method_names = ["get", "head"]  # noqa: RUF012 # declared so by Django
    begun: idempotency.Begun | None = None
    """A request that is to be done once, however often it is sent."""
    savepoint: str | None = None
    """Where a write began: what is refused midway leaves nothing."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.begun = idempotency.begin(request)
        if request.method not in SAFE_METHODS:
            self.savepoint = transaction.savepoint()

    def handle_exception(self, exc: Exception) -> Any:
        if self.savepoint is not None:
            transaction.savepoint_rollback(self.savepoint)
        if isinstance(exc, idempotency.Replayed):
            return idempotency.again(exc.answer)
        return super().handle_exception(exc)

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        answer: Response = super().finalize_response(request, response, *args, **kwargs)
        answer["Cache-Control"] = "no-store"
        throttling.tell(throttling.rate_of(request), answer)
        if self.begun is not None:
            idempotency.end(self.begun, answer)
        return answer


class Feed(ApiView):
    """A list in the order of change, as `find` reads it; its rows are shown as `row` says."""

    kind: ClassVar[str]
    find: ClassVar[Callable[..., feeds.Page]]
    narrowed_by: ClassVar[type[FilterSet]]
    row: ClassVar[type[serializers.Row]]
    newest: ClassVar[Callable[..., Sequence[Any]]]
    shown: ClassVar[type[serializers.Row]]
    """Of `newest`, a row."""

    def fed(self, request: Request) -> Response:
        query = request.query_params
        if zapier.is_asked(query):
            return self._polled(request)
        asked = parameters.feed(query, self.kind, filters.names(self.narrowed_by))
        narrow = filters.narrowing(self.narrowed_by, query)
        known = columns.of(self.row)
        shown = parameters.fields(query, list(known))
        chosen = [known[name] for name in known if name in shown]
        paths = [column.path for column in chosen]
        page = type(self).find(key_of(request).tenant_id, asked, paths, narrow)
        rows = columns.rows(chosen, page.rows)
        for at, (deleted_at, row_id) in page.gone:
            rows.insert(at, {"id": row_id, "is_deleted": True, "updated_at": deleted_at})
        return Response({"results": rows, "next": _next(request, page, self.kind)})

    def _polled(self, request: Request) -> Response:
        """The newest rows, for Zapier."""
        query = request.query_params
        limit = parameters.newest(query, filters.names(self.narrowed_by), zapier.AT_MOST)
        narrow = filters.narrowing(self.narrowed_by, query)
        rows = type(self).newest(key_of(request).tenant_id, limit, narrow)
        return Response(self.shown(rows, many=True).data)


class TranscriptFeed(Feed):
    scope = Scope.TRANSCRIPTS
    kind, find = "transcripts", feeds.transcripts
    narrowed_by, row = filters.TranscriptFilter, serializers.TranscriptSerializer
    newest, shown = feeds.newest_transcripts, zapier.ZapierTranscriptSerializer

    @documented(
        zapier.either("TranscriptRows", serializers.TranscriptFeedSerializer, shown),
        _FEED + filters.documented(filters.TranscriptFilter),
        "list_transcripts",
        "Transcripts as they come in",
    )
    def get(self, request: Request) -> Response:
        return self.fed(request)


class EvaluationFeed(Feed):
    scope = Scope.EVALUATIONS
    kind, find = "evaluations", feeds.evaluations
    narrowed_by, row = filters.EvaluationFilter, serializers.EvaluationSerializer
    newest, shown = feeds.newest_evaluations, zapier.ZapierEvaluationSerializer

    @documented(
        zapier.either("EvaluationRows", serializers.EvaluationFeedSerializer, shown),
        _FEED + filters.documented(filters.EvaluationFilter),
        "list_evaluations",
        "Evaluations as they are made",
    )
    def get(self, request: Request) -> Response:
        return self.fed(request)


class FindingFeed(Feed):
    scope = Scope.FINDINGS
    kind, find = "findings", feeds.findings
    narrowed_by, row = filters.FindingFilter, serializers.FindingSerializer
    newest, shown = feeds.newest_findings, zapier.ZapierFindingSerializer

    @documented(
        zapier.either("FindingRows", serializers.FindingFeedSerializer, shown),
        _FEED + filters.documented(filters.FindingFilter),
        "list_findings",
        "Findings as their standing changes",
    )
    def get(self, request: Request) -> Response:
        return self.fed(request)


class TranscriptDetail(ApiView):
    scope = Scope.TRANSCRIPTS

    @documented(
        serializers.TranscriptDetailSerializer,
        MASKING,
        "get_transcript",
        "A transcript, its words",
    )
    def get(self, request: Request, row_id: UUID) -> Response:
        asked = _masking(request)
        row = details.transcript_row(key_of(request).tenant_id, row_id)
        shown = details.transcript(row, is_revealed=_revealed(request, asked, row))
        return Response(serializers.TranscriptDetailSerializer(shown).data)


class EvaluationDetail(ApiView):
    scope = Scope.EVALUATIONS

    @documented(
        serializers.EvaluationDetailSerializer, MASKING, "get_evaluation", "Every rule's result"
    )
    def get(self, request: Request, row_id: UUID) -> Response:
        asked = _masking(request)
        row = details.evaluation_row(key_of(request).tenant_id, row_id)
        shown = details.evaluation(row, is_revealed=_revealed(request, asked, row.transcript))
        return Response(serializers.EvaluationDetailSerializer(shown).data)


class FindingDetail(ApiView):
    scope = Scope.FINDINGS

    @documented(
        serializers.FindingDetailSerializer, MASKING, "get_finding", "A finding, its evidence"
    )
    def get(self, request: Request, row_id: UUID) -> Response:
        asked = _masking(request)
        item = details.queue_item(key_of(request).tenant_id, row_id)
        shown = details.finding(item, is_revealed=_revealed(request, asked, item.transcript))
        return Response(serializers.FindingDetailSerializer(shown).data)


class Missing(ApiView):
    """Every other address under /api, by every method, with or without a key."""

    schema = None
    authentication_classes = ()
    permission_classes = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise NotFound


def _next(request: Request, page: feeds.Page, kind: str) -> str | None:
    if page.next is None:
        return None
    return next_address(request, parameters.cursor(page.next, kind))


def next_address(request: Request, cursor: str) -> str:
    """The next page's absolute address, of the same size."""
    query = request.query_params.copy()
    query.pop("updated_since", None)
    query["cursor"] = cursor
    http: HttpRequest = request._request
    return http.build_absolute_uri(f"{http.path}?{query.urlencode()}")


def _masking(request: Request) -> parameters.Masking:
    """Raises ParameterRefused, and ScopeMissing where personal data is asked for without it."""
    asked = parameters.masking(request.query_params)
    if asked.reason is not None:
        check_scope(key_of(request), Scope.UNMASKED)
    return asked


def _revealed(request: Request, asked: parameters.Masking, row: Transcript) -> bool:
    """True where personal data is shown; the audit row is committed before the first byte."""
    if asked.reason is None:
        return False
    reveal.reveal(row=row, reason=asked.reason, by=key_of(request), now=timezone.now())
    return True
