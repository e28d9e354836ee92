"""The vendor's published fields, by name and type, in our own words; `problems` finds what differs.

A field that is not listed is a problem: what the vendor has never sent, nothing may rest on.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Check = Callable[[Any], Iterator[str]]


def text(value: Any) -> Iterator[str]:
    if not isinstance(value, str):
        yield f"{type(value).__name__} instead of a text"


def whole(value: Any) -> Iterator[str]:
    if not isinstance(value, int) or isinstance(value, bool):
        yield f"{type(value).__name__} instead of a whole number"


def number(value: Any) -> Iterator[str]:
    if not isinstance(value, int | float) or isinstance(value, bool):
        yield f"{type(value).__name__} instead of a number"


def share(value: Any) -> Iterator[str]:
    yield from number(value)
    if isinstance(value, int | float) and not 0 <= value <= 1:
        yield f"{value} instead of 0 to 1"


def flag(value: Any) -> Iterator[str]:
    if not isinstance(value, bool):
        yield f"{type(value).__name__} instead of true or false"


def anything(value: Any) -> Iterator[str]:
    del value
    yield from ()


def one_of(*texts: str) -> Check:
    def check(value: Any) -> Iterator[str]:
        if value not in texts:
            yield f"{value!r} instead of one of {texts}"

    return check


def maybe(inner: Check) -> Check:
    """null, or what is meant."""
    return lambda value: iter(()) if value is None else inner(value)


def many(inner: Check) -> Check:
    def check(value: Any) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"{type(value).__name__} instead of a list"
            return
        for at, row in enumerate(value):
            yield from (f"[{at}]{seen}" for seen in inner(row))

    return check


def pair(value: Any) -> Iterator[str]:
    yield from many(whole)(value)
    if isinstance(value, list) and len(value) != 2:
        yield "not two of them"


def by_name(inner: Check) -> Check:
    def check(value: Any) -> Iterator[str]:
        for name, row in value.items():
            yield from (f".{name}{seen}" for seen in inner(row))

    return check


def shape(needed: Mapping[str, Check], more: Mapping[str, Check] | None = None) -> Check:
    """An object that has all of `needed`, may have each of `more`, and nothing else."""
    known = {**needed, **(more or {})}

    def check(value: Any) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{type(value).__name__} instead of an object"
            return
        yield from (f".{name} is missing" for name in needed if name not in value)
        yield from (f".{name} is nowhere published" for name in value if name not in known)
        for name in value:
            if name in known:
                yield from (f".{name}: {seen}" for seen in known[name](value[name]))

    return check


def problems(check: Check, value: Any) -> list[str]:
    return list(check(value))


STATUS = one_of("queued", "processing", "completed", "error")
SPAN = shape({"start": whole, "end": whole})
WORD = shape(
    {"text": text, "start": whole, "end": whole, "confidence": share},
    {"speaker": maybe(text), "channel": maybe(text)},
)
SAID = {"text": text, "start": whole, "end": whole, "confidence": share, "words": many(WORD)}
UTTERANCE = shape({**SAID, "speaker": text}, {"channel": maybe(text), "translated_texts": anything})
SEVERITIES = shape({"low": share, "medium": share, "high": share})
SAFETY = shape(
    {
        "status": one_of("success", "unavailable"),
        "results": many(
            shape(
                {
                    "text": text,
                    "labels": many(
                        shape({"label": text, "confidence": share, "severity": maybe(share)})
                    ),
                    "sentences_idx_start": whole,
                    "sentences_idx_end": whole,
                    "timestamp": SPAN,
                }
            )
        ),
        "summary": by_name(share),
        "severity_score_summary": by_name(SEVERITIES),
    }
)
SENTIMENT = shape(
    {
        "text": text,
        "start": whole,
        "end": whole,
        "sentiment": one_of("POSITIVE", "NEUTRAL", "NEGATIVE"),
        "confidence": share,
        "speaker": maybe(text),
    },
    {"channel": maybe(text)},
)
ENTITY = shape({"entity_type": text, "text": text, "start": whole, "end": whole})
_FLAGS = (
    *("punctuate", "format_text", "dual_channel", "multichannel", "webhook_auth"),
    *("auto_highlights", "filter_profanity", "redact_pii", "redact_pii_audio", "speaker_labels"),
    *("content_safety", "iab_categories", "language_detection", "auto_chapters", "summarization"),
    *("custom_topics", "disfluencies", "sentiment_analysis", "entity_detection", "throttled"),
    "speed_boost",
)
_TEXTS = (
    *("error", "language_code", "text", "speech_model", "speech_model_used", "webhook_url"),
    *("webhook_auth_header_name", "boost_param", "redact_pii_audio_quality", "summary_type"),
    *("summary_model", "summary", "domain", "acoustic_model", "language_model", "prompt"),
)
_OPEN = (
    *("auto_highlights_result", "iab_categories_result", "custom_spelling", "chapters"),
    *("speech_understanding", "translated_texts", "metadata", "redact_pii_audio_options"),
    *("speaker_options", "language_detection_options"),
)
_LISTS = ("speech_models", "word_boost", "redact_pii_policies", "topics", "keyterms_prompt")
_WHOLES = ("audio_duration", "audio_channels", "audio_start_from", "audio_end_at")
TRANSCRIPT = shape(
    {"id": text, "status": STATUS, "audio_url": text},
    {
        **{name: maybe(flag) for name in _FLAGS},
        **{name: maybe(text) for name in _TEXTS},
        **{name: maybe(many(text)) for name in (*_LISTS, "language_codes")},
        **{name: maybe(whole) for name in (*_WHOLES, "speakers_expected", "webhook_status_code")},
        **{name: maybe(share) for name in ("confidence", "language_confidence")},
        **{name: maybe(share) for name in ("language_confidence_threshold", "speech_threshold")},
        **dict.fromkeys(_OPEN, anything),
        "temperature": maybe(number),
        "redact_pii_sub": maybe(one_of("hash", "entity_name")),
        "words": maybe(many(WORD)),
        "utterances": maybe(many(UTTERANCE)),
        "content_safety_labels": maybe(SAFETY),
        "sentiment_analysis_results": maybe(many(SENTIMENT)),
        "entities": maybe(many(ENTITY)),
    },
)
PAGE = shape(
    {
        "page_details": shape(
            {
                "limit": whole,
                "result_count": whole,
                "current_url": text,
                "prev_url": maybe(text),
                "next_url": maybe(text),
            }
        ),
        "transcripts": many(
            shape(
                {
                    "id": text,
                    "resource_url": text,
                    "status": STATUS,
                    "created": text,
                    "audio_url": text,
                },
                {"completed": maybe(text), "error": maybe(text)},
            )
        ),
    }
)
_STRETCH = shape({**SAID}, {"speaker": maybe(text), "channel": maybe(text)})
_SUMMARY = {"id": text, "confidence": share, "audio_duration": whole}
SENTENCES = shape({**_SUMMARY, "sentences": many(_STRETCH)})
PARAGRAPHS = shape({**_SUMMARY, "paragraphs": many(_STRETCH)})
WORD_SEARCH = shape(
    {
        "id": text,
        "total_count": whole,
        "matches": many(
            shape({"text": text, "count": whole, "timestamps": many(pair), "indexes": many(whole)})
        ),
    }
)
UPLOAD = shape({"upload_url": text})
REDACTED_AUDIO = shape({"status": one_of("redacted_audio_ready"), "redacted_audio_url": text})
HOOK = shape({"transcript_id": text, "status": one_of("completed", "error")})
ERROR = shape({"error": text}, {"status": one_of("error")})
