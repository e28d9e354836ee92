"""Variation that keeps the truth: fillers, small replies and pauses, never another sentence."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from reviews.demo.script import Line, Script

_FILLERS = ("Um,", "Uh,", "So, um,")
_REPLIES = {"es": ("Ajá.", "Sí.")}
_ENGLISH_REPLIES = ("Mm-hm.", "Okay.", "Right.")
_FILLER_SHARE = 0.08
_REPLY_SHARE = 0.06
_LONGEST_PAUSE_MS = 900


def varied(script: Script, rng: Random) -> tuple[Line, ...]:
    """The lines with fillers before some, replies between some, and other pauses."""
    if script.kind == "no_conversation":
        return script.lines
    return tuple(line for at in range(len(script.lines)) for line in _around(script, at, rng))


def _around(script: Script, at: int, rng: Random) -> Iterator[Line]:
    line = script.lines[at]
    pause_ms = line.pause_ms + rng.randrange(_LONGEST_PAUSE_MS)
    yield replace(line, pause_ms=pause_ms, text=_opened(script, line.text, rng))
    following = script.lines[at + 1].speaker if at + 1 < len(script.lines) else line.speaker
    if following != line.speaker and rng.random() < _REPLY_SHARE:
        replies = _REPLIES.get(script.language, _ENGLISH_REPLIES)
        yield Line(speaker=following, text=rng.choice(replies), pause_ms=150)
        yield Line(speaker=line.speaker, text=rng.choice(replies), pause_ms=100)


def _opened(script: Script, text: str, rng: Random) -> str:
    """A filler before the line; a line that begins with a slot keeps its beginning."""
    if not script.language.startswith("en") or rng.random() >= _FILLER_SHARE or text[0] == "{":
        return text
    return f"{rng.choice(_FILLERS)} {text}"
