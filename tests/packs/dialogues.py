"""The packs' own calls: what is said, what is known of the call, what each rule makes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

import yaml

from reviews.detection.evidence import Clear, Found, NotAssessable, Outcome
from reviews.detection.examples import snippet_transcript
from reviews.detection.transcript import CallFacts, CallKind, Direction, Earlier, EarlierCall
from reviews.detection.transcript import Transcript as Call

_WORD_MS, _LETTER_MS, _PAUSE_MS = 150, 55, 700
_OUTCOMES = {Found: "found", Clear: "clear", NotAssessable: "not_assessable"}


@dataclass(frozen=True, slots=True)
class Dialogue:
    id: str
    call: Call
    expected: Mapping[str, str]
    """Rule → `found`, `clear`, `not_assessable` or `not_applicable`; every rule of the pack."""


def read_dialogues(path: Path) -> tuple[Dialogue, ...]:
    return tuple(map(_dialogue, yaml.safe_load(path.read_text("utf-8"))))


def outcome_name(outcome: Outcome | None) -> str:
    return "not_applicable" if outcome is None else _OUTCOMES[type(outcome)]


def _dialogue(data: Mapping[str, Any]) -> Dialogue:
    expected = {code: name for name, codes in data["expected"].items() for code in codes}
    return Dialogue(data["id"], made_call(data), expected)


def made_call(data: Mapping[str, Any]) -> Call:
    """A call of `lines`, `facts` and `earlier` calls; words take their time by their letters."""
    spoken = snippet_transcript("\n".join(data["lines"]))
    lengths = [_WORD_MS + _LETTER_MS * len(word) for word in spoken.words]
    lines = [line for line in range(spoken.utterances) for _ in _words(spoken, line)]
    said = [0, *accumulate(lengths)]
    starts = [before + line * _PAUSE_MS for before, line in zip(said, lines, strict=False)]
    facts = _facts(data["facts"])
    return replace(
        spoken,
        id=data["id"],
        language="en",
        start_ms=starts,
        end_ms=[start + length for start, length in zip(starts, lengths, strict=True)],
        facts=facts,
        earlier=_earlier(data.get("earlier", {}), facts.call_at),
    )


def _words(call: Call, line: int) -> range:
    return range(call.bounds[line], call.bounds[line + 1])


def _facts(data: Mapping[str, Any]) -> CallFacts:
    at = data.get("call_at")
    return CallFacts(
        call_at=datetime.fromisoformat(at) if at else None,
        local_zone=data.get("zone"),
        direction=Direction(data["direction"]) if "direction" in data else None,
        kind=CallKind(data["kind"]) if "kind" in data else None,
        queue=data.get("queue"),
        product=data.get("product"),
        customer_region=data.get("region"),
        first_contact=data.get("first_contact"),
        notice_before_start=data.get("notice"),
    )


def _earlier(data: Mapping[str, Any], call_at: datetime | None) -> Earlier:
    """Each earlier call has `days` before this one, and the rules that were `found`."""

    def calls(whose: str) -> tuple[EarlierCall, ...] | None:
        given: Sequence[Mapping[str, Any]] | None = data.get(whose)
        if given is None or call_at is None:
            return None
        return tuple(
            EarlierCall(
                id=f"{whose}-{at}",
                call_at=call_at - timedelta(days=each["days"]),
                direction=Direction.OUTBOUND,
                kind=CallKind.LIVE,
                version=1,
                found=frozenset(each["found"]),
            )
            for at, each in enumerate(given)
        )

    return Earlier(calls("subject"), calls("account"))
