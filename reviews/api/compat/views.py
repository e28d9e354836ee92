"""Runs by the published contract of another vendor, at its addresses: /v1/runs and beside it."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from reviews import tasks
from reviews.accounts import answers as kept
from reviews.accounts.keys import Scope
from reviews.api import idempotency
from reviews.api.auth import key_of
from reviews.api.compat import answers, body, errors
from reviews.api.compat.body import Asked
from reviews.api.compat.errors import RunRefused
from reviews.api.views import ApiView
from reviews.detection.transcript import CallKind, Direction
from reviews.evaluation import at_once, run
from reviews.ingest import upload
from reviews.models.ids import uuid7
from reviews.queries import kits, runs
from reviews.queries.kits import Kit
from reviews.queries.runs import SANDBOX, Run, RunState
from reviews.sources.files.documents import load_said

RUNS_AT_MOST, RUNS = 100, 50
LONGEST_NAME = 254
"""Of an Idempotency-Key."""
REQUEST_ID = "X-Request-Id"
AGAIN_S = 1
_REQUEST_ID = re.compile(r"[!-~]{1,200}")
_HEADERS = [
    OpenApiParameter(
        idempotency.HEADER,
        {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME, "pattern": "^[!-~]+$"},
        OpenApiParameter.HEADER,
        description="The same key and request again get the first answer, for seven days.",
    )
]
_REFUSALS: Mapping[Any, Any] = dict.fromkeys(
    (400, 401, 403, 404, 409, 410, 413, 422, 429, 500), answers.RefusalSerializer
)
_READ = {status: each for status, each in _REFUSALS.items() if status not in (409, 410, 413, 422)}
_CONTEXT: dict[str, Any] = {name: {"type": "string"} for name in body.CONTEXT} | {
    "call_at": {"type": "string", "format": "date-time"},
    "direction": {"type": "string", "enum": [each.value for each in Direction]},
    "kind": {"type": "string", "enum": [each.value for each in CallKind]},
    "first_contact": {"type": "boolean"},
    "notice": {"type": "boolean"},
}
_BODY: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["input"],
    "properties": {
        "kit_code": {"type": "string", "description": "Eight characters: the version in force."},
        "kit_version_id": {
            "type": "string",
            "format": "uuid",
            "description": "This version; it goes before `kit_code`.",
        },
        "input": {
            "type": "object",
            "required": ["transcript"],
            "description": "Further fields are passed over.",
            "properties": {
                **_CONTEXT,
                "transcript": {
                    "oneOf": [
                        {"type": "string", "minLength": 1},
                        {
                            "type": "array",
                            "minItems": 1,
                            "maxItems": body.TURNS_AT_MOST,
                            "items": {
                                "type": "object",
                                "required": ["text"],
                                "properties": {
                                    "speaker": {"type": "string", "nullable": True},
                                    "text": {"type": "string"},
                                },
                            },
                        },
                    ]
                },
            },
        },
        "type": {"type": "string", "enum": list(body.TYPES), "default": body.TYPES[0]},
        "mode": {"type": "string", "enum": list(body.MODES), "default": body.MODES[0]},
    },
}
_KIT_CODE = OpenApiParameter("kit_code", str, description="This kit alone.")
_LIMIT = OpenApiParameter(
    "limit", {"type": "integer", "minimum": 1, "maximum": RUNS_AT_MOST, "default": RUNS}
)


class CompatView(ApiView):
    """Refusals are flat, and the caller's own id of the request comes back."""

    scope = Scope.RUNS

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        name = request.headers.get(idempotency.HEADER, "")
        if len(name) > LONGEST_NAME:
            raise RunRefused(
                "invalid_request",
                f"an {idempotency.HEADER} of {len(name)} characters",
                f"Give {LONGEST_NAME} at most, such as a UUID.",
            )
        super().initial(request, *args, **kwargs)

    def get_exception_handler(self) -> Callable[..., Response]:
        return errors.respond

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        sent = request.headers.get(REQUEST_ID, "")
        if _REQUEST_ID.fullmatch(sent):
            answer[REQUEST_ID] = sent
        return answer


class RunList(CompatView):
    http_method_names = ["get", "head", "post"]  # noqa: RUF012 # declared so by Django

    @extend_schema(
        operation_id="list_runs",
        summary="Runs of the type api, the newest first",
        parameters=[_LIMIT],
        responses={200: answers.RunListSerializer, **_READ},
    )
    def get(self, request: Request) -> Response:
        _check_names(request, "limit")
        rows = runs.newest(key_of(request).tenant_id, limit=_limit(request))
        return Response({"runs": [answers.listed(each) for each in rows]})

    @extend_schema(
        operation_id="create_run",
        summary="A call evaluated by a kit",
        parameters=_HEADERS,
        request={"application/json": _BODY},
        responses={200: answers.RunSerializer, 202: answers.QueuedSerializer, **_REFUSALS},
    )
    def post(self, request: Request) -> Response:
        """200 with what came of it where `mode` is sync and it is soon done, else 202."""
        _check_names(request)
        asked = body.asked(request._request)
        kit = _kit(request, asked)
        made = (_sandbox if asked.is_sandbox else _asked)(request, asked, kit)
        if asked.is_waiting and made.status == RunState.SUCCEEDED:
            return Response(answers.whole(made))
        headers = {
            "Retry-After": str(AGAIN_S),
            "Location": reverse("api-run-detail", args=[made.id]),
        }
        return Response(answers.queued(made), 202, headers=headers)


class RunDetail(CompatView):
    @extend_schema(
        operation_id="get_run",
        summary="A run, and what came of it",
        parameters=[],
        responses={200: answers.RunSerializer, **_READ},
    )
    def get(self, request: Request, row_id: UUID) -> Response:
        _check_names(request)
        found = runs.one(key_of(request).tenant_id, row_id)
        if found is not None:
            return Response(answers.whole(found))
        answer = kept.find_kept(_said(request, row_id), now=timezone.now())
        if answer is None:
            raise Http404
        return Response(json.loads(answer.body))


class KitSchema(CompatView):
    @extend_schema(
        operation_id="list_kits",
        summary="Kits: their keys and types",
        parameters=[_KIT_CODE],
        responses={200: answers.KitListSerializer, **_READ},
    )
    def get(self, request: Request) -> Response:
        _check_names(request, "kit_code")
        tenant_id, code = key_of(request).tenant_id, request.query_params.get("kit_code")
        if code is None:
            found = kits.in_force(tenant_id, now=timezone.now())
        else:
            found = [_found(kits.by_code(tenant_id, code, now=timezone.now()))]
        return Response({"kits": [answers.kit(each) for each in found]})


class RunTest(CompatView):
    http_method_names = ["post"]  # noqa: RUF012 # declared so by Django

    @extend_schema(
        operation_id="test_run",
        summary="Whether a run would be taken; nothing is evaluated or kept",
        parameters=_HEADERS,
        request={"application/json": _BODY},
        responses={200: answers.TriedSerializer, **_REFUSALS},
    )
    def post(self, request: Request) -> Response:
        _check_names(request)
        asked = body.asked(request._request)
        kit, call = _kit(request, asked), upload.heard(load_said(asked.said), asked.told)
        size = {"words": len(call.words), "utterances": call.utterances}
        return Response({"valid": True, **size, "kit": answers.kit(kit)})


class Missing(CompatView):
    """Every other address under /v1, by every method, with or without a key."""

    schema = None
    authentication_classes = ()
    permission_classes = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise NotFound


def _asked(request: Request, asked: Asked, kit: Kit) -> Run:
    """Stored, with the run's job; in the request's transaction."""
    key, now = key_of(request), timezone.now()
    source = upload.source_of_runs(tenant_id=key.tenant_id, by=key, now=now)
    call = tasks.take_call(load_said(asked.said), source=source, told=asked.told)
    job = at_once.ask(call, kit.version.pk, is_waiting=asked.is_waiting, by=key, now=now)
    found = runs.one(key.tenant_id, job.pk)
    if found is None:
        raise RuntimeError(f"run {job.pk} was refused: its job is not there, look at `ask`")
    return found


def _sandbox(request: Request, asked: Asked, kit: Kit) -> Run:
    """Evaluated at once; its answer is kept for a week under the run's id, and nothing else."""
    key, begun = key_of(request), timezone.now()
    call = upload.heard(load_said(asked.said), asked.told)
    try:
        heard = at_once.hear(call, run.compiled_of(key.tenant_id, kit.version.pk))
    except at_once.TimeUp:
        raise RunRefused(
            "run_request_failed",
            f"a sandbox run of more than {at_once.SECONDS:g} seconds",
            "Send it with the type api, whose runs the queue does.",
            status=422,
        ) from None
    made = Run(
        id=uuid7(),
        type=SANDBOX,
        status=RunState.SUCCEEDED,
        version=kit.version,
        created_at=begun,
        finished_at=timezone.now(),
        found=runs.found_unkept(kit.rubric, heard, call),
    )
    shown = json.dumps(answers.whole(made)).encode()
    kept.keep(_said(request, made.id), kept.Answer(200, {}, shown), now=begun)
    return made


def _said(request: Request, run_id: UUID) -> kept.Said:
    """The name of a sandbox run's answer: with a blank, which no Idempotency-Key has."""
    return kept.said(key_of(request), f"run {run_id}", bytes(32))


def _kit(request: Request, asked: Asked) -> Kit:
    tenant_id = key_of(request).tenant_id
    if isinstance(asked.kit, UUID):
        return _found(kits.by_version(tenant_id, asked.kit))
    return _found(kits.by_code(tenant_id, asked.kit, now=timezone.now()))


def _found(kit: Kit | None) -> Kit:
    if kit is None:
        body.no_kit("the kit that is named")
    return kit


def _check_names(request: Request, *known: str) -> None:
    for name in request.query_params:
        if name not in known or len(request.query_params.getlist(name)) > 1:
            seen = f"a parameter {name[:60]!a}, unknown or sent twice"
            raise RunRefused("invalid_request", seen, f"Send {', '.join(known) or 'none'}.")


def _limit(request: Request) -> int:
    text = request.query_params.get("limit", str(RUNS))
    if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= RUNS_AT_MOST:
        return int(text[:9])
    raise RunRefused("invalid_request", f"a “limit” of {text[:20]!a}", "Send 1 to 100.")
