"""What every operation of the API has, written into its schema once."""

from collections.abc import Mapping
from typing import Any

from reviews.api import etags, idempotency, throttling

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
_CONDITIONAL = {"put_call", "put_agent", "review_finding", "change_hook"}
_OF_A_NAME = {"post": ("409", "422")}
"""A reused `Idempotency-Key` is refused with these, wherever it is sent."""


def described(result: dict[str, Any], **_more: Any) -> dict[str, Any]:
    """drf-spectacular's hook."""
    for address, path in result["paths"].items():
        for method, operation in path.items():
            _describe(method, operation, is_run=address.startswith("/v1/"))
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
