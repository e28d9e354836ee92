"""The JSON Schema of a rubric's document: what its structure may be, for editors and pipelines.

It is data, schema.json beside this file. What a text means it cannot see: queries, names that
point at something, codes used twice. `rubric lint` and `rubric import` do.
"""

import json
from pathlib import Path
from typing import Any


def text() -> str:
    return Path(__file__).with_name("schema.json").read_text()


def schema() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(text())
    return read
