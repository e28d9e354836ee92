"""A stored call as captions, sentences or paragraphs, personal data replaced by its kind."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import pairwise

from reviews.detection import captions
from reviews.detection.captions import Said, Spoken
from reviews.detection.passages import By, Passage
from reviews.detection.passages import passages as split
from reviews.detection.pii.call import Mask
from reviews.detection.transcript import Role, Transcript
from reviews.errors import ErrorCode, Refused
from reviews.models import Transcript as Row
from reviews.queries import transcripts


class Form(StrEnum):
    SRT = "srt"
    VTT = "vtt"


_WRITE = {Form.SRT: captions.srt, Form.VTT: captions.vtt}
CONTENT_TYPES = {Form.SRT: "application/x-subrip", Form.VTT: "text/vtt"}


class NoTimes(Refused):
    code = ErrorCode.NOT_POSSIBLE


def write(row: Row, form: Form, *, characters: int = captions.CHARACTERS) -> str:
    """The whole text of the file. Two SQL queries. Raises NoTimes where no word has a time."""
    call, masks = transcripts.shown_of(row)
    made = captions.cues(_said(call, masks), characters=characters)
    if not made:
        raise NoTimes(
            "Captions are refused",
            "a call whose words have no times",
            "Import it with times, or read its text.",
        )
    return _WRITE[form](made)


def passages(row: Row, by: By) -> list[Passage]:
    """Sentences or paragraphs. Two SQL queries."""
    call, masks = transcripts.shown_of(row)
    return list(split(_said(call, masks), by))


def _said(call: Transcript, masks: Iterable[Iterable[Mask]]) -> Iterator[Said]:
    for at, ((low, high), hidden) in enumerate(zip(pairwise(call.bounds), masks, strict=True)):
        yield _voice(call, at), list(_words(call, low, high, hidden))


def _voice(call: Transcript, at: int) -> str:
    role = call.roles[at]
    known = role.value.title() if role is not Role.UNKNOWN else ""
    return known or call.speakers[at] or call.channels[at] or ""


def _words(call: Transcript, low: int, high: int, masks: Iterable[Mask]) -> Iterator[Spoken]:
    """A value that is masked is one word, as long as all of it."""
    kinds = {first: (last, kind) for first, last, kind in masks}
    at = low
    while at < high:
        last, kind = kinds.get(at - low, (at - low, ""))
        last = min(last + low, high - 1)
        text = f"[{kind.upper()}]" if kind else call.words[at]
        yield Spoken(text, call.start_ms[at], call.end_ms[last])
        at = last + 1
