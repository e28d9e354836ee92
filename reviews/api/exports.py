"""Whole tables for a warehouse, streamed; and what their columns are."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from reviews.accounts.keys import Scope
from reviews.api import errors, parameters
from reviews.api.auth import check_scope, key_of
from reviews.api.serializers import ProblemSerializer, Row
from reviews.api.views import MASKING, ApiView, documented
from reviews.export import forms, reading, tables
from reviews.export.forms import Form
from reviews.export.reading import Window
from reviews.export.tables import TABLES, Table
from reviews.queries import feeds
from reviews.reviewing import reveal

UNTIL = "Verbatim-Until"
TYPES = [each.value for each in tables.Type]
FORMS = [each.value for each in Form]
"""Choices of fields that share a name: the settings name them for the schema."""
_NAME = OpenApiParameter("table", str, OpenApiParameter.PATH, enum=list(TABLES))
_ASKED = [
    _NAME,
    OpenApiParameter("format", str, enum=FORMS, default=Form.NDJSON.value),
    OpenApiParameter(
        "updated_since",
        OpenApiTypes.DATETIME,
        description=f"Included; with its zone: the header {UNTIL} of the last answer.",
    ),
    *MASKING,
]
_REFUSALS: dict[Any, Any] = dict.fromkeys(
    ((status, errors.MEDIA_TYPE) for status in (400, 401, 403, 404, 500, 501)), ProblemSerializer
)
_FILE = OpenApiResponse(
    OpenApiTypes.BINARY,
    description=f"The rows. The header {UNTIL} says up to when they are whole. A stream that ends "
    "early is cut off, not closed: ask again.",
)


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
        tags=["v1"],
        parameters=_ASKED,
        responses={
            **{(200, media.partition(";")[0]): _FILE for media in forms.MEDIA_TYPES.values()},
            **_REFUSALS,
        },
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
        found = (each.rows for each in reading.batches(key.tenant_id, wanted, columns, window))
        headers = {
            UNTIL: window.until.isoformat().replace("+00:00", "Z"),
            "Content-Disposition": f'attachment; filename="{table}.{asked.form}"',
            "Content-Type": forms.MEDIA_TYPES[asked.form],
        }
        if request.method == "HEAD":
            return HttpResponse(headers=headers)
        return StreamingHttpResponse(forms.written(asked.form, columns, found), headers=headers)


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
