"""Salesforce: sign-in, the description of an object, and upserts by an external id.

An error names codes of Salesforce's, never its sentences, which may quote what was sent.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import jwt

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
    code_of,
    id_of,
)
from reviews.posting import Asker

HOSTS = frozenset({"salesforce.com", "force.com"})
LOGIN, TEST_LOGIN = "https://login.salesforce.com", "https://test.salesforce.com"
VERSION = "v62.0"
AT_MOST = 200
_WHO = "Salesforce"
_JWT_LASTS = timedelta(minutes=2)
"""Salesforce refuses one that ends more than three minutes ahead."""
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(("string", "textarea", "picklist", "url", "reference", "combobox"), Kind.TEXT),
    **dict.fromkeys(("double", "int", "currency", "percent"), Kind.NUMBER),
    "boolean": Kind.FLAG,
    "datetime": Kind.TIME,
    "date": Kind.DATE,
}
_LIMIT = "request_limit_exceeded"


@dataclass(frozen=True, slots=True)
class SignIn:
    """As an app of the customer's: with its own secret, or for a user by a signed statement."""

    address: str
    client_id: str
    secret: str = field(repr=False)
    """The client's secret, or with a `username` the private key."""
    username: str = ""
    is_sandbox: bool = False


@dataclass(frozen=True, slots=True)
class Token:
    """`instance` is where the records are."""

    access: str = field(repr=False)
    instance: str


@dataclass(frozen=True, slots=True)
class Kept:
    """The last token, and where a new one is put down."""

    token: Token | None
    keep: Callable[[Token], None]


def sign_in(asked: SignIn, *, now: datetime) -> Token:
    """A new token. Raises CrmRefused, RateLimited, VendorDown, DestinationRefused."""
    form = _by_statement(asked, now) if asked.username else _by_secret(asked)
    asking.check_address(asked.address, HOSTS)
    with asking.asker(asked.address) as asker:
        said = asker.ask(
            "POST", "/services/oauth2/token", urlencode(form).encode(), kind=asking.FORM
        )
    answer = asking.read(said)
    if answer.status != 200:
        raise _not_signed_in(answer)
    return _token(answer)


def _by_secret(asked: SignIn) -> dict[str, str]:
    return {
        "grant_type": "client_credentials",
        "client_id": asked.client_id,
        "client_secret": asked.secret,
    }


def _by_statement(asked: SignIn, now: datetime) -> dict[str, str]:
    claims = {
        "iss": asked.client_id,
        "sub": asked.username,
        "aud": TEST_LOGIN if asked.is_sandbox else LOGIN,
        "exp": int((now + _JWT_LASTS).timestamp()),
    }
    try:
        statement = jwt.encode(claims, asked.secret, algorithm="RS256")
    except (jwt.PyJWTError, ValueError, TypeError):
        raise CrmRefused(
            "The private key is refused",
            "it cannot be read",
            "Paste an RSA key in PEM form, from BEGIN to END, without a password.",
            reason="key_unreadable",
        ) from None
    return {"grant_type": _GRANT, "assertion": statement}


def _not_signed_in(answer: Read) -> Exception:
    if answer.status == 429:
        return asking.limited(answer.said, _WHO)
    if answer.status >= 500:
        return asking.down(answer.said, _WHO)
    word = answer.json.get("error") if isinstance(answer.json, dict) else None
    return CrmRefused(
        "Salesforce refuses the sign-in",
        f"{code_of(word)} (status {answer.status})",
        "Check the consumer key, the secret or private key, the user, and that the app is "
        "allowed for that user; sandboxes have a login of their own.",
        reason="sign_in_refused",
    )


def _token(answer: Read) -> Token:
    given = answer.json if isinstance(answer.json, dict) else {}
    access, instance = given.get("access_token"), given.get("instance_url")
    if not isinstance(access, str) or not isinstance(instance, str):
        raise asking.strange(_WHO, "a sign-in without token or instance")
    asking.check_address(instance, HOSTS)
    return Token(access, instance)


class Salesforce:
    """One object of one organisation; `now` is asked at each sign-in."""

    at_most = AT_MOST

    def __init__(
        self,
        asked: SignIn,
        *,
        kept: Kept,
        object_name: str,
        key_field: str,
        now: Callable[[], datetime],
    ) -> None:
        self._asked, self._kept, self._now = asked, kept, now
        self._object, self._key = object_name, key_field
        self._token = kept.token
        self._asker: Asker | None = None

    def close(self) -> None:
        if self._asker is not None:
            self._asker.close()
            self._asker = None

    def describe(self) -> Described:
        answer = self._ask("GET", f"sobjects/{self._object}/describe")
        if answer.status == 404:
            raise CrmRefused(
                "The object is refused",
                f"{self._object}, which Salesforce does not show us",
                "Give its API name, and let the user see it: docs/integrator/crm.md.",
                reason="object_absent",
            )
        if answer.status != 200 or not isinstance(answer.json, dict):
            raise asking.strange(_WHO, f"status {answer.status} to a description")
        return described(answer.json)

    def upsert(self, rows: Sequence[Row]) -> list[Outcome]:
        return [self._one(rows[0])] if len(rows) == 1 else self._many(rows)

    def _many(self, rows: Sequence[Row]) -> list[Outcome]:
        body = {"allOrNone": False, "records": [self._record(row) for row in rows]}
        answer = self._ask("PATCH", f"composite/sobjects/{self._object}/{self._key}", body)
        if answer.status != 200:
            raise BatchRefused(_error_of(answer))
        if not isinstance(answer.json, list) or len(answer.json) != len(rows):
            raise asking.strange(_WHO, "another number of results than of records")
        pairs = zip(rows, answer.json, strict=True)
        return [_outcome(row.key, result) for row, result in pairs]

    def _record(self, row: Row) -> dict[str, Any]:
        return {"attributes": {"type": self._object}, self._key: row.key, **_plain(row)}

    def _one(self, row: Row) -> Outcome:
        """By an address of its own, which says that several have the same external id."""
        place = f"sobjects/{self._object}/{self._key}/{quote(row.key, safe='')}"
        answer = self._ask("PATCH", place, _plain(row))
        if answer.status == 300:
            return Outcome(row.key, code="several_matches")
        if answer.status not in (200, 201, 204):
            return Outcome(row.key, code=_error_of(answer))
        return _outcome(row.key, answer.json) if answer.json else Outcome(row.key)

    def _ask(self, method: str, place: str, body: Mapping[str, Any] | None = None) -> Read:
        """Signs in anew, once, where the session has ended."""
        sent = json.dumps(body).encode() if body is not None else None
        answer = self._try(method, place, sent)
        if answer.status == 401:
            self.close()
            self._token = None
            answer = self._try(method, place, sent)
        if answer.status == 401:
            raise _refused("the session is refused right after the sign-in", "sign_in_refused")
        if answer.status == 403:
            raise self._forbidden(answer)
        if answer.status == 429:
            raise asking.limited(answer.said, _WHO)
        if answer.status >= 500:
            raise asking.down(answer.said, _WHO)
        return answer

    def _try(self, method: str, place: str, sent: bytes | None) -> Read:
        if self._token is None:
            self._token = sign_in(self._asked, now=self._now())
            self._kept.keep(self._token)
        if self._asker is None:
            asking.check_address(self._token.instance, HOSTS)
            self._asker = asking.asker(self._token.instance, bearer=self._token.access)
        kind = asking.JSON if sent is not None else ""
        path = f"/services/data/{VERSION}/{place}"
        return asking.read(self._asker.ask(method, path, sent, kind=kind))

    def _forbidden(self, answer: Read) -> Exception:
        if _error_of(answer) == _LIMIT:
            return asking.limited(answer.said, _WHO)
        return _refused(f"{_error_of(answer)} (status 403)", "not_permitted")


def _refused(seen: str, reason: str) -> CrmRefused:
    return CrmRefused(
        "Salesforce refuses the request",
        seen,
        "Check the user's permissions and the app's scope “api”: docs/integrator/crm.md.",
        reason=reason,
    )


def described(given: Mapping[str, Any]) -> Described:
    """From the answer to a describe call."""
    rows = [each for each in given.get("fields", ()) if isinstance(each, dict)]
    can = bool(given.get("createable")) and bool(given.get("updateable"))
    return Described(can, {str(each.get("name", "")): _field(each) for each in rows})


def _field(given: Mapping[str, Any]) -> Field:
    kind, length = _KINDS.get(str(given.get("type", ""))), given.get("length")
    can_create = bool(given.get("createable"))
    return Field(
        kind=kind,
        longest=length if kind is Kind.TEXT and isinstance(length, int) and length else None,
        is_writable=can_create and bool(given.get("updateable")),
        is_required=can_create and not given.get("nillable") and not given.get("defaultedOnCreate"),
        is_key=bool(given.get("externalId")) and bool(given.get("unique")),
    )


def _plain(row: Row) -> dict[str, Any]:
    return {name: plain(value) for name, value in row.values.items()}


def _outcome(key: str, result: Any) -> Outcome:
    given = result if isinstance(result, dict) else {}
    if given.get("success") is True:
        return Outcome(key, id=id_of(given.get("id")))
    errors = given.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else {}
    word = first.get("statusCode") if isinstance(first, dict) else None
    return Outcome(key, code=code_of(word))


def _error_of(answer: Read) -> str:
    rows = answer.json if isinstance(answer.json, list) else []
    first = rows[0] if rows and isinstance(rows[0], dict) else {}
    return code_of(first.get("errorCode"))
