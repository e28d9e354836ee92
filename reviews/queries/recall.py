"""How much of what breaks a rule is found: from whole calls, drawn by chance, that people reviewed.

Of a call its last review counts, also where another one was drawn by chance.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from reviews.detection import proportion
from reviews.detection.proportion import Recall
from reviews.models import Backtest
from reviews.models.rows import select
from reviews.queries.tried_calls import NAMED

_DRAWN = """
drawn AS (
    SELECT last.id, last.transcript_id FROM (
        SELECT DISTINCT ON (review.transcript_id) review.id, review.transcript_id,
            bool_or(review.is_random) OVER (PARTITION BY review.transcript_id) AS is_drawn
        FROM reviews_callreview review
            JOIN reviews_rubricversion version ON version.id = review.rubric_version_id
        WHERE review.tenant_id = %(tenant)s AND version.rubric_id = %(rubric)s
        ORDER BY review.transcript_id, review.ended_at DESC, review.id DESC
    ) last JOIN reviews_transcript call ON call.id = last.transcript_id
    WHERE last.is_drawn AND coalesce(call.call_at, call.received_at) >= %(since)s
        AND coalesce(call.call_at, call.received_at) < %(until)s
)
"""
_BY_RULE = f"""
WITH {_DRAWN}
SELECT rule.rule_code, count(*) FILTER (WHERE rule.was_failed),
    count(*) FILTER (WHERE NOT rule.was_failed), (SELECT count(*) FROM drawn)
FROM drawn LEFT JOIN reviews_callreviewrule rule
    ON rule.call_review_id = drawn.id AND rule.is_violation
GROUP BY 1
"""  # noqa: S608 # our own text, no value
_BY_BACKTEST = f"""
WITH {_DRAWN}, tried AS (
    SELECT drawn.* FROM drawn JOIN reviews_transcript call ON call.id = drawn.transcript_id
    WHERE {NAMED}
)
SELECT count(*) FILTER (WHERE hit.is_found), count(*) FILTER (WHERE NOT hit.is_found),
    (SELECT count(*) FROM tried)
FROM tried JOIN reviews_callreviewrule rule
    ON rule.call_review_id = tried.id AND rule.is_violation AND rule.rule_code = ANY (%(rules)s)
CROSS JOIN LATERAL (SELECT EXISTS (
    SELECT FROM reviews_backtesthit hit
    WHERE hit.backtest_id = %(backtest)s AND hit.transcript_id = tried.transcript_id
        AND hit.rule_code = rule.rule_code AND hit.kind IN ('new', 'same')) AS is_found) hit
"""  # noqa: S608 # our own text, no value


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was seen on the calls of one rubric."""

    calls: int
    counts: Mapping[str, tuple[int, int]]
    """Rule → how often it was found, and missed, where it was broken."""

    def of(self, rule: str) -> Recall:
        found, missed = self.counts.get(rule, (0, 0))
        return proportion.recall(found, missed, calls=self.calls)


def by_rule(tenant_id: UUID, rubric_id: UUID, *, since: datetime, until: datetime) -> Drawn:
    """Of calls of that time, whichever version judged them."""
    given = {"tenant": tenant_id, "rubric": rubric_id, "since": since, "until": until}
    read = select(_BY_RULE, given)
    counts = {code: (found, missed) for code, found, missed, _ in read if code}
    return Drawn(read[0][3] if read else 0, counts)


def of_backtest(row: Backtest) -> Recall:
    """Of the calls that it tried, and the rules that it tried: whether it finds what was broken."""
    given = {
        "tenant": row.tenant_id,
        "rubric": row.rubric_id,
        "since": row.since,
        "until": row.until,
        "backtest": row.pk,
        "rules": row.rules,
        "source": row.source_id,
        "team": row.team_id,
        "agent": row.agent_id,
    }
    ((found, missed, calls),) = select(_BY_BACKTEST, given)
    return proportion.recall(found, missed, calls=calls)
