"""The `content_safety` check: what the vendor's labels say, and what our own layer hears."""

from dataclasses import dataclass

from reviews.detection.asked import Names
from reviews.detection.conditions import Hearing
from reviews.detection.document import Section
from reviews.detection.evidence import Clear, Evidence, Found, NotAssessable, Outcome, Reason
from reviews.detection.placing import Timed, placed
from reviews.detection.safety.call import find_in_call, reads
from reviews.detection.safety.span import Category, SafetySpan
from reviews.detection.spans import NO_WORDS
from reviews.detection.transcript import Role, SafetyLabel, Transcript

LANGUAGES = frozenset({"en", "es", "fr", "de", "it", "pt"})
"""Languages the vendor's feature is made for, by their first part."""


@dataclass(frozen=True, slots=True)
class ContentSafetyRule:
    """Vendor labels, and categories of our own layer; without either, every label.

    All minima are 0..1. A label without a severity is judged by its confidence alone. `role` is
    whose words count for the categories: `any`, `agent` or `customer`.
    """

    labels: tuple[str, ...] = ()
    minimum_confidence: float = 0.5
    minimum_severity: float = 0.0
    categories: tuple[str, ...] = ()
    minimum_score: float = 0.5
    role: str = "any"


def parse(document: Section, _names: Names) -> ContentSafetyRule:
    own = document.section("content_safety")
    made = ContentSafetyRule(
        labels=own.texts("labels", most=200, length=100),
        minimum_confidence=own.number("minimum_confidence", default=0.5, least=0, most=1),
        minimum_severity=own.number("minimum_severity", default=0, least=0, most=1),
        categories=own.choices("categories", list(Category)),
        minimum_score=own.number("minimum_score", default=0.5, least=0, most=1),
        role=own.choice("role", ["any", "agent", "customer"], default="any"),
    )
    own.close()
    return made


def check(rule: ContentSafetyRule, hearing: Hearing) -> Outcome:
    """Found by either; where one cannot tell and the other finds nothing, not assessable."""
    answers = []
    if rule.categories:
        answers.append(_heard(rule, hearing))
    if rule.labels or not rule.categories:
        answers.append(_labelled(rule, hearing.reading.transcript))
    found = [answer for answer in answers if isinstance(answer, Found)]
    if found:
        evidence = [each for answer in found for each in answer.evidence]
        evidence.sort(key=lambda each: (each.start_ms, each.utterance, each.label))
        return Found(tuple(evidence), is_unsure=all(answer.is_unsure for answer in found))
    return next((answer for answer in answers if isinstance(answer, NotAssessable)), Clear())


def _heard(rule: ContentSafetyRule, hearing: Hearing) -> Outcome:
    """What our own layer finds of the rule's categories, said by its role."""
    transcript = hearing.reading.transcript
    if not transcript.words:
        return NotAssessable(*NO_WORDS)
    if not reads(transcript.language):
        return NotAssessable(Reason.LANGUAGE, "abuse is not looked for in the call's language")
    spans = hearing.reading.once(
        ("safety", hearing.floor), lambda: find_in_call(transcript, floor=hearing.floor)
    )
    hits = [s for s in spans if s.category in rule.categories and s.score >= rule.minimum_score]
    theirs = [hit for hit in hits if rule.role in ("any", transcript.roles[hit.utterance])]
    if theirs:
        evidence = tuple(_said(hit, transcript) for hit in theirs)
        return Found(evidence, is_unsure=all(each.is_unsure for each in evidence))
    unknown = [hit for hit in hits if transcript.roles[hit.utterance] is Role.UNKNOWN]
    if unknown:
        return NotAssessable(
            Reason.ROLES_UNKNOWN,
            f"such words were said, but it is not known whether by the {rule.role}",
            tuple(_said(hit, transcript) for hit in unknown),
        )
    return Clear()


def _said(span: SafetySpan, transcript: Transcript) -> Evidence:
    low = transcript.bounds[span.utterance]
    return Evidence(
        utterance=span.utterance,
        last_utterance=span.utterance,
        first_word=span.first_word,
        last_word=span.last_word,
        speaker=transcript.speakers[span.utterance],
        role=transcript.roles[span.utterance].value,
        start_ms=transcript.start_ms[low + span.first_word],
        end_ms=transcript.end_ms[low + span.last_word],
        is_unsure=span.is_unsure,
        label=span.category.value,
        score=span.score,
    )


def _labelled(rule: ContentSafetyRule, transcript: Transcript) -> Outcome:
    """Labels at least as confident and severe as the rule asks, or why there is no telling."""
    safety = transcript.safety
    if safety is None:
        return NotAssessable(Reason.FEATURE_ABSENT, "content safety was not asked for")
    if not safety.is_available:
        return NotAssessable(Reason.FEATURE_UNAVAILABLE, "content safety failed at the vendor")
    language = transcript.language
    if language is not None and language.lower().split("_")[0].split("-")[0] not in LANGUAGES:
        return NotAssessable(Reason.LANGUAGE, "content safety does not cover this language")
    asked = [label for label in safety.labels if _is_asked(rule, label)]
    times = [Timed(each.start_ms, each.end_ms, each.label, each.confidence) for each in asked]
    everywhere = range(transcript.utterances)
    evidence = tuple(found for each in times for found in placed(each, transcript, everywhere))
    return Found(evidence) if evidence else Clear()


def _is_asked(rule: ContentSafetyRule, label: SafetyLabel) -> bool:
    is_named = not rule.labels or label.label in rule.labels
    is_severe = label.severity is None or label.severity >= rule.minimum_severity
    return is_named and is_severe and label.confidence >= rule.minimum_confidence
