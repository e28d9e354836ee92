"""What differs between two rubric documents: rule by rule, field by field, word by word."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")
_KEYS = ("code", "name", "key")
"""What tells the rows of a list apart."""


class Kind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Run:
    """Text that is in both, or in one alone: `kind` "" is in both."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One field; `of` is what it belongs to, such as ("rules", "disclosure")."""

    of: tuple[str, ...]
    field: str
    """"" where the whole is added or removed."""
    kind: Kind
    before: str
    after: str

    @property
    def runs(self) -> tuple[Run, ...]:
        return tuple(_runs(self.before, self.after))


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """In the order of the documents' keys; nothing where they are the same."""
    return tuple(_between(before, after, ()))


def _between(
    before: Mapping[str, Any], after: Mapping[str, Any], of: tuple[str, ...]
) -> Iterator[Change]:
    for key in dict.fromkeys((*before, *after)):
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        if _is_keyed(old) or _is_keyed(new):
            yield from _rows(_keyed(old), _keyed(new), (*of, key))
        elif isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _between(old, new, (*of, key))
        else:
            yield _field(of, key, old, new)


def _rows(
    before: Mapping[str, Any], after: Mapping[str, Any], of: tuple[str, ...]
) -> Iterator[Change]:
    for code in dict.fromkeys((*before, *after)):
        own = (*of, code)
        if code not in after:
            yield Change(own, "", Kind.REMOVED, _shown(before[code]), "")
        elif code not in before:
            yield Change(own, "", Kind.ADDED, "", _shown(after[code]))
        else:
            yield from _between(before[code], after[code], own)


def _field(of: tuple[str, ...], key: str, old: Any, new: Any) -> Change:
    kind = Kind.CHANGED
    if old in (None, "", [], {}):
        kind = Kind.ADDED
    elif new in (None, "", [], {}):
        kind = Kind.REMOVED
    return Change(of, key, kind, _shown(old), _shown(new))


def _is_keyed(value: Any) -> bool:
    return isinstance(value, Sequence) and any(isinstance(row, Mapping) for row in value)


def _keyed(rows: Any) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for at, row in enumerate(rows or ()):
        name = next((str(row[key]) for key in _KEYS if key in row), str(at))
        made[name] = row
    return made


def _shown(value: Any) -> str:
    """As a person writes it: a line a row, a mapping as `key: value`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        lines = ((key, _shown(each)) for key, each in value.items())
        return "\n".join(f"{key}: {text}" for key, text in lines if text)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "\n".join(map(_shown, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _runs(before: str, after: str) -> Iterator[Run]:
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    for tag, low, high, begin, end in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Run("".join(old[low:high]))
            continue
        if low < high:
            yield Run("".join(old[low:high]), Kind.REMOVED)
        if begin < end:
            yield Run("".join(new[begin:end]), Kind.ADDED)
