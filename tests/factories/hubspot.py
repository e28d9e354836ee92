"""HubSpot on the loopback, held to what it publishes of properties and batch upserts.

It refuses what HubSpot refuses: a wrong kind of body, more than 100 inputs, an id twice, a property
that is not there, values that are no texts, a bad token. Errors of single inputs come as 207 where
each input has a trace, else all is refused.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.factories.loopback import Answer, Asked, listening

TOKEN = "pat-eu1-not-a-real-token"
OBJECT, KEY = "p123_evaluations", "verbatim_ext_id"
_TRACE = "objectWriteTraceId"
_DATE = re.compile(r"(\d{4}-\d\d-\d\d)?")


def of_type(name: str, kind: str, **more: Any) -> dict[str, Any]:
    """A property as the list of them has it."""
    usual = {
        "name": name,
        "type": kind,
        "fieldType": "text",
        "calculated": False,
        "hasUniqueValue": False,
        "modificationMetadata": {"archivable": True, "readOnlyValue": False},
    }
    return usual | more


def usual() -> list[dict[str, Any]]:
    read_only = {"archivable": False, "readOnlyValue": True}
    return [
        of_type("hs_object_id", "number", modificationMetadata=read_only),
        of_type(KEY, "string", hasUniqueValue=True),
        of_type("verbatim_call_external", "string"),
        of_type("verbatim_call_at", "datetime"),
        of_type("verbatim_evaluated_on", "date"),
        of_type("verbatim_score", "number"),
        of_type("verbatim_reviewed_verdict", "string"),
        of_type("verbatim_risk_flag", "bool"),
        of_type("verbatim_failed_rules", "string"),
    ]


@dataclass
class HubSpot:
    port: int = 0
    properties: list[dict[str, Any]] = field(default_factory=usual)
    records: dict[str, dict[str, str]] = field(default_factory=dict)
    bad: set[str] = field(default_factory=set)
    """Keys of inputs that are refused."""
    refuses_whole: bool = False
    """Whether one refused input fails its batch, as for objects without the newer answer."""
    next: list[Answer] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    @property
    def entry(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.entry}"

    @property
    def writes(self) -> list[Asked]:
        return [each for each in self.asked if each.method == "POST"]

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return error(401, "INVALID_AUTHENTICATION")
        if self.next:
            return self.next.pop(0)
        if (asked.method, asked.path) == ("GET", f"/crm/v3/properties/{OBJECT}"):
            return 200, {}, {"results": self.properties}
        if (asked.method, asked.path) != ("POST", f"/crm/v3/objects/{OBJECT}/batch/upsert"):
            return error(404, "OBJECT_NOT_FOUND")
        if asked.headers.get("content-type", "").partition(";")[0] != "application/json":
            return error(415, "VALIDATION_ERROR")
        return self._upsert(asked.json["inputs"])

    def _upsert(self, inputs: list[dict[str, Any]]) -> Answer:
        ids = [each.get("id") for each in inputs]
        is_right = (
            0 < len(inputs) <= 100
            and len(set(ids)) == len(ids)
            and all(set(each) <= {"id", "idProperty", _TRACE, "properties"} for each in inputs)
            and all(each.get("idProperty") == KEY for each in inputs)
        )
        refused = [each for each in inputs if self._is_wrong(each)]
        is_whole = self.refuses_whole or any(_TRACE not in each for each in refused)
        if not is_right or (refused and is_whole):
            return error(400, "VALIDATION_ERROR")
        taken = [self._put(each) for each in inputs if each not in refused]
        told: dict[str, Any] = {"status": "COMPLETE", "results": taken}
        if not refused:
            return 200, {}, told
        errors = [_of_input(each) for each in refused]
        return 207, {}, told | {"numErrors": len(errors), "errors": errors}

    def _is_wrong(self, given: dict[str, Any]) -> bool:
        types = {each["name"]: each["type"] for each in self.properties}
        values = given["properties"]
        if given["id"] in self.bad or not set(values) <= set(types):
            return True
        if not all(isinstance(value, str) for value in values.values()):
            return True
        dates = (value for name, value in values.items() if types[name] == "date")
        return not all(map(_DATE.fullmatch, dates))

    def _put(self, given: dict[str, Any]) -> dict[str, Any]:
        is_new = given["id"] not in self.records
        held = self.records.setdefault(given["id"], {})
        held.update(given["properties"])
        number = str(list(self.records).index(given["id"]) + 51_000)
        properties = held | {KEY: given["id"], "hs_object_id": number}
        return {"id": number, "properties": properties, "new": is_new, "archived": False}


def _of_input(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "status": "error",
        "category": "VALIDATION_ERROR",
        "message": "words of a customer",
        "context": {"ids": [given["id"]], _TRACE: [given[_TRACE]]},
    }


def error(status: int, category: str, **headers: str) -> Answer:
    told = {"status": "error", "message": "words of a customer", "category": category}
    return status, headers, told | {"correlationId": "c0ffee"}


def limited(seconds: int) -> Answer:
    return error(429, "RATE_LIMITS", **{"Retry-After": str(seconds)})


@contextmanager
def hubspot() -> Iterator[HubSpot]:
    own = HubSpot()
    with listening(own.answer) as port:
        own.port = port
        yield own
