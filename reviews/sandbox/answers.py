"""An answer of the sandbox, and the errors in the vendor's words."""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Trouble(StrEnum):
    """What befalls an answer on its way; `Answer.at` says where."""

    SILENCE = "nothing comes at all"
    DRIP = "one byte a second"
    RESET = "the connection is reset after `at` bytes"
    CUT = "the connection ends after `at` bytes of the body, fewer than were announced"
    ENDLESS = "the body comes in chunks and has no end"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    kind: str = "application/json"
    retry_after: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    trouble: Trouble | None = None
    at: int = 0
    """Bytes, where the trouble needs to know."""


AUTHENTICATION = "Authentication error, API token missing/invalid"
UNKNOWN_ID = "Transcript lookup error, transcript id not found"
TEXTS = {
    400: "Bad request",
    401: AUTHENTICATION,
    404: "Not found",
    429: "Too Many Requests",
    500: "Internal Server Error",
}


def in_json(value: Any, status: int = 200) -> Answer:
    return Answer(status, json.dumps(value).encode())


def error(status: int, text: str) -> Answer:
    return in_json({"error": text}, status)


def plain_error(status: int, retry_after: str | None = None) -> Answer:
    """With the vendor's text for the status, or without a body where it has none (503, 504)."""
    text = TEXTS.get(status)
    body = b"" if text is None else error(status, text).body
    return Answer(status, body, retry_after=retry_after)
