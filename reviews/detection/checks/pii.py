"""The `pii` check: personal data said in the call, by kind, role and score."""

from collections.abc import Sequence
from dataclasses import dataclass

from reviews.detection.asked import Names
from reviews.detection.conditions import Hearing
from reviews.detection.document import Section
from reviews.detection.evidence import Clear, Evidence, Found, NotAssessable, Outcome, Reason
from reviews.detection.pii.call import CallSpan, find_in_call
from reviews.detection.pii.span import OPEN_KINDS
from reviews.detection.reading import Reading
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
    return outcome(rule, hearing.reading.transcript, _values(hearing.reading))


def _values(reading: Reading) -> Sequence[CallSpan]:
    """The personal data of a call: looked for once for all rules."""
    return reading.once("values", lambda: find_in_call(reading.transcript))


def outcome(rule: PiiRule, transcript: Transcript, values: Sequence[CallSpan]) -> Outcome:
    """The same, of values that are known."""
    if not transcript.words:
        return NotAssessable(Reason.NO_WORDS, "the transcript has no words")
    hits = [span for span in values if _is_asked(rule, span)]
    said = [hit for hit in hits if _is_said_by(rule, _role(transcript, hit))]
    if said:
        return Found(tuple(_evidence(transcript, hit) for hit in said))
    unknown = [hit for hit in hits if _role(transcript, hit) is Role.UNKNOWN]
    if unknown:
        return NotAssessable(
            Reason.ROLES_UNKNOWN,
            f"personal data was said, but it is not known whether by the {rule.role}",
            tuple(_evidence(transcript, hit) for hit in unknown),
        )
    return Clear()


def _is_asked(rule: PiiRule, span: CallSpan) -> bool:
    is_kind = span.entity in rule.entities if rule.entities else span.entity not in OPEN_KINDS
    return is_kind and span.score >= rule.minimum_score


def _is_said_by(rule: PiiRule, role: Role) -> bool:
    return rule.role == "any" or role == rule.role


def _role(transcript: Transcript, span: CallSpan) -> Role:
    return transcript.roles[span.parts[0].utterance]


def _evidence(transcript: Transcript, span: CallSpan) -> Evidence:
    first, last = span.parts[0], span.parts[-1]
    starts = transcript.bounds[first.utterance] + first.first_word
    ends = transcript.bounds[last.utterance] + last.last_word
    return Evidence(
        utterance=first.utterance,
        last_utterance=last.utterance,
        first_word=first.first_word,
        last_word=last.last_word,
        speaker=transcript.speakers[first.utterance],
        role=_role(transcript, span),
        start_ms=transcript.start_ms[starts],
        end_ms=transcript.end_ms[ends],
        label=span.entity,
        score=span.score,
        marks=span.parts,
    )
