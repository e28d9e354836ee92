"""Calls as the authors' guides write them."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from itertools import accumulate
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from reviews.detection.language.sizes import clock_window, duration_ms
from reviews.detection.transcript import CallFacts, CallKind, Role, Transcript

FOLDER = Path(__file__).parent.parent.parent.parent / "docs" / "author"
LINE = re.compile(r"(?:(?P<at>\d+:\d\d) )?(?P<who>\w+): (?P<text>.+)")
HEARD = re.compile(r"(?P<word>.+?)\((?P<percent>\d+)%\)(?P<mark>[.,?!]?)")
FACT = re.compile(r"call\.(?P<name>\w+) = (?P<value>.+)")
WORD_MS = 300
UNKNOWN_SPEAKER = "unknown"


@cache
def markdown(name: str) -> list[Token]:
    text = (FOLDER / f"{name}.md").read_text("utf-8")
    return MarkdownIt("commonmark", {"html": False}).enable("table").parse(text)


def transcript(block: str) -> Transcript:
    """Lines `agent: text`, with a time before them or right after the line above; facts of the
    call; `guarantee(40%)` is a word with that confidence."""
    call, times = _EMPTY, [0]
    for line in block.splitlines():
        if spoken := LINE.fullmatch(line):
            call = with_line(call, spoken, times)
        else:
            call = with_fact(call, line)
    return replace(call, bounds=tuple(accumulate([0, *call.bounds])))


_EMPTY = Transcript(
    id="example",
    words=(),
    start_ms=(),
    end_ms=(),
    confidence=(),
    bounds=(),
    speakers=(),
    channels=(),
    roles=(),
)


def with_line(call: Transcript, line: re.Match[str], times: list[int]) -> Transcript:
    """`bounds` hold lengths until the call is whole; `times` ends with the end of the last word."""
    heard = [word_with_confidence(each) for each in line["text"].split()]
    begin = duration_ms(line["at"]) if line["at"] else times[-1]
    starts = [begin + at * WORD_MS for at in range(len(heard))]
    times.append(starts[-1] + WORD_MS)
    who = line["who"]
    return replace(
        call,
        words=(*call.words, *(word for word, _ in heard)),
        start_ms=(*call.start_ms, *starts),
        end_ms=(*call.end_ms, *(start + WORD_MS for start in starts)),
        confidence=(*call.confidence, *(share for _, share in heard)),
        bounds=(*call.bounds, len(heard)),
        speakers=(*call.speakers, None if who == UNKNOWN_SPEAKER else who),
        channels=(*call.channels, None),
        roles=(*call.roles, Role(who) if who in set(Role) else Role.UNKNOWN),
    )


def word_with_confidence(word: str) -> tuple[str, float]:
    seen = HEARD.fullmatch(word)
    return (seen["word"] + seen["mark"], int(seen["percent"]) / 100) if seen else (word, 1.0)


def with_fact(call: Transcript, line: str) -> Transcript:
    if line.startswith("transcribed from "):
        start = line.removeprefix("transcribed from ")
        return replace(call, transcribed_ms=(clock_window(f"{start}..9:59:59").start_ms, None))
    seen = FACT.fullmatch(line)
    assert seen, f"what is {line!r}?"
    name, value = seen["name"], seen["value"].strip('"')
    if name == "duration":
        return replace(call, duration_ms=duration_ms(value))
    known: dict[str, dict[str, object]] = {
        "kind": {"kind": CallKind(value) if value in set(CallKind) else None},
        "queue": {"queue": value},
        "local_time": {"call_at": _at(value), "local_zone": "UTC"},
    }
    facts: CallFacts = replace(call.facts, **known[name])  # type: ignore[arg-type] # one of its fields
    return replace(call, facts=facts)


def _at(clock: str) -> datetime | None:
    hour, colon, minute = clock.partition(":")
    return datetime(2026, 1, 5, int(hour), int(minute), tzinfo=UTC) if colon else None
