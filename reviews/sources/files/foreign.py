"""A document of any format as the one that everything behind intake knows: AssemblyAI's object.

Readers fill a Foreign; what is masked, stored and parsed then is the object that it writes. Of the
document itself nothing else is kept.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from reviews.detection.transcript import Timing
from reviews.errors import ErrorCode, Refused
from reviews.sources.assemblyai.lenient import ms_of, number_of, share_of, text_of
from reviews.sources.normal import CallMetadata

PAUSE_MS = 1_000
"""A silence that ends an utterance where the document has none of its own."""
Word = dict[str, Any]
"""`text`, `start` and `end` in ms (-1: none), `confidence` 0..1 or None."""
Voice = tuple[str | None, str | None]
"""Speaker, channel."""


class NotATranscript(Refused):
    code = ErrorCode.PAYLOAD_REFUSED

    def __init__(self, what: str, seen: str, remedy: str, *, line: int | None = None) -> None:
        super().__init__(what, seen, remedy)
        self.line = line
        """From 1, where the place is known."""


@dataclass(frozen=True, slots=True)
class Utterance:
    words: Sequence[Word]
    speaker: str | None = None
    channel: str | None = None

    @property
    def voice(self) -> Voice:
        return self.speaker, self.channel


@dataclass(frozen=True, slots=True)
class Foreign:
    utterances: Sequence[Utterance]
    timing: Timing
    id: str | None = None
    """The document's own."""
    language: str | None = None
    seconds: float | None = None
    """Of the recording."""
    created: str | None = None
    is_punctuated: bool = True
    identified: Mapping[str, str] = field(default_factory=dict)
    """Label → what the document says this speaker is."""
    metadata: CallMetadata | None = None
    warnings: tuple[str, ...] = ()

    def wire(self) -> dict[str, Any]:
        channels = {each.channel for each in self.utterances} - {None}
        spoken: dict[str, Any] = {"utterances": [_row(each) for each in self.utterances]}
        if all(each.voice == (None, None) for each in self.utterances):
            spoken = {"words": [word for each in self.utterances for word in each.words]}
        return spoken | {
            "id": self.id,
            "status": "completed",
            "language_code": self.language,
            "audio_duration": self.seconds,
            "created": self.created,
            "punctuate": self.is_punctuated,
            "multichannel": len(channels) > 1,
            "speech_understanding": {
                "response": {"speaker_identification": {"mapping": dict(self.identified)}}
            },
        }


def _row(each: Utterance) -> dict[str, Any]:
    return {"speaker": each.speaker, "channel": each.channel, "words": list(each.words)}


def word(text: str, start_ms: int = -1, end_ms: int = -1, confidence: object = None) -> Word:
    """An end before its start is the start."""
    end = max(start_ms, end_ms) if end_ms >= 0 else -1
    return {"text": text, "start": start_ms, "end": end, "confidence": share_of(confidence)}


def untimed(text: str) -> list[Word]:
    return [word(part) for part in text.split()]


def ms_of_seconds(value: object) -> int:
    """Milliseconds of seconds, given as a number or the text of one; -1 where there are none."""
    seconds = number_of(value)
    return -1 if seconds is None else ms_of(seconds * 1000)


def said_by(utterances: Iterable[Utterance]) -> list[Utterance]:
    """Those that say something, by their start; without times as they came."""
    spoken = [each for each in utterances if any(text_of(word["text"]) for word in each.words)]
    if any(each.words[0]["start"] < 0 for each in spoken):
        return spoken
    return sorted(spoken, key=lambda each: int(each.words[0]["start"]))


def split(voiced: Iterable[tuple[Voice, Word]]) -> list[Utterance]:
    """The words of one channel in their order: a new utterance at each voice and each pause."""
    stretches: list[Utterance] = []
    for voice, run in groupby(voiced, key=lambda each: each[0]):
        words: list[Word] = []
        for _, each in run:
            if words and 0 <= words[-1]["end"] <= each["start"] - PAUSE_MS:
                stretches.append(Utterance(words, *voice))
                words = []
            words.append(each)
        stretches.append(Utterance(words, *voice))
    return stretches


def timing_of(utterances: Iterable[Utterance]) -> Timing:
    """Measured or none, of words whose times are the document's own."""
    has_times = any(word["start"] >= 0 for each in utterances for word in each.words)
    return Timing.MEASURED if has_times else Timing.NONE
