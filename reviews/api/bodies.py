"""Bodies that are one JSON object, small."""

import json
from collections.abc import Callable, Collection
from typing import Any

from django.http import HttpRequest

from reviews.errors import Refused

Refuse = Callable[[str, str, str], Refused]
"""Makes a refusal of a field's name, what was seen, what to do."""


def read_object(body: bytes, *, at_most: int) -> dict[str, Any] | None:
    """None where it is no JSON object, or is longer than `at_most` bytes."""
    try:
        value = json.loads(body, parse_constant=_refuse) if len(body) <= at_most else None
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def read_named(
    request: HttpRequest, names: Collection[str], *, longest: int, refuse: Refuse
) -> dict[str, Any]:
    """The object of a request, of known names alone. Raises what `refuse` makes."""
    value = read_object(request.read(longest + 1), at_most=longest)
    if value is None:
        raise refuse("body", "no JSON object", f"Send one of at most {longest} bytes.")
    unknown = sorted(value.keys() - set(names))
    if unknown:
        raise refuse("body", f"a field {unknown[0][:60]!a}", f"Send {', '.join(sorted(names))}.")
    return value


def _refuse(constant: str) -> None:
    """NaN and Infinity are Python's, not JSON's."""
    raise ValueError(constant)
