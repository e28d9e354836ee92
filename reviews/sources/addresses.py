"""Addresses before they are kept: without what signs them and without whom a call is about.

They are cut as text, not read as URLs: one that no reader understands may hold a secret, too.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote_plus

from reviews.sources.security_codes import Removed

_PERSONAL = frozenset(("subject", "account"))
_PAIR = re.compile(r"([?&#;])([^?&#;=]*)(?:=[^&#;]*)?")
_USER = re.compile(r"^((?:[^/?#@]*:)?//)?[^/?#]*@")
_SAID = re.compile(r"(?<!\w)\w+://\S+")
_AUDIO = "audio_url"
_WEBHOOK = "webhook_url"
_ERROR = "error"

_Cut = Callable[[str], tuple[str, frozenset[str]]]


def unsigned(url: str) -> str:
    """`url` without user, query and fragment: what is presigned opens the recording."""
    return re.split(r"[?#]", _USER.sub(r"\1", url), maxsplit=1)[0]


def unsigned_within(text: str) -> str:
    """`text`, every address in it unsigned."""
    return _SAID.sub(lambda found: unsigned(found.group()), text)


def without_secrets(value: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Removed, ...]]:
    """`value` with its own addresses cut, and what was removed. The argument is not changed.

    Every `audio_url` (also `redacted_audio_url`) and the addresses in `error` lose what signs
    them, every `webhook_url` its user, subject and account; in objects within objects, too.
    """
    removed: list[Removed] = []
    return _cut(value, "", removed), tuple(removed)


def _cut(value: Mapping[str, Any], place: str, removed: list[Removed]) -> dict[str, Any]:
    kept = dict(value)
    for key, item in value.items():
        where = f"{place}.{key}" if place else key
        if isinstance(item, dict):
            kept[key] = _cut(item, where, removed)
        elif isinstance(item, str) and (cut := _cut_of(key)):
            kept[key], kinds = cut(item)
            removed += [Removed(where, kind, 1) for kind in sorted(kinds)]
    return kept


def _cut_of(key: str) -> _Cut | None:
    name = key.lower()
    if name.endswith(_WEBHOOK):
        return _anonymous
    if name.endswith(_AUDIO):
        return lambda url: _signed_off(url, unsigned(url))
    return (lambda text: _signed_off(text, unsigned_within(text))) if name == _ERROR else None


def _signed_off(given: str, kept: str) -> tuple[str, frozenset[str]]:
    return kept, frozenset() if kept == given else frozenset(("signature",))


def _anonymous(url: str) -> tuple[str, frozenset[str]]:
    kinds: set[str] = set()

    def keep(pair: re.Match[str]) -> str:
        # A reader of addresses skips tabs and line ends within them.
        name = "".join(unquote_plus(pair[2]).split()).lower()
        if name not in _PERSONAL:
            return pair[0]
        kinds.add(name)
        return "" if pair[1] in "&;" else pair[1]

    named = _USER.sub(r"\1", url)
    if named != url:
        kinds.add("signature")
    kept = _PAIR.sub(keep, named)
    return (kept.replace("?&", "?").rstrip("?") if kept != named else named), frozenset(kinds)
