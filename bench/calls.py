"""Payloads of some 1,500 words: demo calls, or calls of a directory, one after another."""

import gzip
import json
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from reviews.demo import build

WORDS = 1_500
_PAUSE_MS = 2_000
_FACTS = (
    "https://hooks.example/calls?kind=live&direction=inbound&agent=agent-01&agent_speaker=A"
    "&queue=service&region=NY&zone=America/New_York&notice=false&account=account"
)

Payload = dict[str, Any]


def bodies(count: int, data: Path | None) -> list[bytes]:
    """`count` payloads as a vendor sends them, in JSON, each with an id of its own."""
    short = cycle(_relabelled(call) for call in (_read(data) if data else _demo(6 * count)))
    return [_body(at, _joined(short)) for at in range(count)]


def _body(at: int, payload: Payload) -> bytes:
    """Each call is another account's, lest it be taken for a duplicate and not evaluated."""
    return json.dumps(payload | {"id": f"bench-{at}", "webhook_url": f"{_FACTS}-{at}"}).encode()


def _demo(count: int) -> list[Payload]:
    made = (call for call in build.calls(count, seed=11) if call.language.startswith("en"))
    return [call.payload for call in made if call.payload["utterances"]]


def _relabelled(payload: Payload) -> Payload:
    """The agent as A, every other as B: so calls can be joined.

    Who the agent is says the call's own query; a call without one has its first voice as agent.
    """
    query = parse_qs(urlsplit(payload.get("webhook_url") or "").query)
    agent = query.get("agent_speaker", [payload["utterances"][0]["speaker"]])[0]
    utterances = [_renamed(row, agent) for row in payload["utterances"]]
    return payload | {"utterances": utterances, "speech_understanding": None}


def _renamed(row: Payload, agent: str) -> Payload:
    speaker = "A" if row["speaker"] == agent else "B"
    words = [word | {"speaker": speaker} for word in row["words"]]
    return row | {"speaker": speaker, "words": words}


def _read(data: Path) -> list[Payload]:
    """Calls of `*.jsonl` and `*.jsonl.gz` files, one object a line; labels files are no calls."""
    files = sorted(path for path in data.rglob("*.jsonl*") if ".labels." not in path.name)
    calls = [json.loads(line) for path in files for line in _lines(path)]
    spoken = [call for call in calls if call.get("utterances")]
    if not spoken:
        raise SystemExit(f"{data} was refused: no call in it. Name a directory of JSON lines.")
    return spoken


def _lines(path: Path) -> list[bytes]:
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).splitlines()


def _joined(short: Iterator[Payload]) -> Payload:
    """The next calls as one, until it has WORDS words; the first one's facts hold."""
    whole = dict(next(short))
    utterances = list(whole["utterances"])
    while _words(utterances) < WORDS:
        after = utterances[-1]["end"] + _PAUSE_MS
        utterances += [_moved(row, after) for row in next(short)["utterances"]]
    while _words(utterances[:-1]) >= WORDS:
        utterances.pop()
    words = [word for row in utterances for word in row["words"]]
    return whole | {
        "utterances": utterances,
        "words": words,
        "text": " ".join(row["text"] for row in utterances),
        "audio_duration": utterances[-1]["end"] // 1000 + 1,
    }


def _words(utterances: list[Payload]) -> int:
    return sum(len(row["words"]) for row in utterances)


def _moved(row: Payload, by_ms: int) -> Payload:
    words = [_shifted(word, by_ms) for word in row["words"]]
    return _shifted(row, by_ms) | {"words": words}


def _shifted(timed: Payload, by_ms: int) -> Payload:
    return timed | {"start": timed["start"] + by_ms, "end": timed["end"] + by_ms}
