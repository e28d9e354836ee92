"""What is measured on: calls of any length, phrases and rubrics of any size."""

import json
import re
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice
from pathlib import Path
from typing import Any

from bench.calls import bodies
from bench.language.chance import seeded
from bench.rubric import LISTS, document
from reviews.detection.transcript import CallFacts, CallKind, Role, Transcript

Row = dict[str, Any]
_PLAIN = re.compile(r"[a-z]+(?: [a-z]+)*")
_PAUSE_MS = 2_000
_SEED = 23


class Material:
    """Calls of 1,500 words for the measured texts, and others that phrases are taken from."""

    def __init__(self, data: Path | None, *, calls: int) -> None:
        payloads = [json.loads(body) for body in bodies(2 * calls, data)]
        self._measured = [payload["utterances"] for payload in payloads[:calls]]
        self._others = [payload["utterances"] for payload in payloads[calls:]]
        self.transcripts = [transcript(list(_rows([each]))) for each in self._measured]

    def long(self, words: int) -> Transcript:
        """The measured calls one after another, again from the first where they do not suffice."""
        times = 1 + words // sum(len(row["words"]) for row in _rows(self._measured))
        return transcript(_cut(_rows(self._measured * times), words))

    def phrases(self, count: int) -> list[str]:
        """Those of the rubric that are plain words, then runs of 2 to 6 words of other calls."""
        lowered = (each.lower() for row in LISTS.values() for each in row)
        written = [each for each in lowered if _PLAIN.fullmatch(each)]
        seeded(_SEED).shuffle(written)
        both = dict.fromkeys([*written, *islice(self._runs(), 8 * count)])
        return list(islice(both, count))

    def unsaid(self, count: int) -> list[str]:
        """Words of the calls in an order in which nobody says them."""
        random, words = seeded(_SEED), sorted(set(" ".join(islice(self._runs(), 2_000)).split()))
        made = (" ".join(random.sample(words, random.randint(3, 6))) for _ in range(2 * count))
        return list(islice(dict.fromkeys(made), count))

    def rubric(self, rules: int) -> Row:
        """The rubric of fifty rules, then again with lists of other calls' runs of words."""
        made = document()
        lists, written = made["lists"], list(made["rules"])
        made["lists"] = dict(lists)
        runs = self._runs()
        for copy in range(1, -(-rules // len(written))):
            for name, phrases in LISTS.items():
                made["lists"][f"{name} {copy}"] = list(islice(runs, len(phrases)))
            made["rules"] += [_copied(rule, lists, copy) for rule in written]
        return made | {"rules": made["rules"][:rules]}

    def _runs(self) -> Iterator[str]:
        """Runs of 2 to 6 words of letters from one utterance, without end."""
        random = seeded(_SEED)
        rows = [row for row in _rows(self._others) if len(row["words"]) > 1]
        while True:
            words = random.choice(rows)["words"]
            begin = random.randrange(len(words))
            spoken = words[begin : begin + random.randint(2, 6)]
            run = [bare(word["text"]) for word in spoken]
            if len(run) > 1 and all(map(_PLAIN.fullmatch, run)) and len(set(run)) == len(run):
                yield " ".join(run)


def bare(word: str) -> str:
    """A word as a user's script would clean it."""
    return word.lower().strip(".,;:!?\"'()-…“”")


def transcript(rows: Sequence[Row]) -> Transcript:
    """A as the agent, every other as the customer."""
    words = [word for row in rows for word in row["words"]]
    return Transcript(
        id="bench",
        words=tuple(word["text"] for word in words),
        start_ms=[word["start"] for word in words],
        end_ms=[word["end"] for word in words],
        confidence=[word["confidence"] for word in words],
        bounds=(0, *accumulate(len(row["words"]) for row in rows)),
        speakers=tuple(row["speaker"] for row in rows),
        channels=(None,) * len(rows),
        roles=tuple(Role.AGENT if row["speaker"] == "A" else Role.CUSTOMER for row in rows),
        language="en",
        duration_ms=words[-1]["end"],
        facts=CallFacts(kind=CallKind.LIVE),
    )


def _rows(calls: Sequence[list[Row]]) -> Iterator[Row]:
    """The utterances of the calls, each call after the end of the one before."""
    after = 0
    for rows in calls:
        for row in rows:
            yield row | {"words": [_moved(word, after) for word in row["words"]]}
        after += rows[-1]["end"] + _PAUSE_MS


def _moved(word: Row, by_ms: int) -> Row:
    return word | {"start": word["start"] + by_ms, "end": word["end"] + by_ms}


def _cut(rows: Iterator[Row], words: int) -> list[Row]:
    kept: list[Row] = []
    while words > 0:
        row = next(rows)
        kept.append(row | {"words": row["words"][:words]})
        words -= len(row["words"])
    return kept


def _copied(rule: Row, lists: Row, copy: int) -> Row:
    check = dict(rule["check"])
    for name in lists if "query" in check else ():
        check["query"] = check["query"].replace(f"{{{name}}}", f"{{{name} {copy}}}")
    return rule | {"code": f"{rule['code']}_{copy}", "check": check}
