"""What other systems call a call or an agent: read, and put by whoever knows."""

from collections.abc import Callable, Sequence
from http import HTTPMethod
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from reviews import access
from reviews.accounts.keys import Scope
from reviews.api import errors, etags, parameters
from reviews.api.auth import key_of
from reviews.api.bodies import read_object
from reviews.api.serializers import ProblemSerializer, Row
from reviews.api.views import ApiView, documented
from reviews.ingest import external_ids
from reviews.ingest.external_ids import ExternalIdRefused
from reviews.models import Agent, ExternalKind, ExternalSystem, Transcript

Put = TypeVar("Put", bound=Callable[..., Response])
LONGEST_JSON = 10_000
_SYSTEMS = [each.value for each in ExternalSystem]
_BY_SYSTEM: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {each: {"type": "string", "minLength": 1, "maxLength": 100} for each in _SYSTEMS},
}
_REFUSALS = dict.fromkeys(
    ((status, errors.MEDIA_TYPE) for status in (400, 401, 403, 404, 409, 412, 422, 500)),
    ProblemSerializer,
)


def _ids(what: str) -> serializers.DictField:
    return serializers.DictField(child=serializers.CharField(), help_text=what)


class CallIdsSerializer(Row):
    call = _ids("System to the call's id there.")
    account = _ids("System to the account's.")
    opportunity = _ids("System to the opportunity's.")


class AgentIdsSerializer(Row):
    agent = _ids("System to the agent's id there.")


def _put(
    name: str, summary: str, kinds: Sequence[ExternalKind], answer: type[Row]
) -> Callable[[Put], Put]:
    """What /api/schema/ says of a view's `put`."""
    body = {
        "type": "object",
        "additionalProperties": False,
        "properties": {kind.value: _BY_SYSTEM for kind in kinds},
    }
    return extend_schema(
        operation_id=name,
        summary=summary,
        parameters=[],
        request={"application/json": body},
        responses={200: answer, **_REFUSALS},
    )


class CallIds(ApiView):
    scope = Scope.EXTERNAL_IDS
    scopes: ClassVar = {HTTPMethod.PUT: Scope.WRITE_EXTERNAL_IDS}
    http_method_names = ["get", "head", "put"]  # noqa: RUF012 # declared so by Django

    @documented(CallIdsSerializer, [], "get_call_external_ids", "What others call a call")
    def get(self, request: Request, row_id: UUID) -> Response:
        parameters.none(request.query_params)
        return _answer(CallIdsSerializer, external_ids.of(_call(request, row_id)))

    @_put(
        "put_call_external_ids",
        "A call's ids elsewhere, these and no others",
        external_ids.OF_CALLS,
        CallIdsSerializer,
    )
    def put(self, request: Request, row_id: UUID) -> Response:
        parameters.none(request.query_params)
        row = _call(request, row_id)
        _replace(request, row, external_ids.OF_CALLS)
        return _answer(CallIdsSerializer, external_ids.of(row))


class AgentIds(ApiView):
    scope = Scope.EXTERNAL_IDS
    scopes: ClassVar = {HTTPMethod.PUT: Scope.WRITE_EXTERNAL_IDS}
    http_method_names = ["get", "head", "put"]  # noqa: RUF012 # declared so by Django

    @documented(AgentIdsSerializer, [], "get_agent_external_ids", "What others call an agent")
    def get(self, request: Request, row_id: UUID) -> Response:
        parameters.none(request.query_params)
        return _answer(AgentIdsSerializer, external_ids.of(_agent(request, row_id)))

    @_put(
        "put_agent_external_ids",
        "An agent's ids elsewhere, these and no others",
        external_ids.OF_AGENTS,
        AgentIdsSerializer,
    )
    def put(self, request: Request, row_id: UUID) -> Response:
        parameters.none(request.query_params)
        row = _agent(request, row_id)
        _replace(request, row, external_ids.OF_AGENTS)
        return _answer(AgentIdsSerializer, external_ids.of(row))


def _call(request: Request, row_id: UUID) -> Transcript:
    rows = access.scoped_to(Transcript, key_of(request).tenant_id)
    row = rows.only("pk", "tenant_id").filter(pk=row_id).first()
    if row is None:
        raise Http404
    return row


def _agent(request: Request, row_id: UUID) -> Agent:
    row = access.scoped_to(Agent, key_of(request).tenant_id).filter(pk=row_id).first()
    if row is None:
        raise Http404
    return row


def _replace(request: Request, row: Transcript | Agent, kinds: Sequence[ExternalKind]) -> None:
    given = _given(request, kinds)
    etags.check(request, _tag(external_ids.hold(row)))
    external_ids.put(row, given, by=key_of(request), now=timezone.now())


def _answer(shown: type[Row], ids: external_ids.Given) -> Response:
    return Response(shown(ids).data, headers={"ETag": _tag(ids)})


def _tag(ids: external_ids.Given) -> str:
    return etags.tag_of(
        *(
            (kind.value, system.value, id_)
            for kind, own in ids.items()
            for system, id_ in own.items()
        )
    )


def _given(request: Request, kinds: Sequence[ExternalKind]) -> external_ids.Given:
    """Raises ExternalIdRefused, which names the field."""
    body = read_object(request._request.read(LONGEST_JSON + 1), at_most=LONGEST_JSON)
    names = ", ".join(kinds)
    if body is None:
        raise _refused("body", "no JSON object", f"Send one with {names}.")
    return {
        _known(kind, kinds, "body"): {
            _known(system, tuple(ExternalSystem), kind): _text(f"{kind}.{system}", value)
            for system, value in _object(kind, ids).items()
        }
        for kind, ids in body.items()
    }


def _known(name: str, known: Sequence[Any], where: str) -> Any:
    found = next((each for each in known if each.value == name), None)
    if found is None:
        raise _refused(where, f"a name {name[:40]!a}", f"Known: {', '.join(known)}.")
    return found


def _object(kind: str, ids: object) -> dict[str, Any]:
    if not isinstance(ids, dict):
        raise _refused(kind[:40], "no object", f"Send one with {', '.join(_SYSTEMS)}.")
    return ids


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise _refused(name[:80], "no text", "Send the id as a text, or leave it out.")
    return value


def _refused(name: str, seen: str, remedy: str) -> ExternalIdRefused:
    return ExternalIdRefused(f"The field “{ascii(name)[1:-1]}” is refused", seen, remedy)
