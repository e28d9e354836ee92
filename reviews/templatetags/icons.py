"""Icons inside a page: drawn once a process, since a queue shows the same few on every row."""

from functools import lru_cache

from django import template
from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide

register = template.Library()
SIZE = 16


@register.simple_tag
@lru_cache(maxsize=128)
def icon(name: str, size: int = SIZE) -> SafeString:
    """The icon as decoration: words beside it say what it means.

    Raises lucide.IconDoesNotExist.
    """
    drawn = lucide(str(name), size=size, aria_hidden="true")
    return SafeString(" ".join(drawn.split()).replace("> <", "><"))
