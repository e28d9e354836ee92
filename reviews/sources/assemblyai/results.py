"""The vendor's other results in the normal form; junk in one of them leaves that one out."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any

from reviews.detection.analysis import Analysis, Redaction, Sentence, Sentiment, SideText
from reviews.sources.assemblyai.columns import Columns
from reviews.sources.assemblyai.features import State
from reviews.sources.assemblyai.lenient import (
    label_of,
    ms_of,
    rows_of,
    share_of,
    text_of,
    whole_of,
)
from reviews.sources.normal import LONGEST_CHANNEL

_LONGEST_KIND = 100
_LONGEST_TOPIC = 200
_SENTENCE_END = re.compile(r"(?<=[.?!])\s+")
_CHAPTER_TEXTS = ("gist", "headline", "summary")


def analysis_of(payload: Mapping[str, Any], columns: Columns, *, sentiment: str) -> Analysis:
    """`sentiment` is the State of that feature."""
    said = _Said(columns)
    return Analysis(
        sentiment=_sentiment(payload.get("sentiment_analysis_results"), sentiment),
        redaction=_redaction(payload),
        texts=(*_words(payload, said), *(t for t in _texts(payload) if not said.holds(t))),
        topics=tuple(_topics(payload.get("iab_categories_result"))),
        speakers_expected=_positive(payload.get("speakers_expected")),
        language_confidence=share_of(payload.get("language_confidence")),
        confidence=share_of(payload.get("confidence")),
    )


def _positive(value: Any) -> int | None:
    number = whole_of(value)
    return number if number is not None and number > 0 else None


def _sentiment(rows: Any, state: str) -> Sentiment | None:
    if state == State.ABSENT:
        return None
    if state == State.UNAVAILABLE:
        return Sentiment(is_available=False)
    return Sentiment(is_available=True, sentences=tuple(map(_sentence, rows_of(rows))))


def _sentence(row: Mapping[str, Any]) -> Sentence:
    start, end = ms_of(row.get("start")), ms_of(row.get("end"))
    polarity = (text_of(row.get("sentiment")) or "").strip().lower()
    return Sentence(
        polarity=polarity if polarity in ("positive", "neutral", "negative") else "",
        confidence=share_of(row.get("confidence")),
        start_ms=start,
        end_ms=max(start, end),
        speaker=label_of(row.get("speaker")) or label_of(row.get("channel"), LONGEST_CHANNEL),
    )


def _redaction(payload: Mapping[str, Any]) -> Redaction | None:
    is_on, policies = payload.get("redact_pii"), payload.get("redact_pii_policies")
    if not isinstance(is_on, bool):
        return None
    listed = policies if isinstance(policies, list) else []
    names = [label_of(each, _LONGEST_KIND) for each in listed]
    return Redaction(
        is_on=is_on,
        policies=tuple(name for name in names if name) or None,
        substitution=label_of(payload.get("redact_pii_sub"), _LONGEST_KIND) or "",
    )


def _topics(result: Any) -> Iterator[tuple[str, float]]:
    found = result.get("summary") if isinstance(result, dict) else None
    for key, value in found.items() if isinstance(found, dict) else ():
        name, share = label_of(key, _LONGEST_TOPIC), share_of(value)
        if name and share is not None:
            yield name, share


def _words(payload: Mapping[str, Any], said: "_Said") -> Iterator[SideText]:
    """The call's text and its words where they are not those of the utterances."""
    words = [text for row in rows_of(payload.get("words")) if (text := text_of(row.get("text")))]
    for name, text in (("text", text_of(payload.get("text")) or ""), ("words", " ".join(words))):
        if not said.has_words_of(text):
            yield SideText(name, text)


def _texts(payload: Mapping[str, Any]) -> Iterator[SideText]:
    """Every other text of the payload."""
    yield from _made("summary", payload.get("summary"))
    for name, text in _translations(payload):
        yield from _made(f"translated_texts.{name}", text)
    for key in _CHAPTER_TEXTS:
        yield from _of_rows("chapters", payload.get("chapters"), key)
    yield from _of_rows("utterances", payload.get("utterances"))
    yield from _of_rows("entities", payload.get("entities"), kind="entity_type")
    yield from _of_rows("sentiment_analysis_results", payload.get("sentiment_analysis_results"))
    for name in ("auto_highlights_result", "iab_categories_result", "content_safety_labels"):
        result = payload.get(name)
        if isinstance(result, dict):
            yield from _of_rows(f"{name}.results", result.get("results"))


def _translations(payload: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    texts = payload.get("translated_texts")
    named = texts.items() if isinstance(texts, dict) else ()
    return [(name, text) for key, text in named if (name := label_of(key, _LONGEST_KIND))]


def _of_rows(name: str, rows: Any, key: str = "text", kind: str = "") -> Iterator[SideText]:
    for at, row in enumerate(rows if isinstance(rows, list) else ()):
        if isinstance(row, dict):
            place = f"{name}[{at}].{key}"
            yield from _made(place, row.get(key), row, label_of(row.get(kind), _LONGEST_KIND))


def _made(
    place: str, value: Any, row: Mapping[str, Any] | None = None, kind: str | None = None
) -> Iterator[SideText]:
    text = text_of(value)
    if text:
        start, end = _times(row or {})
        yield SideText(place, text, start, max(start, end), kind or "")


def _times(row: Mapping[str, Any]) -> tuple[int, int]:
    """A row's own, or those of its `timestamp`, or of the first of its `timestamps`."""
    stretches = row.get("timestamps")
    first = stretches[:1] if isinstance(stretches, list) else []
    for each in rows_of([row, row.get("timestamp"), *first]):
        if "start" in each:
            return ms_of(each.get("start")), ms_of(each.get("end"))
    return -1, -1


class _Said:
    """The call's words as they are compared with other texts; most calls need little of it."""

    def __init__(self, columns: Columns) -> None:
        self.words: Sequence[str] = columns.words
        self._bounds = columns.bounds

    @cached_property
    def whole(self) -> str:
        return " ".join(self.words)

    @cached_property
    def _counts(self) -> Counter[str]:
        return Counter(self.whole.split())

    @cached_property
    def _lines(self) -> frozenset[str]:
        return frozenset(" ".join(self.words[low:high]) for low, high in pairwise(self._bounds))

    @cached_property
    def _sentences(self) -> frozenset[str]:
        return frozenset(sentence for line in self._lines for sentence in _sentences(line))

    def has_words_of(self, text: str) -> bool:
        """In any order: where people speak at once a source writes another."""
        return text == self.whole or Counter(text.split()) <= self._counts

    def holds(self, each: SideText) -> bool:
        """It has nothing that the words have not: what is to be known of it is known of them."""
        if each.kind or each.text in self._lines:
            return not each.kind
        return self._sentences.issuperset(_sentences(" ".join(each.text.split())))


def _sentences(text: str) -> list[str]:
    return _SENTENCE_END.split(text)
