"""Deepgram's response: seconds as floats, channels and speakers numbered from 0."""

from collections.abc import Iterator, Mapping
from typing import Any

from reviews.sources.assemblyai.lenient import label_of, number_of, rows_of, text_of
from reviews.sources.files.foreign import (
    Foreign,
    NotATranscript,
    Utterance,
    Voice,
    Word,
    ms_of_seconds,
    said_by,
    split,
    timing_of,
    untimed,
    word,
)

_SPOKEN = "word"
_WRITTEN = "punctuated_word"


def is_deepgram(value: Mapping[str, Any]) -> bool:
    results = value.get("results")
    return isinstance(results, dict) and isinstance(results.get("channels"), list)


def read(value: Mapping[str, Any]) -> Foreign:
    """Raises NotATranscript."""
    results, about = value["results"], value.get("metadata")
    about = about if isinstance(about, dict) else {}
    best = [_best(row) for row in rows_of(results["channels"])]
    has_channels = len(best) > 1
    utterances = said_by(_of_utterances(results.get("utterances"), has_channels=has_channels))
    if not utterances:
        utterances = said_by(_of_channels(best))
    if not utterances:
        raise NotATranscript(
            "The Deepgram response is refused",
            "no word in any channel",
            "Save the whole response, as /v1/listen gives it.",
        )
    return Foreign(
        utterances,
        timing_of(utterances),
        id=label_of(about.get("request_id")),
        language=_language(results["channels"]),
        seconds=number_of(about.get("duration")),
        created=text_of(about.get("created")),
        is_punctuated=any(_WRITTEN in row for each in best for row in rows_of(each.get("words"))),
    )


def _best(channel: Mapping[str, Any]) -> dict[str, Any]:
    return next(iter(rows_of(channel.get("alternatives"))), {})


def _language(channels: Any) -> str | None:
    found = (text_of(row.get("detected_language")) for row in rows_of(channels))
    return next((language for language in found if language), None)


def _of_utterances(rows: Any, *, has_channels: bool) -> Iterator[Utterance]:
    for row in rows_of(rows):
        words = [_word(each) for each in rows_of(row.get("words"))]
        words = words or untimed(text_of(row.get("transcript")) or "")
        channel = label_of(row.get("channel")) if has_channels else None
        yield Utterance(
            words or untimed(text_of(row.get("transcript")) or ""), _speaker(row), channel
        )


def _of_channels(best: list[dict[str, Any]]) -> Iterator[Utterance]:
    for number, each in enumerate(best):
        channel = str(number) if len(best) > 1 else None
        rows = rows_of(each.get("words"))
        yield from split(((_speaker(row), channel), _word(row)) for row in rows)
        if not rows:
            voice: Voice = (None, channel)
            yield Utterance(untimed(text_of(each.get("transcript")) or ""), *voice)


def _speaker(row: Mapping[str, Any]) -> str | None:
    return label_of(row.get("speaker"))


def _word(row: Mapping[str, Any]) -> Word:
    text = text_of(row.get(_WRITTEN)) or text_of(row.get(_SPOKEN)) or ""
    times = ms_of_seconds(row.get("start")), ms_of_seconds(row.get("end"))
    return word(text, *times, row.get("confidence"))
