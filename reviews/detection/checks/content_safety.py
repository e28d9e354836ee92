"""The `content_safety` check: what the vendor's labels say, placed on words by time."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from reviews.detection.asked import Names
from reviews.detection.conditions import Hearing
from reviews.detection.document import Section
from reviews.detection.evidence import Clear, Evidence, Found, NotAssessable, Outcome, Reason
from reviews.detection.transcript import SafetyLabel, Transcript

LANGUAGES = frozenset({"en", "es", "fr", "de", "it", "pt"})
"""Languages the vendor's feature is made for, by their first part."""


@dataclass(frozen=True, slots=True)
class ContentSafetyRule:
    """Vendor labels; none means every label. Both minima are 0..1.

    A label without a severity is judged by its confidence alone.
    """

    labels: tuple[str, ...] = ()
    minimum_confidence: float = 0.5
    minimum_severity: float = 0.0


def parse(document: Section, _names: Names) -> ContentSafetyRule:
    own = document.section("content_safety")
    made = ContentSafetyRule(
        labels=own.texts("labels", most=200, length=100),
        minimum_confidence=own.number("minimum_confidence", default=0.5, least=0, most=1),
        minimum_severity=own.number("minimum_severity", default=0, least=0, most=1),
    )
    own.close()
    return made


def check(rule: ContentSafetyRule, hearing: Hearing) -> Outcome:
    """Labels at least as confident and severe as the rule asks, or why there is no telling."""
    transcript = hearing.reading.transcript
    safety = transcript.safety
    if safety is None:
        return NotAssessable(Reason.FEATURE_ABSENT, "content safety was not asked for")
    if not safety.is_available:
        return NotAssessable(Reason.FEATURE_UNAVAILABLE, "content safety failed at the vendor")
    language = transcript.language
    if language is not None and language.lower().split("_")[0].split("-")[0] not in LANGUAGES:
        return NotAssessable(Reason.LANGUAGE, "content safety does not cover this language")
    labels = [label for label in safety.labels if _is_asked(rule, label)]
    evidence = [found for label in labels for found in _evidence(label, transcript)]
    evidence.sort(key=lambda each: (each.start_ms, each.utterance, each.label))
    return Found(tuple(evidence)) if evidence else Clear()


def _is_asked(rule: ContentSafetyRule, label: SafetyLabel) -> bool:
    is_named = not rule.labels or label.label in rule.labels
    is_severe = label.severity is None or label.severity >= rule.minimum_severity
    return is_named and is_severe and label.confidence >= rule.minimum_confidence


def _evidence(label: SafetyLabel, transcript: Transcript) -> Iterator[Evidence]:
    """One for each utterance that has words in the label's time; one without words if none has."""
    is_placed = False
    for utterance in range(transcript.utterances):
        words = _words_in(label, transcript, utterance)
        if not words:
            continue
        is_placed = True
        low = transcript.bounds[utterance]
        yield Evidence(
            utterance=utterance,
            last_utterance=utterance,
            first_word=words[0] - low,
            last_word=words[-1] - low,
            speaker=transcript.speakers[utterance],
            role=transcript.roles[utterance].value,
            start_ms=transcript.start_ms[words[0]],
            end_ms=transcript.end_ms[words[-1]],
            label=label.label,
            score=label.confidence,
        )
    if not is_placed and transcript.words:
        yield _nearest(label, transcript)


def _words_in(label: SafetyLabel, transcript: Transcript, utterance: int) -> range:
    """Words of an utterance that overlap the label's time."""
    low, high = transcript.bounds[utterance], transcript.bounds[utterance + 1]
    first = bisect_right(transcript.end_ms, label.start_ms, low, high)
    last = bisect_left(transcript.start_ms, label.end_ms, low, high)
    return range(first, last)


def _nearest(label: SafetyLabel, transcript: Transcript) -> Evidence:
    """The whole call as the place, for a label whose time holds no word."""
    bounds = transcript.bounds
    spoken = [u for u in range(transcript.utterances) if bounds[u] < bounds[u + 1]]
    last = spoken[-1]
    return Evidence(
        utterance=spoken[0],
        last_utterance=last,
        first_word=0,
        last_word=bounds[last + 1] - bounds[last] - 1,
        speaker=None,
        role="unknown",
        start_ms=label.start_ms,
        end_ms=label.end_ms,
        label=label.label,
        score=label.confidence,
    )
