"""The `query` check: a condition of the rule language on a call that has been read."""

from collections.abc import Iterator

from reviews.detection.asked import Names, QueryRule
from reviews.detection.conditions import Hearing, State, judge, proof_of
from reviews.detection.document import Section
from reviews.detection.evidence import Clear, Found, NotAssessable, Outcome, Reason
from reviews.detection.spans import NO_WORDS


def parse(document: Section, names: Names) -> QueryRule:
    return names.query(document, "query")


def written(rule: QueryRule) -> str:
    return rule.text


def queries(rule: QueryRule) -> Iterator[tuple[str, QueryRule]]:
    yield "query", rule


def check(rule: QueryRule, hearing: Hearing) -> Outcome:
    """Found with the shortest stretches, clear, or not assessable with the reason.

    Raises TooMuchEffort at the engine's own limit.
    """
    if not hearing.reading.axis.tokens:
        return NotAssessable(*NO_WORDS)  # also where facts alone are asked for
    verdict = judge(rule.condition, hearing, is_absence_asked=hearing.is_absence_asked)
    if verdict.state is State.UNKNOWN:
        reason, text = verdict.doubt or (Reason.ENGINE_ERROR, "the query came to no answer")
        return NotAssessable(reason, text)
    if verdict.state is State.CLEAR:
        return Clear(proof_of(verdict.unheard, hearing))
    evidence = tuple(map(hearing.reading.evidence, verdict.stretches))
    absence = proof_of(verdict.unheard, hearing)
    return Found(evidence, is_unsure=verdict.is_unsure, absence=absence)
