"""What every operation of the API has, written into its schema once."""

from collections.abc import Mapping
from inspect import getdoc
from typing import Any

from drf_spectacular.openapi import AutoSchema

from reviews.api import etags, idempotency, throttling
from reviews.api.auth import scope_of

_KEYED = {
    "in": "header",
    "name": idempotency.HEADER,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "description": "The same key and request again get the first answer, for seven days.",
}
_TAG = {"type": "string", "maxLength": 1000, "pattern": r'^(\*|"[!#-~]{1,100}")$'}
_IF_MATCH = {
    "in": "header",
    "name": etags.IF_MATCH,
    "schema": _TAG,
    "description": "The ETag that was seen; where it has passed nothing is done: 412.",
}
_IF_NONE_MATCH = _IF_MATCH | {
    "name": etags.IF_NONE_MATCH,
    "description": "`*`: only where nothing is there yet; else 412.",
}
_RATES = {name: {"schema": {"type": "integer"}} for name in throttling.HEADERS}
_CONDITIONAL = {
    "put_call",
    "delete_call",
    "put_call_external_ids",
    "put_agent",
    "put_agent_external_ids",
    "review_finding",
    "change_hook",
}
_FEEDS = ("TranscriptFeed", "EvaluationFeed", "FindingFeed")
_DELETED = {
    "type": "object",
    "description": "A row that was erased, in the place of its erasure, whatever filters and "
    "`fields` are sent: take it out of the copy. It does not come back.",
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "is_deleted": {"type": "boolean", "enum": [True]},
        "updated_at": {
            "type": "string",
            "format": "date-time",
            "description": "When it was erased.",
        },
    },
    "required": ["id", "is_deleted", "updated_at"],
}
_OF_A_NAME = {"post": ("409", "422")}
"""A reused `Idempotency-Key` is refused with these, wherever it is sent."""


class Described(AutoSchema):
    """An operation says what its method does and which scope it takes; no view speaks of itself."""

    def get_description(self) -> str:  # type: ignore[override] # as its superclass has it
        done = getdoc(getattr(self.view, self.method.lower())) or ""
        scope = f"Needs the scope `{scope_of(self.view, self.method)}`."
        return f"{done}\n\n{scope}".strip()


def described(result: dict[str, Any], **_more: Any) -> dict[str, Any]:
    """drf-spectacular's hook."""
    for address, path in result["paths"].items():
        for method, operation in path.items():
            _describe(method, operation, is_run=address.startswith("/v1/"))
    schemas = result["components"]["schemas"]
    schemas["Deleted"] = _DELETED
    for name in _FEEDS:
        rows = schemas[name]["properties"]["results"]
        rows["items"] = {"oneOf": [rows["items"], {"$ref": "#/components/schemas/Deleted"}]}
    return result


def _describe(method: str, operation: dict[str, Any], *, is_run: bool) -> None:
    """Runs say themselves how they are named and refused: docs/integrator/runs.md."""
    given, answers = operation.setdefault("parameters", []), operation["responses"]
    if method == "post" and not is_run:
        given.append(_KEYED)
    if operation["operationId"] in _CONDITIONAL:
        given.extend([_IF_MATCH, _IF_NONE_MATCH] if method == "put" else [_IF_MATCH])
    refusal: Mapping[str, Any] = answers["401"]
    for status in ("429", *_OF_A_NAME.get(method, ())):
        answers.setdefault(status, refusal)
    for status, answer in list(answers.items()):
        if status != "401":
            answers[status] = answer | {"headers": answer.get("headers", {}) | _RATES}
