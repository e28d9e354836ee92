"""The `content_safety` check: what the vendor's labels say, placed on words by time."""

from dataclasses import dataclass

from reviews.detection.asked import Names
from reviews.detection.conditions import Hearing
from reviews.detection.document import Section
from reviews.detection.evidence import Clear, Found, NotAssessable, Outcome, Reason
from reviews.detection.placing import Timed, placed
from reviews.detection.transcript import SafetyLabel

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
    times = [Timed(each.start_ms, each.end_ms, each.label, each.confidence) for each in labels]
    everywhere = range(transcript.utterances)
    evidence = [found for each in times for found in placed(each, transcript, everywhere)]
    evidence.sort(key=lambda each: (each.start_ms, each.utterance, each.label))
    return Found(tuple(evidence)) if evidence else Clear()


def _is_asked(rule: ContentSafetyRule, label: SafetyLabel) -> bool:
    is_named = not rule.labels or label.label in rule.labels
    is_severe = label.severity is None or label.severity >= rule.minimum_severity
    return is_named and is_severe and label.confidence >= rule.minimum_confidence
