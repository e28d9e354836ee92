"""Readers of single wire values: what cannot be read is None, and nothing here raises."""

import math
import re
from datetime import UTC, datetime
from typing import Any

from reviews.sources.normal import LONGEST_MS, LONGEST_SPEAKER, fitted, is_storable

_ID = re.compile(r"[A-Za-z0-9_-]{1,100}", re.ASCII)


def is_id(text: str) -> bool:
    """Whether it can be the id of a transcript; nothing else goes into a path."""
    return _ID.fullmatch(text) is not None


def text_of(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def number_of(value: Any) -> float | None:
    """A finite number, from a number or the text of one."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def ms_of(value: Any) -> int:
    """Milliseconds as a whole number; -1 where there is none that fits."""
    number = value if type(value) is int else number_of(value)
    return round(number) if number is not None and 0 <= number <= LONGEST_MS else -1


def share_of(value: Any) -> float | None:
    """A number from 0 to 1."""
    number = value if type(value) is float else number_of(value)
    return number if number is not None and 0 <= number <= 1 else None


def whole_of(value: Any) -> int | None:
    number = number_of(value)
    return int(number) if number is not None and abs(number) <= LONGEST_MS else None


def label_of(value: Any, longest: int = LONGEST_SPEAKER) -> str | None:
    """A speaker or channel label, cut to fit; vendors send channels as numbers, too."""
    if type(value) is int:
        value = str(value)
    text = text_of(value)
    return fitted(text.strip(), longest) if text else None


def code_of(value: Any, longest: int) -> str | None:
    """An id or a code: cut it would be another one, so that a longer one is None."""
    text = text_of(str(value) if type(value) is int else value)
    return text.strip() if text and len(text.strip()) <= longest else None


def moment_of(value: Any) -> datetime | None:
    """An aware time of 1900 to 2200; one without a zone is UTC, as this vendor writes it."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if at is None:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return at if is_storable(at) else None


def rows_of(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; whatever else stands in it is left out."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
