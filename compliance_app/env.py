"""Typed readers of the environment. A wrong value stops the start and says what would be right."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})
_ADDRESS = "postgresql://user:password@host:port/name"
_DRIVER_OPTIONS = frozenset(
    {"sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout", "target_session_attrs"}
)


class WrongValue(ImproperlyConfigured):
    """The environment holds a value that cannot be used: variable, value seen, allowed values."""

    def __init__(self, name: str, seen: str, allowed: str) -> None:
        super().__init__(f"{name}={seen!r} was refused. Allowed: {allowed}.")


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """A `postgresql://` address, taken apart. `options` are the driver's, as given."""

    user: str
    password: str
    host: str
    port: str
    name: str
    options: Mapping[str, str] = field(default_factory=dict)


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


def mailbox(name: str, *, is_needed: bool) -> str:
    """An address to send from, as name@host or Words <name@host>; "" where none is needed."""
    seen = text(name)
    if not seen and not is_needed:
        return ""
    if not seen.isprintable() or not re.fullmatch(
        r"[^<>@]+@[^<>@ ]+|[^<>]*<[^<>@ ]+@[^<>@ ]+>", seen
    ):
        raise WrongValue(name, seen, "name@host or Words <name@host>")
    return seen


def origin(name: str, *, is_needed: bool) -> str:
    """`https://host[:port]` without a path; "" where none is needed."""
    seen = text(name).rstrip("/")
    if not seen and not is_needed:
        return ""
    if not re.fullmatch(r"https?://[A-Za-z0-9.:\[\]-]+", seen):
        raise WrongValue(name, seen, "the address of this installation, https://host")
    return seen


def provider(name: str) -> dict[str, object]:
    """A provider of OpenID Connect: `OIDC_<NAME>_ISSUER`, `_CLIENT_ID`, `_CLIENT_SECRET`, `_NAME`.

    `name` stands in its addresses and with every account that is bound to it, so it stays.
    """
    if not re.fullmatch("[a-z0-9]{1,30}", name):
        raise WrongValue("OIDC_PROVIDERS", name, "small letters and digits, 1 to 30 each")
    before = f"OIDC_{name.upper()}"
    issuer = text(f"{before}_ISSUER").rstrip("/")
    if not issuer.startswith(("https://", "http://")):
        raise WrongValue(f"{before}_ISSUER", issuer, "the issuer's address, https://host/path")
    return {
        "provider_id": name,
        "name": text(f"{before}_NAME", name.title()),
        "client_id": text(f"{before}_CLIENT_ID"),
        "secret": secret(f"{before}_CLIENT_SECRET"),
        "settings": {
            "server_url": issuer,
            "token_auth_method": "client_secret_post",
            "fetch_userinfo": False,
        },
    }


def database_url(name: str) -> DatabaseUrl | None:
    """The address in `name` (or `name_FILE`), None if unset. The value itself is never shown."""
    given = secret(name)
    if not given:
        return None
    try:
        parts = urlsplit(given)
        port = str(parts.port or "")
    except ValueError:  # its text quotes the address
        raise WrongValue(name, "…", _ADDRESS) from None
    if parts.scheme not in {"postgresql", "postgres"} or len(parts.path) < 2 or not parts.username:
        raise WrongValue(name, "…", _ADDRESS)
    return _database(parts, port, _query(name, parts.query))


def _query(name: str, query: str) -> dict[str, str]:
    """The options after the question mark. An unknown, empty or repeated one is refused by name."""
    found = parse_qs(query, keep_blank_values=True)
    for option, values in found.items():
        if option not in _DRIVER_OPTIONS | {"host"} or len(values) > 1 or not values[0]:
            # A password with a question mark in it may end here: only what looks like a name shows.
            shown = option if re.fullmatch("[a-z_]{1,40}", option) else "…"
            allowed = ", ".join(sorted(_DRIVER_OPTIONS | {"host"}))
            raise WrongValue(f"{name}: option {shown}", "…", f"each once, of {allowed}")
    return {option: values[0] for option, values in found.items()}


def _database(parts: SplitResult, port: str, query: dict[str, str]) -> DatabaseUrl:
    host = query.pop("host", parts.hostname or "")
    return DatabaseUrl(
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        host=host,
        port=port,
        name=unquote(parts.path[1:]),
        options=query,
    )
