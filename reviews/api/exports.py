"""Whole tables for a warehouse, streamed; and what their columns are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from reviews import access
from reviews.accounts.keys import Scope
from reviews.api import errors, parameters
from reviews.api.auth import check_scope, key_of
from reviews.api.serializers import ProblemSerializer, Row
from reviews.api.views import MASKING, ApiView, documented
from reviews.detection.rubric import Rubric
from reviews.export import forms, reading, tables, wide
from reviews.export.forms import Form
from reviews.export.reading import Batch, Window
from reviews.export.tables import TABLES, Column, Table
from reviews.models import RubricVersion
from reviews.queries import feeds, rubrics
from reviews.reviewing import reveal

UNTIL = "Verbatim-Until"
TYPES = [each.value for each in tables.Type]
FORMS = [each.value for each in Form]
"""Choices of fields that share a name: the settings name them for the schema."""
_NAME = OpenApiParameter("table", str, OpenApiParameter.PATH, enum=list(TABLES))
_WINDOW = [
    OpenApiParameter("format", str, enum=FORMS, default=Form.NDJSON.value),
    OpenApiParameter(
        "updated_since",
        OpenApiTypes.DATETIME,
        description=f"Included; with its zone: the header {UNTIL} of the last answer.",
    ),
]
_REFUSALS: dict[Any, Any] = dict.fromkeys(
    ((status, errors.MEDIA_TYPE) for status in (400, 401, 403, 404, 500, 501)), ProblemSerializer
)
_FILE = OpenApiResponse(
    OpenApiTypes.BINARY,
    description=f"The rows. The header {UNTIL} says up to when they are whole. A stream that ends "
    "early is cut off, not closed: ask again.",
)
_ANSWERS: dict[Any, Any] = {
    **{(200, media.partition(";")[0]): _FILE for media in forms.MEDIA_TYPES.values()},
    **_REFUSALS,
}


class ColumnSerializer(Row):
    name = serializers.CharField()
    type = serializers.ChoiceField(choices=TYPES)
    is_nullable = serializers.BooleanField()
    is_personal = serializers.BooleanField(help_text="Left out without `unmasked`.")
    meaning = serializers.CharField()


class TableSerializer(Row):
    name = serializers.CharField()
    grain = serializers.CharField()
    primary_key = serializers.CharField()
    has_view = serializers.BooleanField(help_text="Whether the schema `bi` has it, too.")
    columns = ColumnSerializer(many=True)


class TypedSerializer(Row):
    name = serializers.CharField()
    type = serializers.ChoiceField(choices=TYPES)


class WideChangeSerializer(Row):
    version = serializers.IntegerField(help_text="Of the rubric.")
    added = TypedSerializer(many=True)
    removed = TypedSerializer(many=True)


class WideTableSerializer(TableSerializer):
    history = WideChangeSerializer(many=True, help_text="Versions that changed the columns.")


class ChangeSerializer(Row):
    version = serializers.IntegerField()
    change = serializers.CharField()


class SchemaSerializer(Row):
    version = serializers.IntegerField(help_text="As manifests name it.")
    changes = ChangeSerializer(many=True)
    tables = TableSerializer(many=True)


class ExportSchema(ApiView):
    scope = Scope.EXPORTS

    @documented(SchemaSerializer, [], "get_export_schema", "Every table's columns")
    def get(self, request: Request) -> Response:
        parameters.none(request.query_params)
        shown = {
            "version": tables.VERSION,
            "changes": [
                {"version": version, "change": change} for version, change in tables.CHANGES.items()
            ],
            "tables": [_shown(each) for each in TABLES.values()],
        }
        return Response(SchemaSerializer(shown).data)


class TableSchema(ApiView):
    scope = Scope.EXPORTS

    @documented(TableSerializer, [_NAME], "get_export_table_schema", "A table's columns")
    def get(self, request: Request, table: str) -> Response:
        parameters.none(request.query_params)
        return Response(TableSerializer(_shown(_table(table))).data)


class Export(ApiView):
    scope = Scope.EXPORTS

    @extend_schema(
        operation_id="export_table",
        summary="A table whole, or what changed in it",
        parameters=[_NAME, *_WINDOW, *MASKING],
        responses=_ANSWERS,
    )
    def get(self, request: Request, table: str) -> HttpResponseBase:
        """Streamed: whatever is to be written or refused is, before the first byte."""
        asked, key = parameters.exporting(request.query_params), key_of(request)
        wanted = _table(table)
        forms.check(asked.form)
        is_unmasked = asked.reason is not None
        if asked.reason is not None:
            check_scope(key, Scope.UNMASKED)
            reveal.reveal_table(table=table, reason=asked.reason, by=key, now=timezone.now())
        window = Window(asked.since, feeds.settled())
        columns = wanted.shown(is_unmasked=is_unmasked)
        found = reading.batches(key.tenant_id, wanted, columns, window)
        return _streamed(request, _File(table, asked.form, columns, window, found))


class RubricColumns(ApiView):
    scope = Scope.EXPORTS

    @documented(
        WideTableSerializer, [], "get_rubric_columns", "The columns of a rubric's wide table"
    )
    def get(self, request: Request, row_id: UUID) -> Response:
        """Those of its newest version."""
        parameters.none(request.query_params)
        shown = _shown(wide.table_of(wide.named(_newest(request, row_id))))
        tenant_id = key_of(request).tenant_id
        versions = rubrics.parsed_before(tenant_id, row_id, timezone.now())
        shown["history"] = wide.history(versions)
        return Response(WideTableSerializer(shown).data)


class RubricTable(ApiView):
    scope = Scope.EXPORTS

    @extend_schema(
        operation_id="export_rubric_table",
        summary="A rubric's wide table whole, or what changed in it",
        parameters=_WINDOW,
        responses=_ANSWERS,
    )
    def get(self, request: Request, row_id: UUID) -> HttpResponseBase:
        asked, key = parameters.exporting_wide(request.query_params), key_of(request)
        outputs = wide.named(_newest(request, row_id))
        forms.check(asked.form)
        window = Window(asked.since, feeds.settled())
        found = reading.wide(key.tenant_id, row_id, outputs, window)
        columns = wide.table_of(outputs).columns
        return _streamed(request, _File(wide.NAME, asked.form, columns, window, found))


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    form: Form
    columns: Sequence[Column]
    window: Window
    batches: Iterator[Batch]


def _streamed(request: Request, file: _File) -> HttpResponseBase:
    headers = {
        UNTIL: file.window.until.isoformat().replace("+00:00", "Z"),
        "Content-Disposition": f'attachment; filename="{file.name}.{file.form}"',
        "Content-Type": forms.MEDIA_TYPES[file.form],
    }
    if request.method == "HEAD":
        return HttpResponse(headers=headers)
    rows = (each.rows for each in file.batches)
    return StreamingHttpResponse(forms.written(file.form, file.columns, rows), headers=headers)


def _newest(request: Request, rubric_id: UUID) -> Rubric:
    """Raises Http404, also where no version was published yet."""
    rows = access.scoped_to(RubricVersion, key_of(request).tenant_id)
    version = rows.filter(rubric=rubric_id).order_by("-number").first()
    if version is None:
        raise Http404
    return rubrics.rubric_of(version.tenant_id, version.pk)


def _table(name: str) -> Table:
    if name not in TABLES:
        raise Http404
    return TABLES[name]


def _shown(table: Table) -> dict[str, Any]:
    return {
        "name": table.name,
        "grain": table.grain,
        "primary_key": "id",
        "has_view": table.has_view,
        "columns": table.columns,
    }
