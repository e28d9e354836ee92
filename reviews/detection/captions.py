"""Captions of any call from the times of its words: SubRip and WebVTT.

A cue holds words of one utterance. It ends at the end of a sentence where that leaves it at least
half full, else before the word that would not fit. A word longer than a cue has a cue of its own.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

CHARACTERS = 80
"""Of a cue, where nobody says otherwise; two lines of a television."""
CHARACTERS_AT_MOST = 1_000
ENDS = (".", "?", "!", "…")
_SHORTEST_MS = 1
_Cut = list["Spoken"]


@dataclass(frozen=True, slots=True)
class Spoken:
    """A word, or what stands in the place of several; times in ms, -1 where there are none."""

    text: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Cue:
    start_ms: int
    end_ms: int
    voice: str
    """Who says it; "" where that is not known."""
    text: str


Said = tuple[str, Sequence[Spoken]]
"""An utterance: its voice, and its words."""


def cues(said: Iterable[Said], *, characters: int = CHARACTERS) -> list[Cue]:
    """In the order in which they begin. Words without a time have no cue."""
    made = chain.from_iterable(_of_one(voice, words, characters) for voice, words in said)
    return sorted(made, key=lambda cue: (cue.start_ms, cue.end_ms))


def srt(shown: Iterable[Cue]) -> str:
    """SubRip; it has no place for who speaks."""
    return "\n".join(
        f"{number}\n{_span(cue, ',')}\n{_plain(cue.text)}\n"
        for number, cue in enumerate(shown, start=1)
    )


def vtt(shown: Iterable[Cue]) -> str:
    """WebVTT, who speaks as its voice."""
    blocks = [f"{_span(cue, '.')}\n{_voiced(cue)}\n" for cue in shown]
    return "\n".join(["WEBVTT\n", *blocks])


def _of_one(voice: str, words: Sequence[Spoken], characters: int) -> Iterator[Cue]:
    held: _Cut = []
    for word in words:
        if word.start_ms < 0:
            continue
        if held and _length(held) + 1 + len(word.text) > characters:
            yield _cue(voice, held)
            held = []
        held.append(word)
        if word.text.endswith(ENDS) and 2 * _length(held) >= characters:
            yield _cue(voice, held)
            held = []
    if held:
        yield _cue(voice, held)


def _length(held: _Cut) -> int:
    return sum(len(word.text) + 1 for word in held) - 1


def _cue(voice: str, held: _Cut) -> Cue:
    start = held[0].start_ms
    end = max(max(word.end_ms for word in held), start + _SHORTEST_MS)
    return Cue(start, end, voice, " ".join(word.text for word in held))


def _span(cue: Cue, point: str) -> str:
    return f"{_clock(cue.start_ms, point)} --> {_clock(cue.end_ms, point)}"


def _clock(ms: int, point: str) -> str:
    seconds, ms = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{ms:03}"


def _plain(text: str) -> str:
    """An arrow would be read as a time, in either form."""
    return " ".join(text.split()).replace("-->", "->")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _voiced(cue: Cue) -> str:
    text = _escaped(_plain(cue.text))
    return f"<v {_escaped(_plain(cue.voice))}>{text}" if cue.voice else text
