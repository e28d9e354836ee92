"""What a source's other features gave of a call, beside its words: never taken for the words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence's sentiment as the source sees it.

    `polarity` is `positive`, `neutral` or `negative`, "" where it could not be read; `confidence`
    0..1. Times in ms, -1 where the source gave none. `speaker` is a label, or else a channel.
    """

    polarity: str
    confidence: float | None
    start_ms: int
    end_ms: int
    speaker: str | None


@dataclass(frozen=True, slots=True)
class Sentiment:
    """`is_available` False: it was asked for and failed."""

    is_available: bool
    sentences: tuple[Sentence, ...] = ()
    """In the order given."""


@dataclass(frozen=True, slots=True)
class Redaction:
    """Whether personal data was to be masked by the source, and which."""

    is_on: bool
    policies: tuple[str, ...] | None = None
    """None: not said."""
    substitution: str = ""
    """How it is masked: `hash` or `entity_name`; "" where not said."""


@dataclass(frozen=True, slots=True)
class SideText:
    """A text of the payload that does not stand word for word in the call. Times as of words."""

    place: str
    """Such as `chapters[0].gist`."""
    text: str
    start_ms: int = -1
    end_ms: int = -1
    kind: str = ""
    """Of an entity, what the source takes it for."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """Each part is None, or empty, where the source did not give it."""

    sentiment: Sentiment | None = None
    """None: the feature was not asked for."""
    redaction: Redaction | None = None
    """None: the source does not say."""
    texts: tuple[SideText, ...] = ()
    """Those of entities have a kind."""
    topics: tuple[tuple[str, float], ...] = ()
    """Each with its relevance to the whole call, 0..1; in the order given."""
    speakers_expected: int | None = None
    language_confidence: float | None = None
    """0..1."""
    confidence: float | None = None
    """0..1, of the whole transcript."""


def to_plain(analysis: Analysis) -> dict[str, Any]:
    """Plain JSON types, rows as lists; `from_plain` reads them."""
    sentiment, redaction = analysis.sentiment, analysis.redaction
    return {
        "sentiment": sentiment and [sentiment.is_available, [*map(_row, sentiment.sentences)]],
        "redaction": redaction and _redaction_row(redaction),
        "texts": [[t.place, t.text, t.start_ms, t.end_ms, t.kind] for t in analysis.texts],
        "topics": [[*topic] for topic in analysis.topics],
        "speakers_expected": analysis.speakers_expected,
        "language_confidence": analysis.language_confidence,
        "confidence": analysis.confidence,
    }


def from_plain(data: Mapping[str, Any]) -> Analysis:
    """What `to_plain` wrote. Raises KeyError, TypeError or ValueError for anything else."""
    sentiment, redaction = data["sentiment"], data["redaction"]
    return Analysis(
        sentiment=sentiment and _sentiment(*sentiment),
        redaction=redaction and _redaction(*redaction),
        texts=tuple(SideText(*row) for row in data["texts"]),
        topics=tuple((name, share) for name, share in data["topics"]),
        speakers_expected=data["speakers_expected"],
        language_confidence=data["language_confidence"],
        confidence=data["confidence"],
    )


def _row(each: Sentence) -> list[Any]:
    return [each.polarity, each.confidence, each.start_ms, each.end_ms, each.speaker]


def _sentiment(is_available: Any, rows: Any) -> Sentiment:
    return Sentiment(is_available, tuple(Sentence(*row) for row in rows))


def _redaction_row(redaction: Redaction) -> list[Any]:
    policies = redaction.policies
    return [redaction.is_on, policies and list(policies), redaction.substitution]


def _redaction(is_on: Any, policies: Any, substitution: Any) -> Redaction:
    return Redaction(is_on, None if policies is None else tuple(policies), substitution)
