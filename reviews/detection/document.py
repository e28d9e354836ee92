"""Typed reading of a document of mappings and lists; every refusal names its path."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NoReturn


class RubricError(ValueError):
    """A rubric that is refused; `path` such as `rules[3].check.query`."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path
        self.message = message


def refuse(path: str, message: str) -> NoReturn:
    raise RubricError(path, message)


@dataclass
class Section:
    """A mapping at a path. Keys are taken one by one; `close` refuses what was not taken."""

    data: Mapping[str, object]
    path: str
    taken: set[str] = field(default_factory=set)

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def has(self, key: str) -> bool:
        return key in self.data

    def take(self, key: str) -> object:
        self.taken.add(key)
        return self.data.get(key)

    def text(self, key: str, *, default: str | None = None, most: int = 500) -> str:
        value = self.take(key)
        if default is not None and value in (None, default):
            return default
        return text(value, self.at(key), most=most)

    def choice(self, key: str, choices: Sequence[str], *, default: str) -> str:
        value = self.take(key)
        if value is None:
            return default
        if value not in choices:
            refuse(
                self.at(key), f"{shown(value)} is not allowed: write one of {', '.join(choices)}"
            )
        return str(value)

    def number(self, key: str, *, default: float, least: float, most: float) -> float:
        value = self.take(key)
        if value is None:
            return float(default)
        return number(value, self.at(key), least=least, most=most)

    def whole(self, key: str, *, default: int, least: int, most: int) -> int:
        value = self.number(key, default=default, least=least, most=most)
        if not value.is_integer():
            refuse(self.at(key), f"{value:g} is not a whole number: write {least} to {most}")
        return int(value)

    def yes_no(self, key: str) -> bool:
        value = self.take(key)
        if value is None:
            return False
        if not isinstance(value, bool):
            refuse(self.at(key), f"{shown(value)} is not yes or no: write true or false")
        return value

    def texts(self, key: str, *, most: int = 5_000, length: int = 10_000) -> tuple[str, ...]:
        items = sequence(self.take(key), self.at(key), most=most)
        return tuple(
            text(item, f"{self.at(key)}[{at}]", most=length) for at, item in enumerate(items)
        )

    def choices(self, key: str, choices: Sequence[str]) -> tuple[str, ...]:
        """Each of the texts is one of `choices`."""
        asked = self.texts(key, most=len(choices))
        for at, value in enumerate(asked):
            if value not in choices:
                known = ", ".join(choices)
                refuse(
                    f"{self.at(key)}[{at}]", f"{shown(value)} is not known: write one of {known}"
                )
        return tuple(map(str, asked))

    def section(self, key: str) -> "Section":
        return section(self.take(key), self.at(key))

    def sections(self, key: str, *, most: int) -> Iterator["Section"]:
        items = sequence(self.take(key), self.at(key), most=most)
        return (section(item, f"{self.at(key)}[{at}]") for at, item in enumerate(items))

    def close(self) -> None:
        unknown = sorted(set(self.data) - self.taken)
        if unknown:
            known = ", ".join(sorted(self.taken))
            refuse(self.at(unknown[0][:60]), f"this key is not known: write one of {known}")


def section(value: object, path: str) -> Section:
    """A mapping with text keys, empty where there is none. Raises RubricError."""
    if value is None:
        return Section({}, path)
    if not isinstance(value, Mapping):
        refuse(path or "rubric", f"{shown(value)} is not a mapping: write keys and values")
    for key in value:
        if not isinstance(key, str):
            refuse(path or "rubric", f"the key {shown(key)} is not a text: put it in quotes")
    return Section(value, path)


def sequence(value: object, path: str, *, most: int) -> Sequence[object]:
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        refuse(path, f"{shown(value)} is not a list: write one entry a line")
    if len(value) > most:
        refuse(path, f"{len(value)} entries are too many: write at most {most}")
    return value


def number(value: object, path: str, *, least: float, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        refuse(path, f"{shown(value)} is not a number: write {least:g} to {most:g}")
    if not least <= value <= most:
        refuse(path, f"{value:g} is out of range: write {least:g} to {most:g}")
    return float(value)


def text(value: object, path: str, *, most: int) -> str:
    if not isinstance(value, str) or not value.strip():
        refuse(path, f"{shown(value)} is not a text: write one")
    if len(value) > most:
        refuse(path, f"the text has {len(value)} characters: write at most {most}")
    return value


def shown(value: object) -> str:
    """A value as an error may show it: short, or only its kind."""
    if value is None:
        return "nothing"
    if isinstance(value, str | int | float | bool):
        return repr(value)[:60]
    return f"a {type(value).__name__}"


def check_unique(path: str, codes: Sequence[str]) -> None:
    """Raises RubricError where one stands twice."""
    for code, count in Counter(codes).items():
        if count > 1:
            refuse(path, f"the code {code!r} is used {count} times: give each its own")
