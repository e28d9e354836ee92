"""Whisper's JSON and that of its kin: segments, with or without words; seconds as floats.

WhisperX gives no time to a word that its aligner cannot read, such as `2014.`: it gets its share of
the time between its neighbours. Where there are no words, a segment is what a cue is.
"""

from collections.abc import Mapping
from typing import Any

from reviews.detection.transcript import Timing
from reviews.sources.assemblyai.lenient import label_of, number_of, rows_of, text_of
from reviews.sources.files.foreign import (
    Foreign,
    NotATranscript,
    Utterance,
    Word,
    ms_of_seconds,
    said_by,
    untimed,
    word,
)
from reviews.sources.files.labels import label_in
from reviews.sources.files.timing import fill, spread

_SHARES = ("score", "confidence", "probability")


def is_whisper(value: Mapping[str, Any]) -> bool:
    return isinstance(value.get("segments"), list)


def read(value: Mapping[str, Any]) -> Foreign:
    """Raises NotATranscript."""
    timings: set[Timing] = set()
    utterances = said_by(_segment(row, timings) for row in rows_of(value["segments"]))
    if not utterances:
        raise NotATranscript(
            "The Whisper document is refused",
            "no segment that says anything",
            "Save the result as JSON, with its segments.",
        )
    return Foreign(
        utterances,
        _worst(timings),
        language=text_of(value.get("language")),
        seconds=number_of(value.get("duration")),
    )


def _segment(row: Mapping[str, Any], timings: set[Timing]) -> Utterance:
    times = ms_of_seconds(row.get("start")), ms_of_seconds(row.get("end"))
    words = [_word(each) for each in rows_of(row.get("words"))]
    speaker, text = label_of(row.get("speaker")), text_of(row.get("text")) or ""
    if words:
        timings.add(Timing.INTERPOLATED if fill(words, *times) else Timing.MEASURED)
        return Utterance(words, speaker)
    if speaker is None:
        speaker, text = label_in(text)
    words = untimed(text)
    spread(words, *times)
    timings.add(Timing.CUE if times[0] >= 0 else Timing.NONE)
    return Utterance(words, speaker)


def _word(row: Mapping[str, Any]) -> Word:
    text = text_of(row.get("word")) or text_of(row.get("text")) or ""
    share = next((row[name] for name in _SHARES if name in row), None)
    times = ms_of_seconds(row.get("start")), ms_of_seconds(row.get("end"))
    return word(text.strip(), *times, share)


def _worst(timings: set[Timing]) -> Timing:
    order = (Timing.CUE, Timing.INTERPOLATED, Timing.MEASURED)
    return next((each for each in order if each in timings), Timing.NONE)
