"""A tenant's colour: readable on the surfaces of both themes, or refused with one near it that is.

No colour has a contrast of 4.5 both on white and on a dark surface, so the tenant chooses the one
for the light theme; in the dark theme the first lighter shade of it that is readable stands for it.
"""

import re
from dataclasses import dataclass

from reviews.errors import ErrorCode, Refused

LIGHT_SURFACE, DARK_SURFACE = "#ffffff", "#15181f"
"""`--surface` of static/css/tokens.css in each theme."""
LEAST = 4.5
_STEPS = 100
_WRITTEN = re.compile("#[0-9a-f]{6}")
Rgb = tuple[float, float, float]


class ColourRefused(Refused):
    code = ErrorCode.FILTER_REFUSED


@dataclass(frozen=True, slots=True)
class Shades:
    light: str
    dark: str


def shades(written: str) -> Shades:
    """The colour in each theme. Raises ColourRefused."""
    colour = written.strip().lower()
    if not _WRITTEN.fullmatch(colour):
        raise ColourRefused(
            "The colour is refused", repr(written[:20]), "Write it as #rrggbb, as in #1a5fb4."
        )
    measured = contrast(colour, LIGHT_SURFACE)
    if measured < LEAST:
        near = _towards(colour, "#000000", LIGHT_SURFACE)
        raise ColourRefused(
            "The colour is refused",
            f"{colour} with a contrast of {measured:.2f} on the page, where {LEAST} is needed",
            f"A colour near it that is readable is {near}.",
        )
    return Shades(colour, _towards(colour, "#ffffff", DARK_SURFACE))


def contrast(one: str, other: str) -> float:
    """As WCAG 2.2 measures it: 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _towards(colour: str, end: str, surface: str) -> str:
    """The first mixture with `end` that is readable on the surface; `end` itself always is."""
    own, other = _rgb(colour), _rgb(end)
    for step in range(_STEPS):
        part = step / _STEPS
        mixed = _written(tuple(a + (b - a) * part for a, b in zip(own, other, strict=True)))
        if contrast(mixed, surface) >= LEAST:
            return mixed
    return end


def _luminance(colour: str) -> float:
    red, green, blue = map(_linear, _rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)


def _rgb(colour: str) -> Rgb:
    red, green, blue = bytes.fromhex(colour[1:])
    return red / 255, green / 255, blue / 255


def _written(parts: tuple[float, ...]) -> str:
    return "#" + bytes(round(255 * each) for each in parts).hex()
