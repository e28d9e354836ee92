"""Bodies that are one JSON object."""

import json
from typing import Any


def read_object(body: bytes, *, at_most: int) -> dict[str, Any] | None:
    """None where it is no JSON object, or is longer than `at_most` bytes."""
    try:
        value = json.loads(body, parse_constant=_refuse) if len(body) <= at_most else None
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _refuse(constant: str) -> None:
    """NaN and Infinity are Python's, not JSON's."""
    raise ValueError(constant)
