"""What the queue shows, as one line of text that people write, and its address and form hold.

    is:open rule:guarantee agent:"J. Ortiz" sev:>=high age:>2d assignee:me "phrase"

`parse(write(filters)) == filters` for all of them.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

from reviews.detection.rubric import GRAVEST_FIRST
from reviews.errors import ErrorCode, Refused
from reviews.models import Standing

LONGEST = 500
ME, NOBODY = "me", "none"
_TOKEN = re.compile(r'(?:([a-z]+):)?(?:"([^"]*)"|([^\s"]+))(?=\s|$)\s*')
_AGE = re.compile(r"([<>])(\d{1,4})([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_BARE = re.compile(r'[^\s":]+')


class FilterRefused(Refused):
    code = ErrorCode.FILTER_REFUSED


class Stands(StrEnum):
    """Where findings stand, in one word; several standings where it names a group."""

    OPEN = "open"
    ESCALATED = "escalated"
    SECOND = "second"
    UNDECIDED = "undecided"
    UPHELD = "confirmed"
    DISMISSED = "dismissed"
    DECIDED = "decided"
    SUPPRESSED = "suppressed"
    SUPERSEDED = "superseded"


STANDINGS: Mapping[Stands, tuple[Standing, ...]] = {
    Stands.OPEN: (Standing.OPEN,),
    Stands.ESCALATED: (Standing.ESCALATED,),
    Stands.SECOND: (Standing.SECOND,),
    Stands.UNDECIDED: (Standing.OPEN, Standing.ESCALATED, Standing.SECOND),
    Stands.UPHELD: (Standing.UPHELD,),
    Stands.DISMISSED: (Standing.DISMISSED,),
    Stands.DECIDED: (Standing.UPHELD, Standing.DISMISSED),
    Stands.SUPPRESSED: (Standing.SUPPRESSED,),
    Stands.SUPERSEDED: (Standing.SUPERSEDED,),
}


class Sort(StrEnum):
    GRAVEST = "gravest"
    DUE = "due"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the queue shows. "" and False narrow nothing."""

    stands: Stands = Stands.OPEN
    rule: str = ""
    severity: str = ""
    """A severity, with `>=` before it where graver ones count too."""
    agent: str = ""
    """A name or an id in the telephone system, as are `team` and `source` by their names."""
    team: str = ""
    source: str = ""
    age: str = ""
    """`>2d`, `<4h`, `>1w`: how long it has waited."""
    assignee: str = ""
    """`me`, `none`, or an e-mail address; likewise `by`, who decided."""
    by: str = ""
    phrase: str = ""
    alike: str = ""
    """Id of a finding: those of the same rule with the same words."""
    is_overdue: bool = False
    is_held: bool = False
    is_unsure: bool = False
    is_absent: bool = False
    sort: Sort = Sort.GRAVEST
    after: str = field(default="", compare=False)
    """The cursor: where the page before ended. No part of the text."""

    @property
    def severities(self) -> tuple[str, ...]:
        named = self.severity.removeprefix(">=")
        if not named:
            return ()
        last = GRAVEST_FIRST.index(named)
        return tuple(GRAVEST_FIRST[: last + 1]) if named != self.severity else (named,)

    @property
    def is_narrowed(self) -> bool:
        """Beyond where the findings stand."""
        return replace(self, stands=Stands.OPEN, sort=Sort.GRAVEST) != Filters()

    def waited(self) -> tuple[str, timedelta] | None:
        """`>` or `<`, and for how long; None where the age narrows nothing."""
        found = _AGE.fullmatch(self.age)
        return (found[1], int(found[2]) * _UNITS[found[3]]) if found else None


_FLAGS = {"overdue": "is_overdue", "held": "is_held", "unsure": "is_unsure", "absent": "is_absent"}
_TEXTS = {name: name for name in ("rule", "agent", "team", "source", "assignee", "by", "alike")}
KEYS = ("is", "rule", "sev", "agent", "team", "source", "age", "assignee", "by", "alike", "sort")


def parse(text: str) -> Filters:
    """Raises FilterRefused, which names the first part that is not understood."""
    if len(text) > LONGEST or "\0" in text:
        raise _refused(f"{len(text):,} characters", f"Write at most {LONGEST:,}, without NUL.")
    given: dict[str, Any] = {}
    for key, value in _tokens(text.strip()):
        _READ.get(key, _unknown)(given, key, value)
    return Filters(**given)


def write(filters: Filters) -> str:
    """The text that `parse` reads as these filters."""
    return " ".join(_written(filters))


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:
            raise _refused(f"“{text[at : at + 20]}” at place {at + 1}", "Close the quotation mark.")
        key, quoted, bare = found.groups()
        yield key or "", quoted if quoted is not None else bare
        at = found.end()


def _read_is(given: dict[str, Any], key: str, value: str) -> None:
    if value in _FLAGS:
        given[_FLAGS[value]] = True
    elif value in list(Stands):
        _once(given, "stands", Stands(value), key=key)
    else:
        known = ", ".join((*Stands, *_FLAGS))
        raise _refused(f"“is:{value}”", f"Write is: with one of {known}.")


def _read_severity(given: dict[str, Any], key: str, value: str) -> None:
    if value.removeprefix(">=") not in list(GRAVEST_FIRST):
        known = ", ".join(GRAVEST_FIRST)
        raise _refused(f"“sev:{value}”", f"Write one of {known}; >= before it takes graver ones.")
    _once(given, "severity", value, key=key)


def _read_age(given: dict[str, Any], key: str, value: str) -> None:
    if not _AGE.fullmatch(value):
        raise _refused(f"“age:{value}”", "Write age:>2d or age:<4h, with h, d or w.")
    _once(given, "age", value, key=key)


def _read_sort(given: dict[str, Any], key: str, value: str) -> None:
    if value not in list(Sort):
        raise _refused(f"“sort:{value}”", f"Write sort: with one of {', '.join(Sort)}.")
    _once(given, "sort", Sort(value), key=key)


def _read_text(given: dict[str, Any], key: str, value: str) -> None:
    if not value.strip():
        raise _refused(f"“{key}:” without a value", f"Write what {key} is to be.")
    _once(given, _TEXTS[key], value, key=key)


def _read_phrase(given: dict[str, Any], key: str, value: str) -> None:
    """Words without a key are looked for in the evidence, one after another."""
    if value.endswith(":") and value[:-1] in KEYS:
        raise _refused(f"“{value}” without a value", "Write it right behind, without a blank.")
    words = value.split()
    if words:
        given["phrase"] = " ".join([given["phrase"], *words] if "phrase" in given else words)


_READ: Mapping[str, Callable[[dict[str, Any], str, str], None]] = {
    "": _read_phrase,
    "is": _read_is,
    "sev": _read_severity,
    "age": _read_age,
    "sort": _read_sort,
    **dict.fromkeys(_TEXTS, _read_text),
}


def _unknown(given: dict[str, Any], key: str, value: str) -> None:
    raise _refused(f"“{key}:”", f"Write one of {', '.join(f'{each}:' for each in KEYS)}.")


def _once(given: dict[str, Any], name: str, value: object, *, key: str) -> None:
    if name in given:
        raise _refused(f"“{key}:” twice", "Leave one of them out.")
    given[name] = value


def _written(filters: Filters) -> Iterator[str]:
    if filters.stands is not Stands.OPEN:
        yield f"is:{filters.stands}"
    yield from (f"is:{word}" for word, name in _FLAGS.items() if getattr(filters, name))
    for key, name in (("rule", "rule"), ("sev", "severity"), *list(_TEXTS.items())[1:]):
        if value := getattr(filters, name):
            yield f"{key}:{_quoted(value)}"
    if filters.age:
        yield f"age:{filters.age}"
    if filters.sort is not Sort.GRAVEST:
        yield f"sort:{filters.sort}"
    if filters.phrase:
        yield f'"{filters.phrase}"'


def _quoted(value: str) -> str:
    return value if _BARE.fullmatch(value) else f'"{value}"'


def _refused(seen: str, remedy: str) -> FilterRefused:
    return FilterRefused("The query was refused", seen, remedy)
