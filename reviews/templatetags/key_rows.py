"""The keys of a page as rows, in the help and in the palette: each page has both, so drawn once."""

from collections.abc import Iterable
from functools import lru_cache
from html import escape
from typing import Protocol

from django import template
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()


class Key(Protocol):
    """What is read of a key; equal ones have equal hashes."""

    @property
    def key(self) -> str: ...
    @property
    def action(self) -> str: ...
    @property
    def where(self) -> str: ...
    @property
    def label(self) -> "str | Promise": ...


@register.simple_tag
def help_rows(keys: Iterable[Key]) -> SafeString:
    """Parts of a list of terms."""
    return _drawn(
        "<div {names}><dt><kbd>{key}</kbd></dt><dd>{label}</dd></div>", tuple(keys), get_language()
    )


@register.simple_tag
def jump_rows(keys: Iterable[Key]) -> SafeString:
    """Items of a list; the module shows those of the page."""
    row = (
        '<li {names} hidden><button type="button" class="menu-row"><span>{label}</span> '
        "<kbd>{key}</kbd></button></li>"
    )
    return _drawn(row, tuple(keys), get_language())


@lru_cache(maxsize=256)
def _drawn(row: str, keys: tuple[Key, ...], _language: str | None) -> SafeString:
    return SafeString("\n".join(row.format(**_parts(each)) for each in keys))


def _parts(each: Key) -> dict[str, str]:
    key, action, where, label = map(escape, (each.key, each.action, each.where, str(each.label)))
    names = f'data-key="{key}" data-action="{action}" data-where="{where}"'
    return {"names": names, "key": key, "label": label}
