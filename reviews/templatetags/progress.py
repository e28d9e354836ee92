"""How fast, how long, how long ago."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

register = template.Library()
_UNITS = (
    (86_400, gettext_lazy("d")),
    (3600, gettext_lazy("h")),
    (60, gettext_lazy("min")),
    (1, gettext_lazy("s")),
)


@register.filter
def span(seconds: float | None) -> str:
    """The two largest units: "40 s", "3 min 46 s", "2 h 5 min"; "" where it is not known."""
    if seconds is None:
        return ""
    left = max(0, round(seconds))
    parts: list[tuple[int, object]] = []
    for size, unit in _UNITS:
        count, left = divmod(left, size)
        if count or parts:
            parts.append((count, unit))
    shown = [f"{count}\N{NO-BREAK SPACE}{unit}" for count, unit in parts[:2] if count]
    return " ".join(shown) or f"0\N{NO-BREAK SPACE}{_('s')}"


@register.filter
def since(at: datetime) -> SafeString:
    """How long ago, to the second."""
    past = (timezone.now() - at).total_seconds()
    return format_html(
        '<time datetime="{}">{}</time>', at.isoformat(timespec="seconds"), span(past)
    )


@register.filter
def until(at: datetime) -> SafeString:
    """How long it is still to be waited."""
    left = (at - timezone.now()).total_seconds()
    return format_html(
        '<time datetime="{}">{}</time>', at.isoformat(timespec="seconds"), span(left)
    )


@register.filter
def rate(per_second: float | None) -> str:
    """Calls a second, where there are that many, else a minute; a dash where none ended."""
    if not per_second:
        return "–"
    if per_second >= 1:
        return _("%(count).0f/s") % {"count": per_second}
    return _("%(count).0f/min") % {"count": per_second * 60}
