"""Which calls are taken for the same audio: pairs of different calls, and changed copies of each.

    python -m bench.duplicates --data DIR

DIR holds calls/*.jsonl.gz. Different calls that are linked are errors; so are copies that are not.
Facts of the calls play no part here: they only make a link rarer. No text of the data is printed.
"""

import argparse
import gzip
import json
import random
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

from reviews.detection import likeness
from reviews.detection.likeness import Likeness, are_alike, share
from reviews.detection.transcript import Transcript
from reviews.sources.assemblyai.wire import parse

KEY = b"bench"
CHANGED = (0.02, 0.05, 0.08, 0.10, 0.15, 0.20)
Call = tuple[Transcript, str]
"""With the recording that it was made from."""


def main() -> None:
    asked = _arguments()
    for path in sorted((asked.data / "calls").glob("*.jsonl.gz")):
        if ".labels." not in path.name:
            _measure(path.name.partition(".")[0], list(_calls(path)))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.duplicates", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    return parser.parse_args()


def _calls(path: Path) -> Iterator[Call]:
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    for payload in map(json.loads, lines):
        recording = str(payload["audio_url"]).rpartition("/")[2]
        yield parse(payload).transcript, recording


def _measure(name: str, calls: Sequence[Call]) -> None:
    began = time.perf_counter()
    known = [(likeness.signature(call, key=KEY), call, of) for call, of in calls]
    each_ms = 1000 * (time.perf_counter() - began) / len(calls)
    compared = [
        (Likeness(call.duration_ms or 0, made), call, of) for made, call, of in known if made
    ]
    print(f"{name}: {len(calls)} calls, {len(compared)} long enough; {each_ms:.2f} ms a signature")
    for kind, pairs in _pairs(compared).items():
        _print(kind, pairs)
    for part in CHANGED:
        copies = [(one, _heard_again(call, part)) for one, call, _ in compared]
        linked = sum(made is not None and are_alike(one, made) for one, made in copies)
        print(f"  {part:.0%} of the words changed: {linked} of {len(copies)} copies are linked")


def _pairs(compared: Iterable[tuple[Likeness, Any, str]]) -> dict[str, list[Any]]:
    made = defaultdict(list)
    for (one, _, mine), (other, _, theirs) in combinations(compared, 2):
        kind = "one recording, two transcripts" if mine == theirs else "different calls"
        made[kind].append((one, other))
    return made


def _print(kind: str, pairs: Sequence[tuple[Likeness, Likeness]]) -> None:
    near = [
        share(a.signature, b.signature)
        for a, b in pairs
        if abs(a.duration_ms - b.duration_ms) <= likeness.DURATION_MS
    ]
    linked = sum(are_alike(*pair) for pair in pairs)
    print(
        f"  {kind}: {len(pairs)} pairs, {len(near)} of nearly one duration, "
        f"greatest share {max(near, default=0):.2f}; {linked} are linked"
    )


def _heard_again(call: Transcript, part: float) -> Likeness | None:
    """As another run of a recogniser might: some words replaced by words of the same call."""
    chance = random.Random(call.id)  # noqa: S311 # the same copy in every run
    words = tuple(
        chance.choice(call.words) if chance.random() < part else word for word in call.words
    )
    made = likeness.signature(replace(call, words=words), key=KEY)
    return None if made is None else Likeness(call.duration_ms or 0, made)


if __name__ == "__main__":
    main()
