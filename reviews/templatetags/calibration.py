"""Figures of agreement as pages write them."""

from django import template

from reviews.queries.agreement import Figure

register = template.Library()
PER_CENT = "%"


@register.filter
def figure(of: Figure, unit: str) -> str:
    return _written(of.value, unit)


@register.filter
def interval(of: Figure, unit: str) -> str:
    return f"[{_written(of.low, unit)}; {_written(of.high, unit)}]"


@register.filter
def per_cent(share: float) -> str:
    return _written(share, PER_CENT)


def _written(value: float | None, unit: str) -> str:
    if value is None:
        return "–"
    if unit == PER_CENT:
        return f"{value:.0%}".replace("%", "\N{NO-BREAK SPACE}%")
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "\N{MINUS SIGN}")  # no minus before 0.00
