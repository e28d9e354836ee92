"""Tenants over the API, for who runs the installation: made, configured, suspended, deleted."""

from http import HTTPMethod
from typing import Any, ClassVar

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from reviews.accounts.keys import PlatformScope
from reviews.api import errors, parameters
from reviews.api.auth import key_of
from reviews.api.serializers import ProblemSerializer, Row
from reviews.api.views import LIMIT, ApiView, documented, next_address
from reviews.models import Job, MemberRole, Tenant
from reviews.platform import tenants, written
from reviews.platform.written import QUOTAS, SETTINGS

TENANT_STATES = ["open", "suspended", "deleting"]
"""Choices of a field: the settings name them for the schema."""
FEED = "tenants"
ROLES = [each.value for each in MemberRole]
_COUNT = {"type": "integer", "nullable": True, "minimum": 0}
_QUOTAS = {name: {**_COUNT, "maximum": most} for name, most in QUOTAS.items()}
_SETTINGS: dict[str, Any] = {
    "needs_factor": {"type": "boolean"},
    "second_person": {"type": "boolean"},
    "idle_minutes": {"type": "integer", "nullable": True, "minimum": 5, "maximum": 720},
    "colour": {"type": "string", "description": "As #rrggbb; empty: none."},
}
_MEMBER = {
    "type": "object",
    "additionalProperties": False,
    "required": ["email"],
    "properties": {
        "email": {"type": "string", "format": "email"},
        "name": {"type": "string"},
        "role": {"type": "string", "enum": ROLES},
    },
}
_BODY: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "slug": {"type": "string", "maxLength": 63, "description": "Required of a new one."},
        "name": {"type": "string", "maxLength": written.NAME_AT_MOST},
        "template": {"type": "string", "description": "Applied once, when it is made."},
        "suspended": {"type": "boolean"},
        "settings": {"type": "object", "additionalProperties": False, "properties": _SETTINGS},
        "quotas": {"type": "object", "additionalProperties": False, "properties": _QUOTAS},
        "members": {"type": "array", "maxItems": written.PEOPLE_AT_MOST, "items": _MEMBER},
    },
}
_REFUSALS = dict.fromkeys(
    ((status, errors.MEDIA_TYPE) for status in (400, 401, 403, 404, 409, 422, 500)),
    ProblemSerializer,
)
_EXTERNAL_ID = OpenApiParameter(
    "external_id",
    {"type": "string", "pattern": f"^{tenants.EXTERNAL_ID.pattern}$"},
    OpenApiParameter.PATH,
    description="The platform's own name of the tenant.",
)


class SettingsSerializer(Row):
    needs_factor = serializers.BooleanField()
    second_person = serializers.BooleanField()
    idle_minutes = serializers.IntegerField(allow_null=True)
    colour = serializers.CharField()


class QuotasSerializer(Row):
    calls_per_day = serializers.IntegerField(allow_null=True)
    minutes_per_day = serializers.IntegerField(allow_null=True)
    stored_bytes = serializers.IntegerField(allow_null=True)


class DeletionSerializer(Row):
    done = serializers.IntegerField(help_text="Rows that are gone.")
    total = serializers.IntegerField(allow_null=True)
    error = serializers.CharField(help_text="Why the last try failed; empty: it did not.")


class TenantSerializer(Row):
    external_id = serializers.CharField(allow_null=True, help_text="Null: not made over the API.")
    id = serializers.UUIDField()
    slug = serializers.CharField()
    name = serializers.CharField()
    template = serializers.CharField()
    state = serializers.ChoiceField(choices=TENANT_STATES)
    settings = SettingsSerializer()
    quotas = QuotasSerializer()
    created_at = serializers.DateTimeField()
    deletion = DeletionSerializer(allow_null=True)


class TenantListSerializer(Row):
    results = TenantSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="The next page's address.")


class MadeKeySerializer(Row):
    name = serializers.CharField()
    token = serializers.CharField(help_text="`vb_live_…`; it is shown this once.")
    expires_at = serializers.DateTimeField()


class InvitationSerializer(Row):
    email = serializers.CharField()
    role = serializers.CharField()
    link = serializers.CharField(help_text="It is shown this once.")


class PutTenantSerializer(TenantSerializer):
    keys = MadeKeySerializer(many=True, help_text="Of the template; as the tenant is made, once.")
    invitations = InvitationSerializer(many=True)


class TenantList(ApiView):
    scope = PlatformScope.READ

    @documented(
        TenantListSerializer,
        [OpenApiParameter("cursor", str, description="As `next` has it."), LIMIT],
        "list_tenants",
        "Tenants, the oldest first",
    )
    def get(self, request: Request) -> Response:
        asked = parameters.paged(request.query_params, FEED)
        rows, following = _page(request, asked)
        jobs = tenants.progress(rows)
        shown = [_shown(row, jobs.get(row.pk)) for row in rows]
        return Response(TenantListSerializer({"results": shown, "next": following}).data)


class TenantDetail(ApiView):
    scope = PlatformScope.READ
    scopes: ClassVar = {
        HTTPMethod.PUT: PlatformScope.WRITE,
        HTTPMethod.DELETE: PlatformScope.WRITE,
    }
    http_method_names = ["get", "head", "put", "delete"]  # noqa: RUF012 # declared so by Django

    @documented(TenantSerializer, [_EXTERNAL_ID], "get_tenant", "A tenant, and its deletion")
    def get(self, request: Request, external_id: str) -> Response:
        parameters.none(request.query_params)
        return _answer(tenants.find(external_id), 200)

    @extend_schema(
        operation_id="put_tenant",
        summary="A tenant is made, or configured",
        parameters=[_EXTERNAL_ID],
        request={"application/json": _BODY},
        responses={200: PutTenantSerializer, 201: PutTenantSerializer, **_REFUSALS},
    )
    def put(self, request: Request, external_id: str) -> Response:
        """201 with keys and links, which are shown this once; 200 where it was there."""
        parameters.none(request.query_params)
        made = tenants.put(
            external_id=external_id,
            wanted=written.wanted(request._request.read(written.LONGEST + 1)),
            by=key_of(request),
            now=timezone.now(),
        )
        shown = _shown(made.tenant, None)
        shown["keys"] = [
            {"name": each.row.name, "token": each.token, "expires_at": each.row.expires_at}
            for each in made.keys
        ]
        shown["invitations"] = [_invitation(request, each) for each in made.invitations]
        return Response(PutTenantSerializer(shown).data, 201 if made.is_new else 200)

    @extend_schema(
        operation_id="delete_tenant",
        summary="Delete a tenant and all that it has",
        parameters=[_EXTERNAL_ID],
        request=None,
        responses={202: TenantSerializer, **_REFUSALS},
    )
    def delete(self, request: Request, external_id: str) -> Response:
        """202 until all of it is gone, then 404."""
        parameters.none(request.query_params)
        now, by = timezone.now(), key_of(request)
        return _answer(tenants.erase(external_id=external_id, by=by, now=now), 202)


class UsageSerializer(Row):
    external_id = serializers.CharField(allow_null=True)
    slug = serializers.CharField()
    day = serializers.DateField(help_text="UTC.")
    calls = serializers.IntegerField(help_text="That came in on that day and are here.")
    minutes = serializers.FloatField(help_text="Of these calls.")
    findings = serializers.IntegerField(help_text="That stand in them.")
    bytes = serializers.IntegerField(help_text="Their stored payloads and recordings.")


class UsageListSerializer(Row):
    results = UsageSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="The next page's address.")


class UsageList(ApiView):
    scope = PlatformScope.READ

    @documented(
        UsageListSerializer,
        [
            OpenApiParameter("from", OpenApiTypes.DATE, required=True),
            OpenApiParameter("to", OpenApiTypes.DATE, required=True, description="Included."),
            OpenApiParameter("cursor", str, description="As `next` has it."),
            LIMIT,
        ],
        "list_usage",
        "What each tenant has of each day; `limit` counts tenants",
    )
    def get(self, request: Request) -> Response:
        asked = parameters.days(request.query_params, FEED)
        rows, following = _page(request, asked.paged)
        shown = [
            {
                "external_id": row.external_id,
                "slug": row.slug,
                "day": day,
                "calls": used.calls,
                "minutes": round(used.ms / 60_000, 2),
                "findings": used.findings,
                "bytes": used.bytes,
            }
            for row, day, used in tenants.used(rows, asked.days)
        ]
        return Response(UsageListSerializer({"results": shown, "next": following}).data)


def _page(request: Request, asked: parameters.Paged) -> tuple[list[Tenant], str | None]:
    """Tenants, and the next page's address."""
    rows = tenants.page(after=asked.after, limit=asked.limit)
    shown = rows[: asked.limit]
    if len(rows) == len(shown):
        return shown, None
    last = (shown[-1].created_at, shown[-1].pk)
    return shown, next_address(request, parameters.cursor(last, FEED))


def _answer(row: Tenant | None, status: int) -> Response:
    if row is None:
        raise Http404
    return Response(TenantSerializer(_shown(row, tenants.progress([row]).get(row.pk))).data, status)


def _shown(row: Tenant, job: Job | None) -> dict[str, Any]:
    return {
        "external_id": row.external_id,
        "id": row.pk,
        "slug": row.slug,
        "name": row.name,
        "template": row.template,
        "state": _state(row),
        "settings": {name: getattr(row, name) for name in SETTINGS},
        "quotas": {name: getattr(row, name) for name in QUOTAS},
        "created_at": row.created_at,
        "deletion": None
        if job is None
        else {"done": job.done_count, "total": job.total_count, "error": job.last_error_code},
    }


def _state(row: Tenant) -> str:
    if row.erased_at is not None:
        return "deleting"
    return "suspended" if row.suspended_at is not None else "open"


def _invitation(request: Request, made: tenants.Invitation) -> dict[str, Any]:
    names = (made.member.tenant_id, made.member.pk, made.secret)
    link = request._request.build_absolute_uri(reverse("welcome", args=names))
    return {"email": made.member.user.email, "role": made.member.role, "link": link}
