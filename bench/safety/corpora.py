"""The texts that are judged: sentences with a label, comments with spans, calls."""

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.language.material import transcript
from reviews.detection.transcript import Transcript

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    functionality: str
    is_hateful: bool


@dataclass(frozen=True, slots=True)
class Comment:
    """`spans`: first character, the one after the last, and the kind."""

    text: str
    spans: tuple[tuple[int, int, str], ...]


def sentences(data: Path) -> list[Sentence]:
    rows = _rows(data / "safety" / "hatecheck.jsonl.gz")
    return [
        Sentence(row["text"], row["functionality"], row["functionality"].endswith("_h"))
        for row in rows
    ]


def comments(data: Path) -> list[Comment]:
    rows = _rows(data / "safety" / "toxic_spans.jsonl.gz")
    return [
        Comment(
            row["text"], tuple((each["start"], each["end"], each["type"]) for each in row["spans"])
        )
        for row in rows
    ]


def calls(data: Path) -> dict[str, list[Transcript]]:
    """By file."""
    files = sorted(path for path in (data / "calls").glob("*.gz") if ".labels." not in path.name)
    return {path.name.partition(".")[0]: _calls(path) for path in files}


def _calls(path: Path) -> list[Transcript]:
    spoken = (row["utterances"] for row in _rows(path))
    return [transcript(utterances) for utterances in spoken if utterances]


def _rows(path: Path) -> Iterator[Row]:
    yield from map(json.loads, gzip.decompress(path.read_bytes()).splitlines())


def said(text: str) -> tuple[Transcript, Sequence[tuple[int, int]]]:
    """A text as a call of one utterance, and where its words begin and end."""
    words = text.split()
    places, at = [], 0
    for word in words:
        start = text.index(word, at)
        at = start + len(word)
        places.append((start, at))
    rows = [{"text": word, "start": 0, "end": 0, "confidence": None} for word in words]
    if not rows:
        rows, places = [{"text": ".", "start": 0, "end": 0, "confidence": None}], [(0, 0)]
    return transcript([{"speaker": "B", "words": rows}]), places
