"""Amazon Transcribe: standard jobs, Call Analytics, and Post Call Analytics made from either.

Numbers are texts, punctuation has no time and follows the word before it.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from reviews.detection.transcript import CallFacts, Timing
from reviews.sources.assemblyai.lenient import (
    code_of,
    label_of,
    ms_of,
    number_of,
    rows_of,
    text_of,
)
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
from reviews.sources.files.timing import end_at_next, spread
from reviews.sources.normal import LONGEST_AGENT, CallMetadata, is_storable

_NONE = "None"
"""As Post Call Analytics writes what it does not know."""


def is_transcribe(value: Mapping[str, Any]) -> bool:
    results = value.get("results")
    is_standard = isinstance(results, dict) and isinstance(results.get("items"), list)
    return is_standard or is_analytics(value) or is_post_call(value)


def is_analytics(value: Mapping[str, Any]) -> bool:
    return isinstance(value.get("Transcript"), list)


def is_post_call(value: Mapping[str, Any]) -> bool:
    return isinstance(value.get("SpeechSegments"), list)


def read(value: Mapping[str, Any]) -> Foreign:
    """Raises NotATranscript."""
    reader = _standard
    if is_analytics(value):
        reader = _analytics
    elif is_post_call(value):
        reader = _post_call
    found = reader(value)
    if not found.utterances:
        raise NotATranscript(
            "The Amazon Transcribe document is refused",
            "no word in it",
            "Save the whole output of the job, once it is complete.",
        )
    return found


def _standard(value: Mapping[str, Any]) -> Foreign:
    results = value["results"]
    speakers = _speakers(results.get("speaker_labels"))
    channels = _channels(results.get("channel_labels"))
    parts = channels or [(None, rows_of(results["items"]))]
    utterances = said_by(
        each for channel, rows in parts for each in split(_voiced(rows, channel, speakers))
    )
    return Foreign(
        utterances,
        timing_of(utterances),
        id=label_of(value.get("jobName")),
        language=text_of(results.get("language_code")),
    )


def _channels(value: Any) -> list[tuple[str | None, list[dict[str, Any]]]]:
    rows = rows_of(value.get("channels")) if isinstance(value, dict) else []
    return [(label_of(row.get("channel_label")), rows_of(row.get("items"))) for row in rows]


def _speakers(value: Any) -> dict[str, str]:
    """Start of a word, as it is written → who says it."""
    segments = rows_of(value.get("segments")) if isinstance(value, dict) else []
    items = (item for segment in segments for item in rows_of(segment.get("items")))
    found = ((text_of(row.get("start_time")), label_of(row.get("speaker_label"))) for row in items)
    return {start: label for start, label in found if start and label}


def _voiced(
    rows: list[dict[str, Any]], channel: str | None, speakers: Mapping[str, str]
) -> Iterator[tuple[Voice, Word]]:
    for row, text in _joined(rows):
        start = row.get("start_time")
        speaker = label_of(row.get("speaker_label"))
        if speaker is None and isinstance(start, str):
            speaker = speakers.get(start)
        times = ms_of_seconds(start), ms_of_seconds(row.get("end_time"))
        share = _said(row).get("confidence", row.get("Confidence"))
        yield (speaker, channel), word(text, *times, share)


def _joined(rows: list[dict[str, Any]]) -> list[tuple[dict[str, Any], str]]:
    """Every item that is spoken, with the punctuation behind it."""
    made: list[tuple[dict[str, Any], str]] = []
    for row in rows:
        text = text_of(_said(row).get("content", row.get("Content"))) or ""
        kind = row.get("type", row.get("Type"))
        if kind == "punctuation" and made:
            made[-1] = (made[-1][0], made[-1][1] + text)
        elif text and kind != "punctuation":
            made.append((row, text))
    return made


def _said(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return next(iter(rows_of(row.get("alternatives"))), {})


def _analytics(value: Mapping[str, Any]) -> Foreign:
    utterances = said_by(_turn(row) for row in rows_of(value["Transcript"]))
    is_measured = all(rows_of(row.get("Items")) for row in rows_of(value["Transcript"]))
    about = value.get("ConversationCharacteristics")
    about = about if isinstance(about, dict) else {}
    length = number_of(about.get("TotalConversationDurationMillis"))
    return Foreign(
        utterances,
        timing_of(utterances) if is_measured else Timing.CUE,
        id=label_of(value.get("JobName")),
        language=text_of(value.get("LanguageCode")),
        seconds=None if length is None else length / 1000,
    )


def _turn(row: Mapping[str, Any]) -> Utterance:
    """Its items are its words; without them they are those of its text, within its time."""
    words = [
        word(text, ms_of(item.get("BeginOffsetMillis")), ms_of(item.get("EndOffsetMillis")), share)
        for item, text in _joined(rows_of(row.get("Items")))
        for share in [item.get("Confidence")]
    ]
    if not words:
        words = untimed(text_of(row.get("Content")) or "")
        spread(words, ms_of(row.get("BeginOffsetMillis")), ms_of(row.get("EndOffsetMillis")))
    return Utterance(words, label_of(row.get("ParticipantRole")))


def _post_call(value: Mapping[str, Any]) -> Foreign:
    about = value.get("ConversationAnalytics")
    about = about if isinstance(about, dict) else {}
    rows = rows_of(value["SpeechSegments"])
    utterances = said_by(_segment(row) for row in rows)
    has_words = all(rows_of(row.get("WordConfidence")) for row in rows)
    names = rows_of(about.get("SpeakerLabels"))
    told = ((label_of(row.get("Speaker")), text_of(row.get("DisplayText"))) for row in names)
    return Foreign(
        utterances,
        # Each word's end is written as its start.
        Timing.INTERPOLATED if has_words else Timing.CUE,
        id=_known(about.get("GUID")) or _job(about),
        language=text_of(about.get("LanguageCode")),
        seconds=number_of(about.get("Duration")),
        identified={label: text for label, text in told if label and text},
        metadata=CallMetadata(
            CallFacts(call_at=_moment(about)),
            agent=code_of(_known(about.get("Agent")), LONGEST_AGENT),
        ),
    )


def _segment(row: Mapping[str, Any]) -> Utterance:
    begin, end = (
        ms_of_seconds(row.get("SegmentStartTime")),
        ms_of_seconds(row.get("SegmentEndTime")),
    )
    words = [
        word(text.strip(), ms_of_seconds(each.get("StartTime")), -1, each.get("Confidence"))
        for each in rows_of(row.get("WordConfidence"))
        for text in [text_of(each.get("Text")) or ""]
    ]
    end_at_next(words, end)
    if not words:
        words = untimed(text_of(row.get("DisplayText")) or text_of(row.get("OriginalText")) or "")
        spread(words, begin, end)
    return Utterance(words, label_of(row.get("SegmentSpeaker")))


def _known(value: Any) -> str | None:
    text = text_of(value)
    return None if text is None or text == _NONE else text


def _job(about: Mapping[str, Any]) -> str | None:
    for row in rows_of(about.get("SourceInformation")):
        job = row.get("TranscribeJobInfo")
        if isinstance(job, dict):
            return label_of(job.get("TranscriptionJobName"))
    return None


def _moment(about: Mapping[str, Any]) -> datetime | None:
    """Of the call, where its time zone is told, too."""
    try:
        at = datetime.fromisoformat(str(about.get("ConversationTime")))
        at = at if at.tzinfo else at.replace(tzinfo=ZoneInfo(str(about["ConversationLocation"])))
    except (ValueError, OSError, LookupError):
        return None
    return at if is_storable(at) else None
