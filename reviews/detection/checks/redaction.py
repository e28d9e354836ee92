"""The `redaction` check: what should have been masked by the source, and what it left."""

from collections.abc import Iterator
from dataclasses import dataclass

from reviews.detection.analysis import Redaction, SideText
from reviews.detection.asked import Names
from reviews.detection.conditions import Hearing
from reviews.detection.document import Section, refuse
from reviews.detection.evidence import (
    Clear,
    Evidence,
    Found,
    NotAssessable,
    Outcome,
    Reason,
    outside,
)
from reviews.detection.folding import MASK, fold_word
from reviews.detection.languages.known import language_of
from reviews.detection.personal import evidence_of, values_of
from reviews.detection.pii import find
from reviews.detection.pii.span import OPEN_KINDS
from reviews.detection.reading import Reading
from reviews.detection.spans import NO_WORDS
from reviews.detection.windows import Doubt

_UNKNOWN: Doubt = (Reason.FEATURE_ABSENT, "the source does not say whether it was to mask")
_UNNAMED: Doubt = (Reason.FEATURE_ABSENT, "the source does not say what it was to mask")


@dataclass(frozen=True, slots=True)
class RedactionRule:
    """`policies` that must be on; `leftovers`: personal data that still stands in any text.

    Of those, no `entities` means every kind that tells who somebody is; `minimum_score` is 0..1.
    """

    policies: tuple[str, ...] = ()
    leftovers: bool = False
    entities: tuple[str, ...] = ()
    minimum_score: float = 0.5


def parse(document: Section, _names: Names) -> RedactionRule:
    own = document.section("redaction")
    made = RedactionRule(
        policies=own.texts("policies", most=200, length=100),
        leftovers=own.yes_no("leftovers"),
        entities=own.texts("entities", most=200, length=100),
        minimum_score=own.number("minimum_score", default=0.5, least=0, most=1),
    )
    own.close()
    if not (made.policies or made.leftovers):
        refuse(own.path, "nothing is asked: write policies, leftovers: true, or both")
    return made


def check(rule: RedactionRule, hearing: Hearing) -> Outcome:
    """Found where a policy was off, or a value still stands; a place beside the words by name."""
    reading = hearing.reading
    found = list(_left(rule, reading)) if rule.leftovers else []
    doubt = NO_WORDS if rule.leftovers and not reading.transcript.words else None
    if rule.policies:
        missing = _missing(rule, reading.transcript.analysis.redaction)
        if isinstance(missing, tuple):
            doubt = missing
        else:
            found = missing + found
    if found:
        return Found(tuple(found))
    return NotAssessable(*doubt) if doubt else Clear()


def _missing(rule: RedactionRule, redaction: Redaction | None) -> list[Evidence] | Doubt:
    if redaction is None:
        return _UNKNOWN
    if not redaction.is_on:
        return [outside("redact_pii", label=policy) for policy in rule.policies]
    if redaction.policies is None:
        return _UNNAMED
    off = [policy for policy in rule.policies if policy not in redaction.policies]
    return [outside("redact_pii_policies", label=policy) for policy in off]


def _left(rule: RedactionRule, reading: Reading) -> Iterator[Evidence]:
    """In the words first, then in every text beside them."""
    call = reading.transcript
    for value in values_of(reading):
        if value.method != "mask" and _is_asked(rule, value.entity, value.score):
            yield evidence_of(value, call)
    for text in call.analysis.texts:
        yield from _left_in(rule, text, reading)


def _left_in(rule: RedactionRule, text: SideText, reading: Reading) -> Iterator[Evidence]:
    times = text.start_ms, text.end_ms
    spans = [span for span in find(text.text) if _is_asked(rule, span.entity, span.score)]
    for span in spans:
        yield outside(text.place, label=span.entity, score=span.score, times_ms=times)
    # What the source itself takes for such a value needs no second opinion.
    is_named = text.kind in (rule.entities or rule.policies)
    if not spans and is_named and not _is_masked(text.text, reading):
        yield outside(text.place, label=text.kind, times_ms=times)


def _is_asked(rule: RedactionRule, entity: str, score: float) -> bool:
    is_kind = entity in rule.entities if rule.entities else entity not in OPEN_KINDS
    return is_kind and score >= rule.minimum_score


def _is_masked(text: str, reading: Reading) -> bool:
    language = language_of(reading.transcript.language)
    folded = (fold_word(word, language).tokens for word in text.split())
    return all(any(token.startswith(MASK) for token in tokens) for tokens in folded)
