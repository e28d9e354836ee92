"""Captions, SubRip (.srt) and WebVTT (.vtt): a time for each cue, none for a word."""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reviews.detection.transcript import Timing
from reviews.sources.files.foreign import Foreign, NotATranscript, Utterance, said_by, untimed
from reviews.sources.files.labels import label_in
from reviews.sources.files.timing import spread
from reviews.sources.normal import LONGEST_MS

ARROW = "-->"
_CLOCK = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
_TIMES = re.compile(rf"\s*{_CLOCK}\s*{ARROW}\s*{_CLOCK}(?:\s.*)?", re.ASCII)
_VOICE = re.compile(r"<v(?:\.[^ \t<>]{0,100})?[ \t]+([^<>]{1,200})>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z0-9:.][^<>]{0,200}>|\{\\[^{}]{0,50}\}")
_DASH = re.compile(r"^\s*[-–—]\s+")
_HEAD = 2_000
"""Characters in which captions show what they are."""
_BLOCKS = ("NOTE", "STYLE", "REGION")


@dataclass(frozen=True, slots=True)
class _Cue:
    start_ms: int
    end_ms: int
    text: list[str]


def is_cues(text: str) -> bool:
    """Whether it begins as captions do: with WEBVTT, or with a cue's times."""
    lines = [line for line in text[:_HEAD].splitlines() if line.strip()][:2]
    return bool(lines) and (_is_head(lines[0]) or any(_TIMES.fullmatch(line) for line in lines))


def read(text: str) -> Foreign:
    """Raises NotATranscript with the line."""
    cues = _cues(text)
    utterances = said_by(each for cue in cues for each in _spoken(cue))
    if not utterances:
        raise NotATranscript(
            "The captions are refused", "no cue that says anything", "Send SRT or WebVTT, whole."
        )
    return Foreign(utterances, Timing.CUE, seconds=max(cue.end_ms for cue in cues) / 1000)


def _is_head(line: str) -> bool:
    return re.match(r"WEBVTT(?:\s|$)", line) is not None


def _cues(text: str) -> list[_Cue]:
    """Every cue with its lines; notes, styles, heads and the names of cues say nothing."""
    lines = text.splitlines()
    cues: list[_Cue] = []
    is_note = True
    for at, line in enumerate(lines):
        if ARROW in line:
            cues.append(_Cue(*_times(line, at + 1), []))
            is_note = False
        elif not line.strip():
            is_note = False
        elif is_note or _begins_note(lines, at):
            is_note = True
        elif cues and not _is_name(lines, at):
            cues[-1].text.append(line)
    return cues


def _begins_note(lines: Sequence[str], at: int) -> bool:
    return lines[at].startswith(_BLOCKS) and not lines[at - 1].strip()


def _is_name(lines: Sequence[str], at: int) -> bool:
    """A cue's number or name; a number also where the blank line before it is missing."""
    is_before_times = at + 1 < len(lines) and ARROW in lines[at + 1]
    return is_before_times and (lines[at].strip().isdigit() or not lines[at - 1].strip())


def _times(line: str, number: int) -> tuple[int, int]:
    """Start and end, ms."""
    found = _TIMES.fullmatch(line)
    if found is None:
        raise _unreadable("a cue whose times cannot be read", number)
    start, end = _ms(*found.groups()[:4]), _ms(*found.groups()[4:])
    if end < start or end > LONGEST_MS:
        raise _unreadable("a cue that ends before it begins, or after days", number)
    return start, end


def _ms(hours: str | None, minutes: str, seconds: str, fraction: str) -> int:
    whole = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
    return whole * 1000 + int(fraction.ljust(3, "0"))


def _unreadable(seen: str, line: int) -> NotATranscript:
    return NotATranscript(
        "The captions are refused",
        f"line {line}: {seen}",
        "Write times as 00:00:01,000 --> 00:00:02,500.",
        line=line,
    )


def _spoken(cue: _Cue) -> list[Utterance]:
    """One utterance for each who speaks in the cue; they share its time by their words."""
    parts: list[tuple[str | None, str]] = []
    for speaker, text in _labelled(cue.text):
        if speaker is None and parts:
            parts[-1] = (parts[-1][0], f"{parts[-1][1]} {text}")
        else:
            parts.append((speaker, text))
    rows = [(speaker, untimed(text)) for speaker, text in parts]
    spread([word for _, words in rows for word in words], cue.start_ms, cue.end_ms)
    return [Utterance(words, speaker) for speaker, words in rows if words]


def _labelled(lines: Sequence[str]) -> Iterator[tuple[str | None, str]]:
    """A `<v Name>` may begin within a line; other labels stand at its beginning."""
    for line in lines:
        before, *voiced = _VOICE.split(line)
        if before.strip():
            yield label_in(_bare(_DASH.sub("", before)))
        for name, text in zip(voiced[::2], voiced[1::2], strict=True):
            yield html.unescape(name).strip(), _bare(text)


def _bare(text: str) -> str:
    return html.unescape(_TAG.sub("", text)).strip()
