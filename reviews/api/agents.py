"""Agents under the id that their source has for them: who they are, and in which team."""

from http import HTTPMethod
from typing import Any, ClassVar

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from reviews.accounts import agents
from reviews.accounts.keys import Scope
from reviews.api import errors, etags, parameters
from reviews.api.auth import key_of
from reviews.api.bodies import read_object
from reviews.api.parameters import ParameterRefused
from reviews.api.serializers import ProblemSerializer, Row
from reviews.api.views import LIMIT, ApiView, documented, next_address
from reviews.models import Agent
from reviews.queries import agents as listed

AGENTS = "agents"
LONGEST_JSON = 10_000
_TEXT = {"type": "string", "maxLength": parameters.LONGEST_LINE}
_BODY: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "name": {**_TEXT, "description": "Empty or left out: none is kept."},
        "team": {**_TEXT, "description": "By its name, made where there is none; else no team."},
    },
}
_PLACE = [OpenApiParameter("external_id", str, OpenApiParameter.PATH, description="The agent's.")]
_REFUSALS = dict.fromkeys(
    ((status, errors.MEDIA_TYPE) for status in (400, 401, 403, 412, 500)), ProblemSerializer
)


class AgentSerializer(Row):
    id = serializers.UUIDField()
    external_id = serializers.CharField(help_text="The agent's id at the calls' source.")
    name = serializers.CharField()
    team = serializers.SerializerMethodField(help_text="Its name; empty where there is none.")
    user = serializers.UUIDField(
        source="user_id", allow_null=True, help_text="The member who is this agent."
    )

    def get_team(self, row: Agent) -> str:
        return agents.team_of(row)


class AgentListSerializer(Row):
    results = AgentSerializer(many=True)
    next = serializers.URLField(allow_null=True)


class AgentList(ApiView):
    scope = Scope.AGENTS

    @documented(
        AgentListSerializer,
        [OpenApiParameter("cursor", str, description="As `next` has it."), LIMIT],
        "list_agents",
        "Agents, as they came",
    )
    def get(self, request: Request) -> Response:
        asked = parameters.paged(request.query_params, AGENTS)
        after = asked.after[1] if asked.after else None
        found, is_more = listed.page(key_of(request).tenant_id, after=after, limit=asked.limit)
        cursor = parameters.cursor((parameters.EPOCH, found[-1].pk), AGENTS) if is_more else None
        shown = {"results": found, "next": next_address(request, cursor) if cursor else None}
        return Response(AgentListSerializer(shown).data)


class AgentDetail(ApiView):
    scope = Scope.AGENTS
    scopes: ClassVar = {HTTPMethod.PUT: Scope.WRITE_AGENTS}
    http_method_names = ["get", "head", "put"]  # noqa: RUF012 # declared so by Django

    @documented(AgentSerializer, _PLACE, "get_agent", "One agent")
    def get(self, request: Request, external_id: str) -> Response:
        parameters.none(request.query_params)
        found = listed.rows(key_of(request).tenant_id)
        row = None if "\0" in external_id else found.filter(external_id=external_id).first()
        if row is None:
            raise Http404
        return _answer(row)

    @extend_schema(
        operation_id="put_agent",
        summary="An agent as it is now: made, changed, or left where it is the same",
        parameters=[*_PLACE],
        request={"application/json": _BODY},
        responses={200: AgentSerializer, 201: AgentSerializer, **_REFUSALS},
    )
    def put(self, request: Request, external_id: str) -> Response:
        """201 where it was made."""
        parameters.none(request.query_params)
        key = key_of(request)
        parameters.line("external_id", external_id)
        wanted = _wanted(request._request.read(LONGEST_JSON + 1))
        there = agents.hold(key.tenant_id, external_id)
        etags.check(request, _tag(there) if there else None)
        agent, is_new = agents.put(
            tenant_id=key.tenant_id,
            external_id=external_id,
            wanted=wanted,
            by=key,
            now=timezone.now(),
        )
        return _answer(agent, 201 if is_new else 200)


def _answer(row: Agent, status: int = 200) -> Response:
    return Response(AgentSerializer(row).data, status, headers={"ETag": _tag(row)})


def _tag(row: Agent) -> str:
    return etags.tag_of(row.name, agents.team_of(row))


def _wanted(body: bytes) -> agents.Wanted:
    """Raises ParameterRefused."""
    given = read_object(body, at_most=LONGEST_JSON)
    if given is None:
        raise ParameterRefused("body", "no JSON object", 'Send {"name": …, "team": …}.')
    for name, value in given.items():
        if name not in _BODY["properties"]:
            raise ParameterRefused(name, "an unknown name", "Known here: name, team.")
        if not isinstance(value, str):
            raise ParameterRefused(name, "no text", "Send a line.")
        if value:
            parameters.line(name, value)
    return agents.Wanted(given.get("name", "").strip(), given.get("team", "").strip())
