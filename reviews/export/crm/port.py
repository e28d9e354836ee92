"""What both CRMs are to the rest: an object with fields, and rows that are put into it. No rows of
ours, no HTTP."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from reviews.errors import ErrorCode, Refused

Value = str | float | bool | datetime | None
LONGEST_ID = 40
_CODE = re.compile(r"[A-Za-z0-9_]{1,50}", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9-]{1,40}", re.ASCII)


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    TIME = "time"
    DATE = "date"
    """Of the target alone: of a time it takes the day."""


@dataclass(frozen=True, slots=True)
class Field:
    """One of the target's. `kind` is None for one that none of our values fits in."""

    kind: Kind | None
    longest: int | None = None
    """Characters that a text may have; None: as many as we have."""
    is_writable: bool = True
    is_required: bool = False
    is_key: bool = False
    """Whether the CRM finds a row by it, and lets no two have the same."""


@dataclass(frozen=True, slots=True)
class Described:
    """The target as the CRM describes it to whom we sign in as."""

    is_writable: bool
    fields: Mapping[str, Field]


@dataclass(frozen=True, slots=True)
class Row:
    """`values` by the names of the target's fields; None empties one."""

    key: str
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one row: the id that it has there, or why it was not written."""

    key: str
    id: str = ""
    code: str = ""


class CrmRefused(Refused):
    """The connection cannot be used until a person changes something. `reason` says what."""

    code = ErrorCode.CRM_REFUSED

    def __init__(self, what: str, seen: str, remedy: str, *, reason: str) -> None:
        super().__init__(what, seen, remedy)
        self.reason = reason


class BatchRefused(Exception):
    """The CRM took none of the rows, for the sake of one or all of them."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Crm(Protocol):
    """One object of one CRM. Its calls raise CrmRefused, RateLimited, VendorDown besides."""

    at_most: int
    """Rows in one request."""

    def describe(self) -> Described:
        """As it is now."""

    def upsert(self, rows: Sequence[Row]) -> list[Outcome]:
        """Of each row, in their order. Raises BatchRefused."""

    def close(self) -> None: ...


def code_of(word: object) -> str:
    """A code of the CRM's as we keep it; its sentences may quote what we sent."""
    return word.lower() if isinstance(word, str) and _CODE.fullmatch(word) else "rejected"


def id_of(word: object) -> str:
    return word if isinstance(word, str) and _ID.fullmatch(word) else ""
