"""Typed readers of the environment. A wrong value stops the start and says what would be right."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


class WrongValue(ImproperlyConfigured):
    """The environment holds a value that cannot be used: variable, value seen, allowed values."""

    def __init__(self, name: str, seen: str, allowed: str) -> None:
        super().__init__(f"{name}={seen!r} was refused. Allowed: {allowed}.")


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """A `postgresql://` address, taken apart."""

    user: str
    password: str
    host: str
    port: str
    name: str


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def secret(name: str) -> str:
    """The value of `name`, or the content of the file that `name_FILE` points at; "" if neither."""
    path = os.environ.get(f"{name}_FILE")
    if not path:
        return os.environ.get(name, "")
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise WrongValue(f"{name}_FILE", path, "a file this process may read") from error


def flag(name: str, *, default: bool) -> bool:
    seen = os.environ.get(name)
    if seen is None:
        return default
    if seen.lower() in _TRUE | _FALSE:
        return seen.lower() in _TRUE
    raise WrongValue(name, seen, "1, true, yes, on, 0, false, no, off")


def whole(name: str, *, default: int, least: int, most: int) -> int:
    seen = os.environ.get(name)
    if seen is None:
        return default
    if seen.isascii() and seen.isdigit() and least <= int(seen) <= most:
        return int(seen)
    raise WrongValue(name, seen, f"a whole number from {least} to {most}")


def choice(name: str, *, default: str, allowed: Sequence[str]) -> str:
    seen = os.environ.get(name, default)
    if seen in allowed:
        return seen
    raise WrongValue(name, seen, ", ".join(allowed))


def words(name: str, *, default: Sequence[str] = ()) -> list[str]:
    """A list, separated by commas."""
    seen = os.environ.get(name)
    if seen is None:
        return list(default)
    return [word.strip() for word in seen.split(",") if word.strip()]


def database_url(name: str) -> DatabaseUrl | None:
    """The address in `name` (or `name_FILE`), None if unset. The value itself is never shown."""
    given = secret(name)
    if not given:
        return None
    parts = urlsplit(given)
    if parts.scheme not in {"postgresql", "postgres"} or len(parts.path) < 2 or not parts.username:
        raise WrongValue(name, "…", "postgresql://user:password@host:port/name")
    return _database(parts, parse_qs(parts.query))


def _database(parts: SplitResult, query: Mapping[str, list[str]]) -> DatabaseUrl:
    host = query.get("host", [parts.hostname or ""])[0]
    return DatabaseUrl(
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        host=host,
        port=str(parts.port or ""),
        name=unquote(parts.path[1:]),
    )
