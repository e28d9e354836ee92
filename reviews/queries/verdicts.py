"""What people said earlier of what a backtest finds: verdicts, judgements and imported grades.

A verdict speaks for a hit of the same rule on the same words: a place in common, or both an
absence. A grade of a whole call speaks for whatever the rule finds there. The newest one holds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from reviews.detection.proportion import Proportion, wilson
from reviews.models import Backtest, HitKind
from reviews.models.rows import select

_TOUCH = """hit.is_absence = {absent} AND (hit.is_absence
    OR hit.utterance IS NULL AND other.utterance IS NULL
    OR (other.utterance, other.first_word) <= (hit.last_utterance, hit.last_word)
        AND (hit.utterance, hit.first_word) <= (other.last_utterance, other.last_word))"""
_SAID = f"""
said AS (
    SELECT hit.id, last.verdict = 'upheld' AS is_right, last.at, 'review' AS origin
    FROM hit JOIN reviews_finding other
        ON other.tenant_id = hit.tenant_id AND other.transcript_id = hit.transcript_id
        AND other.rule_code = hit.rule_code AND {_TOUCH.format(absent="(other.outcome = 'absent')")}
    JOIN reviews_evaluation evaluation ON evaluation.id = other.evaluation_id
        AND evaluation.transcript_revision = hit.transcript_revision
    JOIN reviews_rubricversion version ON version.id = evaluation.rubric_version_id
        AND version.rubric_id = %(rubric)s
    JOIN LATERAL (
        SELECT review.verdict, review.at FROM reviews_review review
        WHERE review.tenant_id = hit.tenant_id AND review.evaluation_id = other.evaluation_id
            AND review.rule_code = other.rule_code
        ORDER BY review.sequence DESC LIMIT 1
    ) last ON last.verdict IN ('upheld', 'dismissed')
    UNION ALL
    SELECT hit.id, other.is_violation, other.at, other.origin
    FROM hit JOIN reviews_judgement other
        ON other.tenant_id = hit.tenant_id AND other.transcript_id = hit.transcript_id
        AND other.rubric_id = %(rubric)s AND other.rule_code = hit.rule_code
        AND (other.origin = 'imported'
            OR other.transcript_revision = hit.transcript_revision
            AND {_TOUCH.format(absent="other.is_absence")})
), newest AS (
    SELECT DISTINCT ON (id) id, is_right, origin FROM said ORDER BY id, at DESC
)
"""  # noqa: S608 # our own text, no value
_COUNTS = f"""
WITH hit AS (
    SELECT * FROM reviews_backtesthit WHERE tenant_id = %(tenant)s AND backtest_id = %(backtest)s
), {_SAID}
SELECT hit.rule_code, coalesce(agent.team_id, %(nobody)s), hit.kind, count(*), count(newest.id),
    count(*) FILTER (WHERE newest.is_right)
FROM hit LEFT JOIN newest ON newest.id = hit.id LEFT JOIN reviews_agent agent
    ON agent.id = hit.agent_id
GROUP BY 1, 2, 3
"""  # noqa: S608 # our own text, no value
_OF_HITS = f"""
WITH hit AS (
    SELECT * FROM reviews_backtesthit WHERE tenant_id = %(tenant)s AND id = ANY (%(hits)s)
), {_SAID} SELECT id, is_right, origin FROM newest
"""  # noqa: S608 # our own text, no value
_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Count:
    """Hits of one rule, by one team, of one kind; `team` is None where nobody is answerable."""

    rule: str
    team: UUID | None
    kind: HitKind
    hits: int
    judged: int
    right: int


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one hit."""

    is_right: bool
    origin: str
    """`review`, `backtest` or `imported`."""


def counts(row: Backtest) -> tuple[Count, ...]:
    given = {
        "tenant": row.tenant_id,
        "backtest": row.pk,
        "rubric": row.rubric_id,
        "nobody": _NOBODY,
    }
    return tuple(
        Count(rule, None if team == _NOBODY else team, HitKind(kind), hits, judged, right)
        for rule, team, kind, hits, judged, right in select(_COUNTS, given)
    )


def known(row: Backtest, hits: Iterable[UUID]) -> dict[UUID, Known]:
    given = {"tenant": row.tenant_id, "rubric": row.rubric_id, "hits": list(hits)}
    return {hit: Known(right, origin) for hit, right, origin in select(_OF_HITS, given)}


def precision(counted: Iterable[Count], *, of: Iterable[HitKind]) -> Proportion | None:
    """The share of hits that people found right, among those that anybody judged."""
    kinds = frozenset(of)
    own = [each for each in counted if each.kind in kinds]
    return wilson(sum(each.right for each in own), sum(each.judged for each in own))
