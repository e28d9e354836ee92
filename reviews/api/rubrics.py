"""Rubrics over the API: read their versions, lint a file, put a draft in its place, publish it."""

import json
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from reviews.accounts.keys import Scope
from reviews.api import errors, parameters
from reviews.api.auth import key_of
from reviews.api.serializers import ProblemSerializer, Row
from reviews.api.views import ApiView, documented
from reviews.detection.document import RubricError
from reviews.detection.examples import red_examples
from reviews.detection.lint import lint
from reviews.detection.rubric import Rubric, parse_rubric
from reviews.models import Draft, RubricVersion
from reviews.queries import rubric_versions
from reviews.rubrics import importing
from reviews.rubrics.document import (
    MAX_BYTES,
    RubricFileRefused,
    parsed,
    parsed_json,
    text_of,
)

_JSON = "application/json"
_REFUSALS: Any = dict.fromkeys(
    ((status, errors.MEDIA_TYPE) for status in (400, 401, 403, 404, 409, 422, 500)),
    ProblemSerializer,
)
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
"""What curl -d and -F send where nothing else is said."""
_DOCUMENT = {"application/yaml": OpenApiTypes.STR, _JSON: OpenApiTypes.OBJECT}


class VersionSerializer(Row):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    sha256 = serializers.SerializerMethodField(help_text="Of the document in canonical form.")
    note = serializers.CharField(help_text="What changed, in a line.")
    effective_from = serializers.DateTimeField()
    published_at = serializers.DateTimeField()

    def get_sha256(self, row: RubricVersion) -> str:
        return bytes(row.sha256).hex()


class DraftSerializer(Row):
    revision = serializers.IntegerField(help_text="To be named where the draft is replaced.")
    changed_at = serializers.DateTimeField()


class RubricSerializer(Row):
    id = serializers.UUIDField(source="rubric.id")
    code = serializers.CharField(source="rubric.code")
    name = serializers.CharField(source="rubric.name")
    retired_at = serializers.DateTimeField(source="rubric.retired_at", allow_null=True)
    version = VersionSerializer(source="newest", allow_null=True, help_text="The newest.")
    draft = DraftSerializer(allow_null=True)


class RubricListSerializer(Row):
    results = RubricSerializer(many=True)


class RubricDetailSerializer(RubricSerializer):
    versions = VersionSerializer(many=True, help_text="The newest first.")


class VersionDetailSerializer(VersionSerializer):
    rubric = serializers.UUIDField(source="rubric_id")
    document = serializers.SerializerMethodField()

    def get_document(self, row: RubricVersion) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(row.document)
        return read


class PhraseListSerializer(Row):
    name = serializers.CharField()
    phrases = serializers.ListField(child=serializers.CharField())


class PhraseListsSerializer(Row):
    results = PhraseListSerializer(many=True)


class DocumentsSerializer(Row):
    results = serializers.ListField(
        child=serializers.DictField(), help_text="As the rubric's file has them."
    )


class NoteSerializer(Row):
    code = serializers.CharField()
    path = serializers.CharField(help_text="Such as `rules[3].check.query`.")
    seen = serializers.CharField()
    remedy = serializers.CharField()
    line = serializers.IntegerField(allow_null=True)
    column = serializers.IntegerField(allow_null=True)


class RedSerializer(Row):
    rule = serializers.CharField()
    path = serializers.CharField()
    message = serializers.CharField()


class LintSerializer(Row):
    notes = NoteSerializer(many=True, help_text="What its author may not mean.")
    red_examples = RedSerializer(many=True, help_text="They keep it from being published.")


class PutDraftSerializer(LintSerializer):
    rubric = serializers.UUIDField()
    revision = serializers.IntegerField()


class RubricList(ApiView):
    scope = Scope.RUBRICS

    @documented(RubricListSerializer, [], "list_rubrics", "Rubrics by their code")
    def get(self, request: Request) -> Response:
        parameters.none(request.query_params)
        rows = rubric_versions.listed(key_of(request).tenant_id)
        return Response(RubricListSerializer({"results": rows}).data)


class RubricDetail(ApiView):
    scope = Scope.RUBRICS

    @documented(RubricDetailSerializer, [], "get_rubric", "A rubric and all its versions")
    def get(self, request: Request, row_id: UUID) -> Response:
        parameters.none(request.query_params)
        tenant_id = key_of(request).tenant_id
        row = rubric_versions.one(tenant_id, row_id)
        if row is None:
            raise Http404
        versions = rubric_versions.versions_of(tenant_id, row_id)
        shown = {"rubric": row.rubric, "newest": row.newest, "draft": row.draft}
        return Response(RubricDetailSerializer({**shown, "versions": versions}).data)


class VersionDetail(ApiView):
    scope = Scope.RUBRICS

    @documented(VersionDetailSerializer, [], "get_rubric_version", "A version and its document")
    def get(self, request: Request, row_id: UUID) -> Response:
        parameters.none(request.query_params)
        row = rubric_versions.version(key_of(request).tenant_id, row_id)
        if row is None:
            raise Http404
        return Response(VersionDetailSerializer(row).data)


class PhraseLists(ApiView):
    scope = Scope.RUBRICS

    @documented(
        PhraseListsSerializer, [], "list_phrase_lists", "The phrase lists of a version, by name"
    )
    def get(self, request: Request, row_id: UUID) -> Response:
        lists = _document(request, row_id).get("lists", {})
        rows = [{"name": name, "phrases": phrases} for name, phrases in lists.items()]
        return Response(PhraseListsSerializer({"results": rows}).data)


class Documents(ApiView):
    scope = Scope.RUBRICS

    @documented(
        DocumentsSerializer, [], "list_documents", "The documents that a version's rules rest on"
    )
    def get(self, request: Request, row_id: UUID) -> Response:
        rows = _document(request, row_id).get("documents", [])
        return Response(DocumentsSerializer({"results": rows}).data)


class RubricLint(ApiView):
    scope = Scope.RUBRICS
    http_method_names = ["post"]  # noqa: RUF012 # declared so by Django

    @extend_schema(
        operation_id="lint_rubric",
        summary="What a rubric's file says that its author may not mean; nothing is kept",
        parameters=[],
        request=_DOCUMENT,
        responses={200: LintSerializer, **_REFUSALS},
    )
    def post(self, request: Request) -> Response:
        parameters.none(request.query_params)
        return Response(LintSerializer(_linted(_rubric(request._request))).data)


class RubricDraft(ApiView):
    scope = Scope.WRITE_RUBRICS
    http_method_names = ["post"]  # noqa: RUF012 # declared so by Django

    @extend_schema(
        operation_id="put_rubric_draft",
        summary="A rubric's file as the draft of its next version",
        parameters=[
            OpenApiParameter("code", str, required=True, description="A new one makes a rubric."),
            OpenApiParameter(
                "revision",
                {"type": "integer", "minimum": 1},
                description="Of the draft that it takes the place of; none where there is none.",
            ),
        ],
        request=_DOCUMENT,
        responses={200: PutDraftSerializer, **_REFUSALS},
    )
    def post(self, request: Request) -> Response:
        """409 where somebody else changed the draft; what is there says its revision."""
        asked = parameters.drafting(request.query_params)
        rubric = _rubric(request._request)
        draft = importing.put_draft(
            tenant_id=key_of(request).tenant_id,
            code=asked.code,
            rubric=rubric,
            seen=asked.revision,
            by=key_of(request),
            now=timezone.now(),
        )
        put = {"rubric": draft.rubric_id, "revision": draft.revision}
        return Response(PutDraftSerializer(_linted(rubric) | put).data)


class VersionList(ApiView):
    scope = Scope.WRITE_RUBRICS
    http_method_names = ["post"]  # noqa: RUF012 # declared so by Django

    @extend_schema(
        operation_id="publish_rubric",
        summary="Publish a draft: from now on it judges calls",
        parameters=[],
        request={
            _JSON: {
                "type": "object",
                "required": ["rubric", "revision", "note"],
                "properties": {
                    "rubric": {"type": "string", "format": "uuid"},
                    "revision": {"type": "integer", "description": "Of the draft that was seen."},
                    "note": {"type": "string", "description": "What changed, in a line."},
                },
            }
        },
        responses={201: VersionSerializer, **_REFUSALS},
    )
    def post(self, request: Request) -> Response:
        parameters.none(request.query_params)
        asked = parameters.publishing(parsed_json(_text(request._request)))
        version = importing.put_version(
            _draft(key_of(request).tenant_id, asked.rubric),
            note=asked.note,
            seen=asked.revision,
            by=key_of(request),
            now=timezone.now(),
        )
        location = reverse("api-rubric-version-detail", args=[version.pk])
        return Response(VersionSerializer(version).data, 201, headers={"Location": location})


def _document(request: Request, version_id: UUID) -> dict[str, Any]:
    """Of a version. Raises ParameterRefused, Http404."""
    parameters.none(request.query_params)
    row = rubric_versions.version(key_of(request).tenant_id, version_id)
    if row is None:
        raise Http404
    read: dict[str, Any] = json.loads(row.document)
    return read


def _draft(tenant_id: UUID, rubric_id: UUID) -> Draft:
    """Raises Http404, for another tenant's too."""
    row = rubric_versions.one(tenant_id, rubric_id)
    if row is None or row.draft is None:
        raise Http404
    return row.draft


def _linted(rubric: Rubric) -> dict[str, Any]:
    return {"notes": lint(rubric), "red_examples": red_examples(rubric)}


def _rubric(request: HttpRequest) -> Rubric:
    """The body as YAML, or as JSON where that is its type. Raises RubricFileRefused."""
    read = parsed_json if request.content_type == _JSON else parsed
    try:
        return parse_rubric(read(_text(request)))
    except RubricError as error:
        what, remedy = "The rubric is refused", "Mend it there; nothing was changed."
        raise RubricFileRefused(what, str(error), remedy) from None


def _text(request: HttpRequest) -> str:
    """Raises RubricFileRefused."""
    if request.content_type in _FORMS:
        remedy = "Send the file itself as the body, with Content-Type: application/yaml."
        raise RubricFileRefused("The body is refused", "a form", remedy)
    return text_of(request.read(MAX_BYTES + 1))
