"""Readers of single wire values: what cannot be read is None, and nothing here raises."""

import math
from datetime import UTC, datetime
from typing import Any

LONGEST_MS = 2**31 - 1
_LONGEST_LABEL = 200


def text_of(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def number_of(value: Any) -> float | None:
    """A finite number, from a number or the text of one."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except ValueError:
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


def label_of(value: Any) -> str | None:
    """A speaker or channel label; vendors send channels as numbers, too."""
    if type(value) is int:
        value = str(value)
    return (
        value.strip()
        if isinstance(value, str) and 0 < len(value.strip()) <= _LONGEST_LABEL
        else None
    )


def moment_of(value: Any) -> datetime | None:
    """An aware time; a time without a zone is UTC, as this vendor writes it."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if at is None or at.tzinfo:
        return at
    return at.replace(tzinfo=UTC)


def rows_of(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; whatever else stands in it is left out."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
