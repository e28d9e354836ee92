"""Salesforce on the loopback, held to what it publishes of sign-in, describe and upserts.

Records are dictionaries by API name. It refuses what Salesforce refuses: a wrong kind of body,
records without their type, more than 200, an unknown field, a text that is too long, a bad token.
"""

import json
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.factories.loopback import Answer, Asked, listening

CLIENT, SECRET, USER = "3MVG9.consumer", "7-a-consumer-secret", "integration@acme.example"
OBJECT, KEY = "Compliance_Evaluation__c", "Ext_Id__c"
_BASE = "/services/data/v62.0/"
_ONE = re.compile(r"sobjects/(\w+)/(\w+)/([^/]+)")
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_TIMES = {
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "datetime": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
}
_ANY = re.compile(r"(?s).*")
_AUDIENCES = ["https://login.salesforce.com", "https://test.salesforce.com"]


def of_type(name: str, kind: str, **more: Any) -> dict[str, Any]:
    """A field as describe lists it."""
    usual = {
        "name": name,
        "type": kind,
        "length": 255 if kind in ("string", "picklist", "url") else 0,
        "createable": True,
        "updateable": True,
        "nillable": True,
        "defaultedOnCreate": False,
        "externalId": False,
        "unique": False,
    }
    return usual | more


def usual() -> list[dict[str, Any]]:
    return [
        of_type("Id", "id", length=18, createable=False, updateable=False, nillable=False),
        of_type("OwnerId", "reference", length=18, nillable=False, defaultedOnCreate=True),
        of_type("Name", "string", length=80, createable=False, updateable=False, nillable=False),
        of_type(KEY, "string", externalId=True, unique=True),
        of_type("Call_External__c", "string"),
        of_type("Link__c", "url"),
        of_type("Call_At__c", "datetime"),
        of_type("Evaluated_On__c", "date"),
        of_type("Score__c", "double"),
        of_type("Verdict__c", "string"),
        of_type("Reviewed_Score__c", "double"),
        of_type("Reviewed_Verdict__c", "string"),
        of_type("Risk_Flag__c", "boolean", nillable=False, defaultedOnCreate=True),
        of_type("Failed_Rules__c", "string"),
        of_type("Quote__c", "textarea", length=120),
    ]


@cache
def _pair() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def private_key() -> str:
    return (
        _pair()
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        .decode()
    )


@dataclass
class Salesforce:
    port: int = 0
    fields: list[dict[str, Any]] = field(default_factory=usual)
    records: list[dict[str, Any]] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    bad: dict[str, str] = field(default_factory=dict)
    """Key → the code with which that record alone is refused."""
    next: list[Answer] = field(default_factory=list)
    """Answers to the next requests for data, whatever they ask."""
    asked: list[Asked] = field(default_factory=list)
    instance: str = ""
    """What sign-in says that the records are at, in place of here."""

    @property
    def entry(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.entry}"

    @property
    def writes(self) -> list[Asked]:
        return [each for each in self.asked if each.method == "PATCH"]

    def held(self, key: str) -> list[dict[str, Any]]:
        return [each for each in self.records if each[KEY] == key]

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        path = urlsplit(asked.path).path
        if path == "/services/oauth2/token":
            return self._sign_in(asked)
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return _error(401, "INVALID_SESSION_ID")
        if self.next:
            return self.next.pop(0)
        if not path.startswith(_BASE):
            return _error(404, "NOT_FOUND")
        return self._data(asked, path.removeprefix(_BASE))

    def _data(self, asked: Asked, place: str) -> Answer:
        if (asked.method, place) == ("GET", f"sobjects/{OBJECT}/describe"):
            told = {"name": OBJECT, "createable": True, "updateable": True, "fields": self.fields}
            return 200, {}, told
        if asked.method != "PATCH":
            return _error(404, "NOT_FOUND")
        if asked.headers.get("content-type", "").partition(";")[0] != "application/json":
            return _error(415, "UNSUPPORTED_MEDIA_TYPE")
        if place == f"composite/sobjects/{OBJECT}/{KEY}":
            return self._many(json.loads(asked.body))
        one = _ONE.fullmatch(place)
        if one is None or one.groups()[:2] != (OBJECT, KEY):
            return _error(404, "NOT_FOUND")
        return self._one(unquote(one[3]), json.loads(asked.body))

    def _sign_in(self, asked: Asked) -> Answer:
        assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
        form = dict(parse_qsl(asked.body.decode()))
        if form.get("grant_type") == "client_credentials":
            is_right = (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
        else:
            is_right = form.get("grant_type") == _GRANT and _is_stated(form.get("assertion", ""))
        if not is_right:
            return 400, {}, {"error": "invalid_grant", "error_description": "user@acme.example"}
        token = f"00D!{secrets.token_hex(8)}"
        self.tokens.add(token)
        told = {
            "access_token": token,
            "instance_url": self.instance or self.url,
            "id": "https://login.salesforce.com/id/00D/005",
            "token_type": "Bearer",
            "issued_at": str(int(time.time() * 1000)),
            "signature": "x",
        }
        return 200, {}, told

    def _many(self, sent: dict[str, Any]) -> Answer:
        assert set(sent) <= {"allOrNone", "records"}
        rows = sent["records"]
        if not 0 < len(rows) <= 200:
            return _error(400, "LIMIT_EXCEEDED")
        if any(row.get("attributes") != {"type": OBJECT} for row in rows):
            return _error(400, "INVALID_TYPE")
        known = {each["name"] for each in self.fields}
        if any(set(row) - {"attributes"} - known for row in rows):
            return _error(400, "INVALID_FIELD")
        return 200, {}, [self._put(row[KEY], row) for row in rows]

    def _one(self, key: str, row: dict[str, Any]) -> Answer:
        if set(row) - {each["name"] for each in self.fields} or KEY in row:
            return _error(400, "INVALID_FIELD")
        if len(self.held(key)) > 1:
            places = [f"{_BASE}sobjects/{OBJECT}/{each['Id']}" for each in self.held(key)]
            return 300, {}, places
        result = self._put(key, row)
        if not result["success"]:
            (error,) = result["errors"]
            return _error(400, error["statusCode"])
        return 201 if result["created"] else 200, {}, result

    def _put(self, key: str, row: dict[str, Any]) -> dict[str, Any]:
        code = self.bad.get(key) or self._wrong(row)
        held = self.held(key)
        if len(held) > 1:
            code = "DUPLICATE_EXTERNAL_ID"
        if code:
            error = {"statusCode": code, "message": "words of a customer", "fields": []}
            return {"success": False, "errors": [error]}
        record = held[0] if held else {"Id": f"a01{len(self.records):012d}", KEY: key}
        if not held:
            self.records.append(record)
        record.update({name: value for name, value in row.items() if name != "attributes"})
        return {"id": record["Id"], "success": True, "errors": [], "created": not held}

    def _wrong(self, row: dict[str, Any]) -> str:
        for each in self.fields:
            value = row.get(each["name"])
            if value is None:
                continue
            if each["type"] in ("double", "boolean"):
                if isinstance(value, bool) != (each["type"] == "boolean"):
                    return "INVALID_TYPE_ON_FIELD_IN_RECORD"
            elif not isinstance(value, str) or not _TIMES.get(each["type"], _ANY).fullmatch(value):
                return "INVALID_TYPE_ON_FIELD_IN_RECORD"
            elif each["length"] and len(value) > each["length"]:
                return "STRING_TOO_LONG"
        return ""


def _is_stated(assertion: str) -> bool:
    """Signed by the user's app, for us, and for no more than three minutes."""
    try:
        claims = jwt.decode(
            assertion,
            _pair().public_key(),
            algorithms=["RS256"],
            audience=_AUDIENCES,
            options={"require": ["iss", "sub", "aud", "exp"]},
        )
    except jwt.PyJWTError:
        return False
    is_short = claims["exp"] <= time.time() + 180
    return is_short and (claims["iss"], claims["sub"]) == (CLIENT, USER)


def _error(status: int, code: str) -> Answer:
    return status, {}, [{"message": "words of a customer", "errorCode": code}]


def limit_reached() -> Answer:
    return _error(403, "REQUEST_LIMIT_EXCEEDED")


def unavailable(seconds: int) -> Answer:
    return 503, {"Retry-After": str(seconds)}, [{"message": "x", "errorCode": "SERVER_UNAVAILABLE"}]


@contextmanager
def salesforce() -> Iterator[Salesforce]:
    own = Salesforce()
    with listening(own.answer) as port:
        own.port = port
        yield own
