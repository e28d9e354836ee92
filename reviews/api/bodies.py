"""A body that is one JSON object, read strictly."""

import json
from typing import Any

from django.http import HttpRequest

LONGEST = 10_000


def json_object(request: HttpRequest) -> dict[str, Any] | None:
    """None where it is none, or longer than LONGEST."""
    body = request.read(LONGEST + 1)
    try:
        value = json.loads(body) if len(body) <= LONGEST else None
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
