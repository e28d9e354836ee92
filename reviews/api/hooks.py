"""Webhooks over the API, for programs that subscribe and end it, as Zapier and Make do."""

from collections.abc import Collection
from datetime import timedelta
from http import HTTPMethod
from typing import Any, ClassVar
from urllib.parse import urlsplit
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from reviews import access, audit, outbox
from reviews.accounts.keys import Scope
from reviews.api import errors, etags, parameters
from reviews.api.auth import key_of
from reviews.api.bodies import read_object
from reviews.api.serializers import ProblemSerializer, Row
from reviews.api.views import ApiView, documented
from reviews.detection.rubric import Severity
from reviews.export import hooks
from reviews.export.hooks import HookRefused
from reviews.models import Hook, HookOrigin, HookState
from reviews.policies import NotPossible
from reviews.queries import webhooks

STATES = [each.value for each in HookState]
ORIGINS = [each.value for each in HookOrigin]
KINDS = [each.value for each in hooks.SUBSCRIBABLE]
"""Choices of fields that share a name: the settings name them for the schema."""
LONGEST_JSON = 10_000
SAMPLES = 3
_NAMES = frozenset({"target_url", "event", "events", "name", "filters"})
_FILTERS = frozenset({"severity", "rules", "sources"})
_KIND = {"type": "string", "enum": KINDS}
_BODY: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["target_url"],
    "properties": {
        "target_url": {"type": "string", "maxLength": hooks.URL_AT_MOST},
        "event": {**_KIND, "description": "Or several as `events`; neither: all of them."},
        "events": {"type": "array", "items": _KIND},
        "name": {"type": "string", "maxLength": hooks.NAME_AT_MOST},
        "filters": {
            "type": "object",
            "additionalProperties": False,
            "description": "Of events of findings alone; all that are given must hold.",
            "properties": {
                "severity": {
                    "type": "string",
                    "enum": [each.value for each in Severity],
                    "description": "This one or a graver one.",
                },
                "rules": {
                    "type": "array",
                    "maxItems": hooks.FILTERED_AT_MOST,
                    "items": {"type": "string", "minLength": 1, "maxLength": hooks.CODE_AT_MOST},
                },
                "sources": {
                    "type": "array",
                    "maxItems": hooks.FILTERED_AT_MOST,
                    "items": {"type": "string", "format": "uuid"},
                },
            },
        },
    },
}
_CHANGE: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "minProperties": 1,
    "properties": {name: _BODY["properties"][name] for name in ("events", "filters")},
}
_REFUSALS = dict.fromkeys(
    ((status, errors.MEDIA_TYPE) for status in (400, 401, 403, 404, 409, 422, 500)),
    ProblemSerializer,
)


class HookSerializer(Row):
    id = serializers.UUIDField()
    name = serializers.CharField()
    target_url = serializers.CharField(source="url")
    events = serializers.ListField(
        child=serializers.ChoiceField(choices=KINDS), help_text="Empty: all of them."
    )
    filters = serializers.SerializerMethodField(help_text="Those that were given.")
    state = serializers.ChoiceField(choices=STATES)
    off_code = serializers.CharField(help_text="Why it is off: `gone` (410) or `failing`.")
    origin = serializers.ChoiceField(choices=ORIGINS)
    waiting = serializers.IntegerField(help_text="Deliveries still to come.")
    failed = serializers.IntegerField(help_text="Deliveries that used up their tries.")
    created_at = serializers.DateTimeField()
    delivered_at = serializers.DateTimeField(allow_null=True, help_text="The last one.")

    @extend_schema_field(_BODY["properties"]["filters"])
    def get_filters(self, row: Any) -> dict[str, Any]:
        given = {"severity": row.least_severity, "rules": row.rules, "sources": row.sources}
        return {name: value for name, value in given.items() if value}


class HookListSerializer(Row):
    results = HookSerializer(many=True)


class SubscribedSerializer(Row):
    id = serializers.UUIDField()
    secret = serializers.CharField(help_text="`whsec_…`; it is shown this once.")


class HookList(ApiView):
    scope = Scope.HOOKS
    scopes: ClassVar = {HTTPMethod.POST: Scope.WRITE_HOOKS}
    http_method_names = ["get", "head", "post"]  # noqa: RUF012 # declared so by Django

    @documented(HookListSerializer, [], "list_hooks", "Webhooks, and how they are doing")
    def get(self, request: Request) -> Response:
        parameters.none(request.query_params)
        rows = list(webhooks.rows(key_of(request).tenant_id))
        return Response(HookListSerializer({"results": rows}).data)

    @extend_schema(
        operation_id="subscribe_hook",
        summary="An address that is told what happens",
        parameters=[],
        request={"application/json": _BODY},
        responses={201: SubscribedSerializer, **_REFUSALS},
    )
    def post(self, request: Request) -> Response:
        """201 with the id to end it by, and the secret that signs."""
        parameters.none(request.query_params)
        made = hooks.create(
            tenant_id=key_of(request).tenant_id,
            wanted=_wanted(request._request),
            origin=HookOrigin.API,
            by=key_of(request),
            now=timezone.now(),
        )
        shown = {"id": made.row.pk, "secret": made.secret}
        return Response(SubscribedSerializer(shown).data, 201)


class HookDetail(ApiView):
    scope = Scope.HOOKS
    scopes: ClassVar = dict.fromkeys((HTTPMethod.PATCH, HTTPMethod.DELETE), Scope.WRITE_HOOKS)
    http_method_names = ["get", "head", "patch", "delete"]  # noqa: RUF012 # declared so by Django

    @documented(HookSerializer, [], "get_hook", "One webhook, and how it is doing")
    def get(self, request: Request, row_id: UUID) -> Response:
        parameters.none(request.query_params)
        return _answer(key_of(request).tenant_id, row_id)

    @extend_schema(
        operation_id="change_hook",
        summary="What one that a program made is told from now on",
        parameters=[],
        request={"application/json": _CHANGE},
        responses={
            200: HookSerializer,
            **_REFUSALS,
            (412, errors.MEDIA_TYPE): ProblemSerializer,
        },
    )
    def patch(self, request: Request, row_id: UUID) -> Response:
        """What is left out stays; `filters` that are given are all that there are then."""
        parameters.none(request.query_params)
        key = key_of(request)
        audit.hold(key.tenant_id)  # every act on a webhook begins with it
        hook = _made_by_program(key.tenant_id, row_id, "Changing")
        given = _given(request._request, _CHANGE["properties"])
        if not given:
            raise _refused("a body without a field", "Send “events”, “filters”, or both.")
        etags.check(request, _tag(hook))
        hooks.change(
            hook,
            events=_events(given.get("events", hook.events)),
            filters=_filters(given["filters"]) if "filters" in given else hooks.filters_of(hook),
            by=key,
            now=timezone.now(),
        )
        return _answer(key.tenant_id, row_id)

    @extend_schema(
        operation_id="unsubscribe_hook",
        summary="End one that a program made",
        parameters=[],
        request=None,
        responses={204: None, **_REFUSALS},
    )
    def delete(self, request: Request, row_id: UUID) -> Response:
        """204; 409 where a person made it, who alone may end it."""
        parameters.none(request.query_params)
        key = key_of(request)
        hook = _made_by_program(key.tenant_id, row_id, "Ending")
        hooks.delete(hook, by=key, now=timezone.now())
        return Response(status=204)


def _made_by_program(tenant_id: UUID, row_id: UUID, act: str) -> Hook:
    hook = access.scoped_to(Hook, tenant_id).filter(pk=row_id).first()
    if hook is None:
        raise Http404
    if hook.origin != HookOrigin.API:
        raise NotPossible(
            f"{act} the webhook is refused", "one that a person made", "Do it on its page."
        )
    return hook


def _answer(tenant_id: UUID, row_id: UUID) -> Response:
    row = webhooks.rows(tenant_id).filter(pk=row_id).first()
    if row is None:
        raise Http404
    return Response(HookSerializer(row).data, headers={"ETag": _tag(row)})


def _tag(row: Hook) -> str:
    """Of what a program may change."""
    return etags.tag_of(row.events, row.least_severity, row.rules, row.sources)


class SampleSerializer(Row):
    id = serializers.CharField(help_text="As `webhook-id`.")
    type = serializers.ChoiceField(choices=KINDS)
    timestamp = serializers.DateTimeField()
    data = serializers.JSONField(  # type: ignore[assignment] # a field of that name; its class takes it off
        help_text="As it is sent: docs/integrator/webhooks.md."
    )


class HookSamples(ApiView):
    scope = Scope.HOOKS

    @extend_schema(
        operation_id="list_hook_samples",
        summary="Three events as they could be",
        parameters=[OpenApiParameter("event", str, OpenApiParameter.PATH, enum=KINDS)],
        responses={200: SampleSerializer(many=True), **_REFUSALS},
    )
    def get(self, request: Request, event: str) -> Response:
        parameters.none(request.query_params)
        kind = next((each for each in hooks.SUBSCRIBABLE if each == event), None)
        if kind is None:
            raise Http404
        now = timezone.now()
        days = ((number, now - timedelta(days=number)) for number in range(1, SAMPLES + 1))
        return Response([outbox.sample(kind, number, at=at) for number, at in days])


def _wanted(request: HttpRequest) -> hooks.Wanted:
    """Raises HookRefused, which names the field."""
    given = _given(request, _NAMES)
    url, events = given.get("target_url"), given.get("events", [])
    if not isinstance(url, str) or not url:
        raise _refused("no “target_url”", "Send the address of the receiver.")
    if "event" in given and "events" in given:
        raise _refused("“event” beside “events”", "Send one of them.")
    events = _events([given["event"]] if "event" in given else events)
    name = given.get("name", _host(url))
    if not isinstance(name, str) or not name.isprintable():
        raise _refused("a “name” that is no plain text", "Send one, or none.")
    return hooks.Wanted(name, url, events, _filters(given.get("filters", {})))


def _given(request: HttpRequest, names: Collection[str]) -> dict[str, Any]:
    given = read_object(request.read(LONGEST_JSON + 1), at_most=LONGEST_JSON)
    known = ", ".join(sorted(names))
    if given is None:
        raise _refused("a body that is no JSON object", f"Send one with {known}.")
    unknown = sorted(given.keys() - set(names))
    if unknown:
        raise _refused(f"a field {unknown[0][:60]!a}", f"Send {known}.")
    return given


def _events(given: Any) -> list[str]:
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        raise _refused("“events” that are no list of texts", f"Choose from {', '.join(KINDS)}.")
    return given


def _filters(given: Any) -> hooks.Filters:
    if not isinstance(given, dict) or not given.keys() <= _FILTERS:
        raise _refused(
            "“filters” that are no object of known names", f"Send {', '.join(sorted(_FILTERS))}."
        )
    severity = given.get("severity", "")
    if not isinstance(severity, str) or ("severity" in given and not severity):
        raise _refused("a “severity” that is no text", f"Choose from {', '.join(Severity)}.")
    rules, sources = (_texts(given.get(name, []), name) for name in ("rules", "sources"))
    try:
        ids = [UUID(each) for each in sources]
    except ValueError:
        raise _refused("“sources” that are no ids", "Take them from /api/v1/sources.") from None
    return hooks.Filters(severity, rules, ids)


def _texts(value: Any, name: str) -> list[str]:
    if not isinstance(value, list) or not all(
        isinstance(each, str) and each.isprintable() for each in value
    ):
        raise _refused(f"“{name}” that are no list of plain texts", "Send one, or leave it out.")
    return value


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or url)[: hooks.NAME_AT_MOST]
    except ValueError:
        return url[: hooks.NAME_AT_MOST]


def _refused(seen: str, remedy: str) -> HookRefused:
    return HookRefused("The webhook is refused", seen, remedy)
