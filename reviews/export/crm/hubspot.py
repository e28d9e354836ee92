"""HubSpot: the properties of an object, and upserts by one that is unique, with a private app's
token.

An error names categories of HubSpot's, never its sentences, which may quote what was sent.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from reviews.export.crm import asking
from reviews.export.crm.asking import Read
from reviews.export.crm.fields import plain
from reviews.export.crm.port import (
    BatchRefused,
    CrmRefused,
    Described,
    Field,
    Kind,
    Outcome,
    Row,
    Value,
    code_of,
    id_of,
)
from reviews.posting import Asker

HOSTS = frozenset({"hubapi.com"})
ADDRESS = "https://api.hubapi.com"
AT_MOST = 100
_WHO = "HubSpot"
_SHORT_WAIT_S = 10.0
"""Its limits are of ten seconds, where it does not say otherwise."""
_LONGEST = 65_536
_KINDS: Mapping[str, Kind] = {
    "string": Kind.TEXT,
    "number": Kind.NUMBER,
    "bool": Kind.FLAG,
    "datetime": Kind.TIME,
    "date": Kind.DATE,
}
_TRACE = "objectWriteTraceId"


class HubSpot:
    """One kind of objects of one account."""

    at_most = AT_MOST

    def __init__(self, address: str, *, token: str, object_name: str, key_field: str) -> None:
        self._address, self._token = address, token
        self._object, self._key = object_name, key_field
        self._asker: Asker | None = None

    def close(self) -> None:
        if self._asker is not None:
            self._asker.close()
            self._asker = None

    def describe(self) -> Described:
        answer = self._ask("GET", f"/crm/v3/properties/{self._object}")
        if answer.status in (400, 404):
            raise CrmRefused(
                "The object is refused",
                f"{self._object}, which HubSpot does not show us",
                "Give its name as the API has it, as p12345_evaluations: docs/integrator/crm.md.",
                reason="object_absent",
            )
        given = answer.json.get("results") if isinstance(answer.json, dict) else None
        if answer.status != 200 or not isinstance(given, list):
            raise asking.strange(_WHO, f"status {answer.status} to a list of properties")
        rows = [each for each in given if isinstance(each, dict)]
        return Described(
            is_writable=True, fields={str(each.get("name", "")): _field(each) for each in rows}
        )

    def upsert(self, rows: Sequence[Row]) -> list[Outcome]:
        body = {"inputs": [self._input(row) for row in rows]}
        answer = self._ask("POST", f"/crm/v3/objects/{self._object}/batch/upsert", body)
        if answer.status not in (200, 201, 207):
            raise BatchRefused(_category(answer.json))
        if not isinstance(answer.json, dict):
            raise asking.strange(_WHO, "a batch without results")
        return outcomes(rows, answer.json, self._key)

    def _input(self, row: Row) -> dict[str, Any]:
        # It may name no row in an error but by the trace that the row brings along.
        return {
            "id": row.key,
            "idProperty": self._key,
            _TRACE: row.key,
            "properties": {name: _text(value) for name, value in row.values.items()},
        }

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Read:
        if self._asker is None:
            asking.check_address(self._address, HOSTS)
            self._asker = asking.asker(self._address, bearer=self._token)
        sent = json.dumps(body).encode() if body is not None else None
        kind = asking.JSON if sent is not None else ""
        answer = asking.read(self._asker.ask(method, path, sent, kind=kind))
        _check(answer)
        return answer


def _check(answer: Read) -> None:
    """Raises what no row is to blame for."""
    if answer.status == 429:
        error = asking.limited(answer.said, _WHO)
        error.retry_after = answer.said.retry_after or _wait(answer.json)
        raise error
    if answer.status >= 500:
        raise asking.down(answer.said, _WHO)
    if answer.status in (401, 403):
        raise CrmRefused(
            "HubSpot refuses the request",
            f"{_category(answer.json)} (status {answer.status})",
            "Check the token of the private app and its scopes: docs/integrator/crm.md.",
            reason="sign_in_refused" if answer.status == 401 else "not_permitted",
        )


def _wait(given: Any) -> float:
    is_day = isinstance(given, dict) and given.get("policyName") == "DAILY"
    return asking.LIMIT_WAIT_S if is_day else _SHORT_WAIT_S


def _category(given: Any) -> str:
    return code_of(given.get("category")) if isinstance(given, dict) else "rejected"


def _field(given: Mapping[str, Any]) -> Field:
    kind = _KINDS.get(str(given.get("type", "")))
    meta = given.get("modificationMetadata")
    is_read_only = isinstance(meta, dict) and bool(meta.get("readOnlyValue"))
    return Field(
        kind=kind,
        longest=_LONGEST if kind is Kind.TEXT else None,
        is_writable=not is_read_only and not given.get("calculated"),
        is_key=bool(given.get("hasUniqueValue")),
    )


def _text(value: Value) -> str:
    """HubSpot takes texts; an empty one empties the property."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(plain(value))


def outcomes(rows: Sequence[Row], given: Mapping[str, Any], key_field: str) -> list[Outcome]:
    """Of each row by its trace or its key: results and errors come in no order."""
    written = {
        _key(each, key_field): id_of(each.get("id")) for each in _dicts(given.get("results"))
    }
    failed = {
        str(trace): _category(error)
        for error in _dicts(given.get("errors"))
        for trace in _traces(error)
    }
    return [
        Outcome(row.key, id=written[row.key])
        if row.key in written
        else Outcome(row.key, code=failed.get(row.key, "no_result"))
        for row in rows
    ]


def _key(result: Mapping[str, Any], key_field: str) -> str:
    properties = result.get("properties")
    known = properties.get(key_field) if isinstance(properties, dict) else None
    return str(result.get(_TRACE) or known)


def _traces(error: Mapping[str, Any]) -> list[Any]:
    context = error.get("context")
    given = context.get(_TRACE) if isinstance(context, dict) else None
    return given if isinstance(given, list) else []


def _dicts(given: Any) -> list[dict[str, Any]]:
    return [each for each in given if isinstance(each, dict)] if isinstance(given, list) else []
