"""What callers send as JSON: one object, small, of known names."""

import json
from collections.abc import Callable, Collection
from typing import Any

from django.http import HttpRequest

from reviews.errors import Refused

Refuse = Callable[[str, str, str], Refused]
"""Makes a refusal of a field's name, what was seen, what to do."""


def read_object(
    request: HttpRequest, names: Collection[str], *, longest: int, refuse: Refuse
) -> dict[str, Any]:
    """Raises what `refuse` makes."""
    body = request.read(longest + 1)
    try:
        value = json.loads(body) if len(body) <= longest else None
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise refuse("body", "no JSON object", f"Send one of at most {longest} bytes.")
    unknown = sorted(value.keys() - set(names))
    if unknown:
        raise refuse("body", f"a field {unknown[0][:60]!a}", f"Send {', '.join(sorted(names))}.")
    return value
