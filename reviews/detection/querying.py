"""A condition of the rule language on a call that has been read, as an outcome."""

from reviews.detection.conditions import Hearing, State, judge, proof_of
from reviews.detection.evidence import Clear, Found, NotAssessable, Outcome, Reason
from reviews.detection.language.types import Condition
from reviews.detection.spans import NO_WORDS


def outcome_of(condition: Condition, hearing: Hearing) -> Outcome:
    """Found with the shortest stretches, clear, or not assessable with the reason.

    Raises TooMuchEffort at the engine's own limit.
    """
    if not hearing.reading.axis.tokens:
        return NotAssessable(*NO_WORDS)  # also where facts alone are asked for
    verdict = judge(condition, hearing, is_absence_asked=hearing.is_absence_asked)
    if verdict.state is State.UNKNOWN:
        reason, text = verdict.doubt or (Reason.ENGINE_ERROR, "the query came to no answer")
        return NotAssessable(reason, text)
    if verdict.state is State.CLEAR:
        return Clear(proof_of(verdict.unheard, hearing))
    evidence = tuple(map(hearing.reading.evidence, verdict.stretches))
    absence = proof_of(verdict.unheard, hearing)
    return Found(evidence, is_unsure=verdict.is_unsure, absence=absence)
