"""What callers write after the question mark, checked; whatever is not known is refused."""

import base64
import binascii
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TypeVar
from uuid import UUID

from django.http import QueryDict
from django.utils.dateparse import parse_datetime

from reviews.detection.captions import CHARACTERS, CHARACTERS_AT_MOST
from reviews.detection.passages import By
from reviews.errors import ErrorCode, Refused
from reviews.export.forms import Form as FileForm
from reviews.ingest import upload
from reviews.queries.captions import Form
from reviews.queries.feeds import PAGE, PAGE_AT_MOST, Asked, Place
from reviews.queries.jobs import Shown
from reviews.retention.erase import REASONS as ERASED_FOR
from reviews.reviewing.reveal import REASONS

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CURSOR = re.compile(r"([a-z]+)\.([0-9]{1,16})\.([0-9a-f]{32})", re.ASCII)
_REVISION = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,4}", re.ASCII)
_SHOWN = 60
LONGEST_LINE = 200
DAYS_AT_MOST = 92
Value = TypeVar("Value")


class ParameterRefused(Refused):
    code = ErrorCode.PARAMETER_REFUSED

    def __init__(self, name: str, seen: str, remedy: str) -> None:
        super().__init__(f"The parameter “{name[:_SHOWN]}” is refused", seen, remedy)


@dataclass(frozen=True, slots=True)
class Masking:
    """`reason` is a code of REASONS; None where personal data is left out."""

    reason: str | None


@dataclass(frozen=True, slots=True)
class Captions:
    form: Form
    characters: int


def captions(query: QueryDict) -> Captions:
    """Raises ParameterRefused."""
    _check_names(query, {"form", "characters"})
    return Captions(
        form=_read(query, "form", _form, Form.VTT),
        characters=_read(query, "characters", _characters, CHARACTERS),
    )


def passages(query: QueryDict) -> By:
    """Raises ParameterRefused."""
    _check_names(query, {"by"})
    return _read(query, "by", _by, By.SENTENCE)


def feed(query: QueryDict, kind: str, filters: Collection[str]) -> Asked:
    """Of a list; `kind` is the feed that a cursor must be of. Raises ParameterRefused."""
    _check_names(query, {"updated_since", "cursor", "limit", "fields", *filters})
    if "cursor" in query and "updated_since" in query:
        raise ParameterRefused(
            "updated_since", "a cursor beside it", "Send one of them: a cursor goes on by itself."
        )
    return Asked(
        since=_read(query, "updated_since", _time, None),
        after=_read(query, "cursor", lambda text: _place(text, kind), None),
        limit=_read(query, "limit", _limit, PAGE),
    )


def newest(query: QueryDict, filters: Collection[str], at_most: int) -> int:
    """How many of a list's newest rows are asked for. Raises ParameterRefused."""
    _check_names(query, {"format", "limit", *filters})
    limit = _read(query, "limit", _limit, at_most)
    if limit > at_most:
        raise ParameterRefused("limit", f"{limit}", f"Send 1 to {at_most} with “format”.")
    return limit


def fields(query: QueryDict, known: Collection[str]) -> frozenset[str]:
    """Of a list's rows, those that are asked for; all where none is. Raises ParameterRefused."""
    if "fields" not in query:
        return frozenset(known)
    named = str(query["fields"]).split(",")
    unknown = [name for name in named if name not in known]
    if unknown:
        raise ParameterRefused(
            "fields", f"{unknown[0][:_SHOWN]!r}", f"Send names of {', '.join(known)}, with commas."
        )
    return frozenset(named)


@dataclass(frozen=True, slots=True)
class Jobs:
    """`state` is one of Shown, "" for all; `after` is where a page ended."""

    state: str
    after: Place | None
    limit: int


def jobs(query: QueryDict, kind: str) -> Jobs:
    """Of the list of jobs. Raises ParameterRefused."""
    _check_names(query, {"state", "cursor", "limit"})
    return Jobs(
        state=_read(query, "state", _state, ""),
        after=_read(query, "cursor", lambda text: _place(text, kind), None),
        limit=_read(query, "limit", _limit, PAGE),
    )


@dataclass(frozen=True, slots=True)
class Paged:
    """`after` is where a page ended."""

    after: Place | None
    limit: int


def paged(query: QueryDict, kind: str) -> Paged:
    """Of a list that is read by pages alone. Raises ParameterRefused."""
    _check_names(query, {"cursor", "limit"})
    return Paged(
        after=_read(query, "cursor", lambda text: _place(text, kind), None),
        limit=_read(query, "limit", _limit, PAGE),
    )


@dataclass(frozen=True, slots=True)
class Trail:
    """`after` is the number of a row, 0 from the first on."""

    after: int
    limit: int


def trail(query: QueryDict) -> Trail:
    """Of the audit trail. Raises ParameterRefused."""
    _check_names(query, {"after", "limit"})
    return Trail(
        after=_read(query, "after", lambda text: 0 if text == "0" else _whole("after", text), 0),
        limit=_read(query, "limit", _limit, PAGE),
    )


@dataclass(frozen=True, slots=True)
class Days:
    """Every day of a range, and where a page of tenants ended."""

    days: tuple[date, ...]
    paged: Paged


def days(query: QueryDict, kind: str) -> Days:
    """Raises ParameterRefused."""
    _check_names(query, {"from", "to", "cursor", "limit"})
    first, last = (_read(query, name, partial(_day, name), None) for name in ("from", "to"))
    if first is None or last is None:
        raise ParameterRefused(
            "from", "a range without its two ends", "Send from and to, as 2026-01-31."
        )
    count = (last - first).days + 1
    if not 1 <= count <= DAYS_AT_MOST:
        raise ParameterRefused("to", f"{count} days", f"Send 1 to {DAYS_AT_MOST} days.")
    paging = query.copy()
    for name in ("from", "to"):
        paging.pop(name)
    made = tuple(first + timedelta(days=at) for at in range(count))
    return Days(made, paged(paging, kind))


def _day(name: str, text: str) -> date:
    try:
        found = date.fromisoformat(text) if len(text) == 10 and text.isascii() else None
    except ValueError:
        found = None
    if found is None or not 1971 <= found.year <= 9000:
        raise ParameterRefused(name, f"{text[:_SHOWN]!r}", "Send a day as 2026-01-31.")
    return found


def _state(text: str) -> str:
    if text not in Shown.values:
        raise ParameterRefused(
            "state", f"{text[:_SHOWN]!r}", f"Send one of {', '.join(Shown.values)}."
        )
    return text


def none(query: QueryDict) -> None:
    """Of what takes none. Raises ParameterRefused."""
    _check_names(query, set())


def erasing(query: QueryDict) -> str:
    """Why a call is erased. Raises ParameterRefused."""
    _check_names(query, {"reason"})
    reason = query.get("reason", "")
    if reason not in ERASED_FOR:
        seen = f"{reason[:_SHOWN]!r}" if reason else "none"
        raise ParameterRefused("reason", seen, f"Send one of {', '.join(ERASED_FOR)}.")
    return reason


def masking(query: QueryDict) -> Masking:
    """Of one row. Raises ParameterRefused."""
    _check_names(query, {"unmasked", "reason"})
    return _masking(query)


def _masking(query: QueryDict) -> Masking:
    is_unmasked = _read(query, "unmasked", _flag, default=False)
    if "reason" in query and not is_unmasked:
        raise ParameterRefused("reason", "no “unmasked=true” beside it", "Send both, or neither.")
    return Masking(_reason(query.get("reason", "")) if is_unmasked else None)


@dataclass(frozen=True, slots=True)
class Exporting:
    """`reason` is as in Masking."""

    form: FileForm
    since: datetime | None
    reason: str | None


def exporting(query: QueryDict) -> Exporting:
    """Of a whole table. Raises ParameterRefused."""
    _check_names(query, {"format", "updated_since", "unmasked", "reason"})
    return Exporting(
        form=_read(query, "format", _file_form, FileForm.NDJSON),
        since=_read(query, "updated_since", _time, None),
        reason=_masking(query).reason,
    )


def exporting_wide(query: QueryDict) -> Exporting:
    """Of a table without personal columns. Raises ParameterRefused."""
    _check_names(query, {"format", "updated_since"})
    return exporting(query)


@dataclass(frozen=True, slots=True)
class Importing:
    """`name` is the file's, of a body that is one file; the labels are speakers or channels."""

    name: str
    source: str
    agent: str | None
    customer: str | None


def importing(query: QueryDict) -> Importing:
    """Of an import. Raises ParameterRefused."""
    _check_names(query, {"name", "source", "agent", "customer"})
    return Importing(
        name=_read(query, "name", lambda text: line("name", text), "body"),
        source=_read(query, "source", lambda text: line("source", text), upload.SOURCE),
        agent=_read(query, "agent", lambda text: line("agent", text), None),
        customer=_read(query, "customer", lambda text: line("customer", text), None),
    )


@dataclass(frozen=True, slots=True)
class Drafting:
    """`revision` is of the draft that is replaced, 0 where there is none."""

    code: str
    revision: int


def drafting(query: QueryDict) -> Drafting:
    """Of a rubric's file. Raises ParameterRefused; the code itself is checked further on."""
    _check_names(query, {"code", "revision"})
    if "code" not in query:
        raise ParameterRefused("code", "nothing", "Send the rubric's code; a new one makes it.")
    return Drafting(
        code=_read(query, "code", lambda text: line("code", text), ""),
        revision=_read(query, "revision", lambda text: _whole("revision", text), 0),
    )


@dataclass(frozen=True, slots=True)
class Publishing:
    rubric: UUID
    revision: int
    note: str


def publishing(given: object) -> Publishing:
    """Of the body that publishes a draft. Raises ParameterRefused."""
    if not isinstance(given, dict) or set(given) != {"rubric", "revision", "note"}:
        raise ParameterRefused(
            "body", "other names", "Send a JSON object with rubric, revision and note."
        )
    try:
        rubric = UUID(str(given["rubric"]))
    except ValueError:
        raise ParameterRefused("rubric", "no id", "Take it from /api/v1/rubrics.") from None
    note = given["note"]
    if not isinstance(note, str):
        raise ParameterRefused("note", "no text", "Say in a line what changed.")
    return Publishing(rubric, _whole("revision", str(given["revision"])), note)


def _whole(name: str, text: str) -> int:
    if not _REVISION.fullmatch(text):
        raise ParameterRefused(name, text[:_SHOWN], "Send a whole number, such as 3.")
    return int(text)


def line(name: str, text: str) -> str:
    """Raises ParameterRefused."""
    if not text.strip() or not text.isprintable() or len(text) > LONGEST_LINE:
        raise ParameterRefused(
            name, f"{len(text)} characters", f"Send one line of 1 to {LONGEST_LINE}."
        )
    return text


def cursor(place: Place, kind: str) -> str:
    """Where a page ended, for `next`."""
    at, row_id = place
    micros = (at - EPOCH) // timedelta(microseconds=1)
    return base64.urlsafe_b64encode(f"{kind}.{micros}.{row_id.hex}".encode()).decode().rstrip("=")


def _check_names(query: QueryDict, known: set[str]) -> None:
    for name in query:
        if name not in known:
            names = ", ".join(sorted(known)) or "none"
            raise ParameterRefused(name, "an unknown name", f"Known here: {names}.")
        if len(query.getlist(name)) > 1:
            raise ParameterRefused(name, "more than one value", "Send it once.")


def _read(query: QueryDict, name: str, parse: Callable[[str], Value], default: Value) -> Value:
    return parse(str(query[name])) if name in query else default


def _time(text: str) -> datetime:
    try:
        at = parse_datetime(text)
        if at is not None and at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass  # not a time that there is: refused below, as what is no time at all
    raise ParameterRefused(
        "updated_since",
        f"{text[:_SHOWN]!r}",
        "Send a time with its zone, as 2026-01-31T08:00:00Z (a + is written %2B).",
    )


def _limit(text: str) -> int:
    if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= PAGE_AT_MOST:
        raise ParameterRefused("limit", f"{text[:_SHOWN]!r}", f"Send 1 to {PAGE_AT_MOST}.")
    return int(text)


def _flag(text: str) -> bool:
    if text not in {"true", "false"}:
        raise ParameterRefused("unmasked", f"{text[:_SHOWN]!r}", "Send true or false.")
    return text == "true"


def _reason(text: str) -> str:
    if text not in REASONS:
        raise ParameterRefused(
            "reason", f"{text[:_SHOWN]!r}", f"Send one of {', '.join(REASONS)}: it is recorded."
        )
    return text


def _place(text: str, kind: str) -> Place:
    parts = _CURSOR.fullmatch(_decoded(text))
    if parts is None or parts[1] != kind:
        raise ParameterRefused(
            "cursor",
            "no cursor of this list",
            "Follow `next` as it is, or begin again without it.",
        )
    return EPOCH + timedelta(microseconds=int(parts[2])), UUID(parts[3])


def _decoded(text: str) -> str:
    try:
        padded = text + "=" * (-len(text) % 4)
        return base64.b64decode(padded.encode(), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


def _form(text: str) -> Form:
    try:
        return Form(text)
    except ValueError:
        known = ", ".join(Form)
        raise ParameterRefused("form", "no such form of captions", f"Use {known}.") from None


def _file_form(text: str) -> FileForm:
    try:
        return FileForm(text)
    except ValueError:
        known = ", ".join(FileForm)
        raise ParameterRefused("format", f"{text[:_SHOWN]!r}", f"Send one of {known}.") from None


def _by(text: str) -> By:
    try:
        return By(text)
    except ValueError:
        known = ", ".join(By)
        raise ParameterRefused("by", "no part of a transcript", f"Use {known}.") from None


def _characters(text: str) -> int:
    is_whole = text.isascii() and text.isdecimal() and len(text) < 5
    if is_whole and 10 <= int(text) <= CHARACTERS_AT_MOST:
        return int(text)
    raise ParameterRefused("characters", "not 10 to 1000", "Give a whole number between them.")
