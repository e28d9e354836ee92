"""The corpora: texts with the places of their values; calls whose talk is ordinary."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Value:
    """Characters `start` to `end` (exclusive) of a text."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Text:
    text: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class RecogniserCase:
    """A test of one recogniser: so many values of its kind, at these places where they are said."""

    entity: str
    text: str
    count: int
    places: tuple[tuple[int, int], ...]


def texts(path: Path) -> list[Text]:
    return [
        Text(row["text"], tuple(Value(v["type"], v["start"], v["end"]) for v in row["spans"]))
        for row in _rows(path)
    ]


def cases(path: Path) -> list[RecogniserCase]:
    return [
        RecogniserCase(
            row["entity"],
            row["text"],
            row["expected_len"],
            tuple((start, end) for start, end in row["expected_spans"] or ()),
        )
        for row in _rows(path)
    ]


def calls(directory: Path) -> Iterator[dict[str, Any]]:
    """Whole dialogues in AssemblyAI's shape."""
    for path in sorted(directory.glob("*.jsonl.gz")):
        if not path.name.endswith(".labels.jsonl.gz"):
            yield from _rows(path)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
