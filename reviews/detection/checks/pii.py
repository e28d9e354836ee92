"""The `pii` check: personal data said in the call, by kind, role and score."""

from collections.abc import Sequence
from dataclasses import dataclass

from reviews.detection.asked import Names
from reviews.detection.conditions import Hearing
from reviews.detection.document import Section
from reviews.detection.evidence import Clear, Found, NotAssessable, Outcome, Reason
from reviews.detection.personal import evidence_of, values_of
from reviews.detection.pii.span import OPEN_KINDS, CallSpan
from reviews.detection.transcript import Role, Transcript


@dataclass(frozen=True, slots=True)
class PiiRule:
    """Personal data that was said; `minimum_score` is 0..1.

    No `entities` means every kind that tells who somebody is: dates, amounts of money and web
    addresses have to be named.
    """

    entities: tuple[str, ...] = ()
    role: str = "any"
    """`any`, `agent` or `customer`."""
    minimum_score: float = 0.5


def parse(document: Section, _names: Names) -> PiiRule:
    own = document.section("pii")
    made = PiiRule(
        entities=own.texts("entities", most=200, length=100),
        role=own.choice("role", ["any", "agent", "customer"], default="any"),
        minimum_score=own.number("minimum_score", default=0.5, least=0, most=1),
    )
    own.close()
    return made


def check(rule: PiiRule, hearing: Hearing) -> Outcome:
    """Find values of the rule's kinds, said by its role, with at least its score (0..1)."""
    return outcome(rule, hearing.reading.transcript, values_of(hearing.reading))


def outcome(rule: PiiRule, transcript: Transcript, values: Sequence[CallSpan]) -> Outcome:
    """The same, of values that are known."""
    if not transcript.words:
        return NotAssessable(Reason.NO_WORDS, "the transcript has no words")
    hits = [span for span in values if _is_asked(rule, span)]
    said = [hit for hit in hits if _is_said_by(rule, _role(transcript, hit))]
    if said:
        return Found(tuple(evidence_of(hit, transcript) for hit in said))
    unknown = [hit for hit in hits if _role(transcript, hit) is Role.UNKNOWN]
    if unknown:
        return NotAssessable(
            Reason.ROLES_UNKNOWN,
            f"personal data was said, but it is not known whether by the {rule.role}",
            tuple(evidence_of(hit, transcript) for hit in unknown),
        )
    return Clear()


def _is_asked(rule: PiiRule, span: CallSpan) -> bool:
    is_kind = span.entity in rule.entities if rule.entities else span.entity not in OPEN_KINDS
    return is_kind and span.score >= rule.minimum_score


def _is_said_by(rule: PiiRule, role: Role) -> bool:
    return rule.role == "any" or role == rule.role


def _role(transcript: Transcript, span: CallSpan) -> Role:
    return transcript.roles[span.parts[0].utterance]
