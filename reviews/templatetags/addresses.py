"""Addresses of many rows of one kind: what stands around the id is looked up once a process."""

from functools import lru_cache
from uuid import UUID

from django.urls import get_script_prefix, reverse
from django.urls.converters import get_converters

_ANY = UUID(int=0)


def address(name: str, slug: str, row_id: UUID) -> str:
    """As `{% url name slug row_id %}`, in a fraction of its time."""
    before, after = _around(get_script_prefix(), name, slug)
    return f"{before}{_written(row_id)}{after}"


@lru_cache(maxsize=1024)
def _around(_prefix: str, name: str, slug: str) -> tuple[str, str]:
    before, _, after = reverse(name, args=[slug, _ANY]).partition(_written(_ANY))
    return before, after


def _written(row_id: UUID) -> str:
    return get_converters()["id"].to_url(row_id)
