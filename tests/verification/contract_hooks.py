"""What Schemathesis is told before it reads the schema; it loads this file by its path."""

from typing import Any

import schemathesis

_PLATFORMS = "Verbatim-Tenant"
"""A header of platform keys: with a tenant's own key every request would be refused for it."""


@schemathesis.hook
def before_load_schema(_context: Any, schema: dict[str, Any]) -> None:
    for path in schema["paths"].values():
        for operation in path.values():
            given = operation.get("parameters", [])
            operation["parameters"] = [each for each in given if each.get("name") != _PLATFORMS]
