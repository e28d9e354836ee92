"""What the address of a call's page asks for: a finding, words, or a moment."""

import math
from dataclasses import dataclass

from django.http import QueryDict

from reviews.queries.found_lines import Phrase
from reviews.web.call_filter import phrase


@dataclass(frozen=True, slots=True)
class Asked:
    """What is none of ours asks for nothing: a link that grew old still opens the call."""

    rule: str
    stop: int
    find: str
    phrase: Phrase | None
    hit: int
    at_ms: int | None
    line: int | None
    span: tuple[int, int] | None
    """Where in the line's text a selection begins and ends."""


def asked(query: QueryDict) -> Asked:
    """Raises FilterRefused where words cannot be looked for."""
    find = query.get("find", "").strip()
    return Asked(
        rule=query.get("rule", ""),
        stop=_number(query.get("stop", "")),
        find=find,
        phrase=phrase(find),
        hit=_number(query.get("hit", "")),
        at_ms=_moment(query.get("at", "")),
        line=_number(query.get("line", "")) if query.get("line") else None,
        span=_span(query.get("from", ""), query.get("to", "")),
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _span(low: str, high: str) -> tuple[int, int] | None:
    return (_number(low), _number(high)) if low and high else None


def _moment(text: str) -> int | None:
    """Seconds, or None."""
    try:
        seconds = float(text)
    except ValueError:
        return None
    return round(seconds * 1000) if math.isfinite(seconds) and seconds >= 0 else None
