"""The audit trail, for whoever keeps a copy out of the reach of this host."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from reviews.accounts.keys import Scope
from reviews.api import parameters
from reviews.api.auth import key_of
from reviews.api.serializers import Row
from reviews.api.views import LIMIT, ApiView, documented
from reviews.models import AuditEvent
from reviews.queries import trail


class AuditSerializer(Row):
    id = serializers.UUIDField()
    sequence = serializers.IntegerField(help_text="1, 2, 3 … without a gap.")
    event = serializers.CharField()
    at = serializers.DateTimeField()
    by = serializers.UUIDField(source="by_id", allow_null=True, help_text="The person.")
    api_key = serializers.UUIDField(
        source="api_key_id", allow_null=True, help_text="The program; neither: the host itself."
    )
    target_kind = serializers.CharField()
    target = serializers.UUIDField(source="target_id")
    data = serializers.DictField(help_text="Ids, codes and numbers.")  # type: ignore[assignment] # a field of that name; its class takes it off
    previous_sha256 = serializers.SerializerMethodField()
    sha256 = serializers.SerializerMethodField(help_text="Over the one before and this row.")

    def get_previous_sha256(self, row: AuditEvent) -> str:
        return bytes(row.previous_sha256).hex()

    def get_sha256(self, row: AuditEvent) -> str:
        return bytes(row.sha256).hex()


class AuditListSerializer(Row):
    results = AuditSerializer(many=True)
    next = serializers.URLField(allow_null=True)


class AuditList(ApiView):
    scope = Scope.AUDIT

    @documented(
        AuditListSerializer,
        [
            OpenApiParameter(
                "after", OpenApiTypes.INT64, description="A sequence number; those beyond it."
            ),
            LIMIT,
        ],
        "list_audit",
        "The audit trail, the first first",
    )
    def get(self, request: Request) -> Response:
        asked = parameters.trail(request.query_params)
        found = trail.beyond(key_of(request).tenant_id, after=asked.after, limit=asked.limit + 1)
        shown: dict[str, Any] = {"results": found[: asked.limit], "next": None}
        if len(found) > asked.limit:
            query = request.query_params.copy()
            query["after"] = str(found[asked.limit - 1].sequence)
            http = request._request
            shown["next"] = http.build_absolute_uri(f"{http.path}?{query.urlencode()}")
        return Response(AuditListSerializer(shown).data)
