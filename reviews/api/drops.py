"""Drops over the API: made, run now, looked at, deleted."""

from http import HTTPMethod
from typing import Any, ClassVar, NoReturn
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from reviews import access
from reviews.accounts.keys import Scope
from reviews.api import bodies, errors, parameters
from reviews.api.auth import key_of
from reviews.api.serializers import ProblemSerializer, Row
from reviews.api.views import ApiView, documented
from reviews.export import drops
from reviews.export.drops import DropRefused
from reviews.export.tables import TABLES
from reviews.models import Drop, DropForm, DropTarget
from reviews.policies import NotPossible
from reviews.queries import drops as shown

FORMS = [each.value for each in DropForm]
TARGETS = [each.value for each in DropTarget]
"""Choices of fields that share a name: the settings name them for the schema."""
LONGEST_JSON = 10_000
_TEXT = {"type": "string"}
_OF_BUCKET = ("endpoint", "bucket", "prefix", "region", "access_key_id", "secret")
_TEXTS = ("name", "format", "target", "folder", *_OF_BUCKET)
_TABLES = {"type": "array", "items": {"type": "string", "enum": list(TABLES)}}
_RUBRICS = {
    "type": "array",
    "maxItems": drops.RUBRICS_AT_MOST,
    "items": {"type": "string", "format": "uuid"},
    "description": "Those whose wide tables are put, too; with one of them `tables` may be empty.",
}
_BODY: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "tables", "format", "every_hours", "target"],
    "properties": {
        "name": {"type": "string", "maxLength": drops.NAME_AT_MOST},
        "tables": _TABLES,
        "rubrics": _RUBRICS,
        "format": {"type": "string", "enum": FORMS},
        "every_hours": {"type": "integer", "minimum": 1, "maximum": drops.HOURS_AT_MOST},
        "target": {"type": "string", "enum": TARGETS},
        "folder": {**_TEXT, "description": "Of a folder: one name under the tenant's own."},
        **{name: {**_TEXT, "description": "Of a bucket."} for name in _OF_BUCKET},
    },
}
_REFUSALS: dict[Any, Any] = dict.fromkeys(
    ((status, errors.MEDIA_TYPE) for status in (400, 401, 403, 404, 409, 422, 500, 501)),
    ProblemSerializer,
)


class DropRunSerializer(Row):
    since = serializers.DateTimeField(allow_null=True, help_text="Included; null: all before.")
    until = serializers.DateTimeField(help_text="Not included.")
    rows = serializers.IntegerField()
    files = serializers.SerializerMethodField()
    code = serializers.CharField(help_text="Why the last try failed; it is tried again.")
    began_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True, help_text="Null: no manifest yet.")

    def get_files(self, row: Any) -> int:
        return len(row.files)


class DropSerializer(Row):
    id = serializers.UUIDField()
    name = serializers.CharField()
    tables = serializers.ListField(child=serializers.ChoiceField(choices=list(TABLES)))
    rubrics = serializers.ListField(child=serializers.UUIDField())
    format = serializers.ChoiceField(choices=FORMS, source="form")
    every_hours = serializers.IntegerField()
    target = serializers.ChoiceField(choices=TARGETS)
    folder = serializers.CharField()
    endpoint = serializers.CharField()
    bucket = serializers.CharField()
    prefix = serializers.CharField()
    region = serializers.CharField()
    access_key_id = serializers.CharField()
    is_on = serializers.BooleanField()
    since = serializers.DateTimeField(allow_null=True, help_text="Up to then all has gone.")
    next_at = serializers.DateTimeField()


class DropListSerializer(Row):
    results = DropSerializer(many=True)


class DropDetailSerializer(DropSerializer):
    runs = DropRunSerializer(many=True, help_text="The newest first.")


class DropList(ApiView):
    scope = Scope.DROPS
    scopes: ClassVar = {HTTPMethod.POST: Scope.WRITE_DROPS}
    http_method_names = ["get", "head", "post"]  # noqa: RUF012 # declared so by Django

    @documented(DropListSerializer, [], "list_drops", "Drops for a warehouse")
    def get(self, request: Request) -> Response:
        parameters.none(request.query_params)
        rows = access.scoped_to(Drop, key_of(request).tenant_id).order_by("name")
        return Response(DropListSerializer({"results": list(rows)}).data)

    @extend_schema(
        operation_id="make_drop",
        summary="Have tables put as files every few hours",
        parameters=[],
        request={"application/json": _BODY},
        responses={201: DropSerializer, **_REFUSALS},
    )
    def post(self, request: Request) -> Response:
        """201; its first run begins at once."""
        parameters.none(request.query_params)
        key = key_of(request)
        wanted = _wanted(request._request)
        row = drops.create(tenant_id=key.tenant_id, wanted=wanted, by=key, now=timezone.now())
        return Response(DropSerializer(row).data, 201)


class DropDetail(ApiView):
    scope = Scope.DROPS
    scopes: ClassVar = {HTTPMethod.DELETE: Scope.WRITE_DROPS}
    http_method_names = ["get", "head", "delete"]  # noqa: RUF012 # declared so by Django

    @documented(DropDetailSerializer, [], "get_drop", "A drop, and what became of its runs")
    def get(self, request: Request, row_id: UUID) -> Response:
        parameters.none(request.query_params)
        row = _drop(request, row_id)
        data = DropSerializer(row).data
        return Response({**data, "runs": DropRunSerializer(shown.runs(row), many=True).data})

    @extend_schema(
        operation_id="delete_drop",
        summary="End it; its files stay",
        parameters=[],
        request=None,
        responses={204: None, **_REFUSALS},
    )
    def delete(self, request: Request, row_id: UUID) -> Response:
        """204; 409 where a person made it, who alone may end it."""
        parameters.none(request.query_params)
        row = _drop(request, row_id)
        if row.created_by_id is not None:
            raise NotPossible(
                "Ending the drop is refused", "one that a person made", "Delete it on its page."
            )
        drops.delete(row, by=key_of(request), now=timezone.now())
        return Response(status=204)


class DropRuns(ApiView):
    scope = Scope.WRITE_DROPS
    http_method_names = ["post"]  # noqa: RUF012 # declared so by Django

    @extend_schema(
        operation_id="run_drop",
        summary="Run it now",
        parameters=[],
        request=None,
        responses={202: DropSerializer, **_REFUSALS},
    )
    def post(self, request: Request, row_id: UUID) -> Response:
        """202; its runs say what becomes of it."""
        parameters.none(request.query_params)
        row = _drop(request, row_id)
        drops.run_now(row, by=key_of(request), now=timezone.now())
        row.refresh_from_db()
        return Response(DropSerializer(row).data, 202)


def _drop(request: Request, row_id: UUID) -> Drop:
    row = access.scoped_to(Drop, key_of(request).tenant_id).filter(pk=row_id).first()
    if row is None:
        raise Http404
    return row


def _wanted(request: HttpRequest) -> drops.Wanted:
    """Raises DropRefused, which names the field."""
    names = (*_TEXTS, "tables", "rubrics", "every_hours")
    given = bodies.read_named(request, names, longest=LONGEST_JSON, refuse=DropRefused)
    texts = {name: _text(name, given.get(name, "")) for name in _TEXTS}
    tables, hours = given.get("tables"), given.get("every_hours")
    if not isinstance(tables, list) or not all(isinstance(each, str) for each in tables):
        raise DropRefused("tables", "no list of names", f"Choose from {', '.join(TABLES)}.")
    if type(hours) is not int:
        raise DropRefused("every_hours", "no whole number", f"Give 1 to {drops.HOURS_AT_MOST}.")
    form = texts.pop("format")
    rubrics = _ids(given.get("rubrics", []))
    return drops.Wanted(tables=tables, rubrics=rubrics, every_hours=hours, form=form, **texts)


def _ids(value: object) -> list[UUID]:
    try:
        return [UUID(each) for each in value] if isinstance(value, list) else _no_ids()
    except (ValueError, AttributeError, TypeError):
        return _no_ids()


def _no_ids() -> NoReturn:
    raise DropRefused("rubrics", "no list of ids", "Give ids of GET /api/v1/rubrics.")


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or not value.isprintable():
        raise DropRefused(name, "no plain text", "Send one line, or leave it out.")
    return value
