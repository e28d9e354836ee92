"""How a rubric's rules do: volume, precision by verdicts, noise, disagreement, what stays open."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from reviews.detection.kinds import kind_of
from reviews.detection.proportion import Proportion, Recall, wilson
from reviews.detection.rubric import Rule
from reviews.models import Evaluation
from reviews.models.rows import select
from reviews.queries import evaluations, recall
from reviews.queries.recall import Drawn
from reviews.queries.rubrics import RubricRow

DAYS = 90
LOOKED_AT = 300
"""So many of the newest evaluations are read for what could not be assessed."""
_COUNTS = """
WITH own AS (
    SELECT item.rule_code, item.standing, finding.is_unsure, finding.evaluation_id, finding.id
    FROM reviews_queueitem item JOIN reviews_finding finding ON finding.id = item.finding_id
    WHERE item.rubric_id = %(rubric)s AND item.found_at >= %(since)s
), said AS (
    SELECT review.finding_id, count(DISTINCT review.by_id) FILTER (
            WHERE review.verdict IN ('upheld', 'dismissed')) AS people,
        count(DISTINCT review.verdict) FILTER (
            WHERE review.verdict IN ('upheld', 'dismissed')) AS verdicts
    FROM reviews_review review JOIN own ON own.id = review.finding_id GROUP BY 1
)
SELECT own.rule_code, count(*) FILTER (WHERE own.standing <> 'superseded'),
    count(*) FILTER (WHERE own.is_unsure AND own.standing <> 'superseded'),
    count(*) FILTER (WHERE own.standing = 'upheld'),
    count(*) FILTER (WHERE own.standing = 'dismissed'),
    count(*) FILTER (WHERE said.people > 1),
    count(*) FILTER (WHERE said.people > 1 AND said.verdicts > 1)
FROM own LEFT JOIN said ON said.finding_id = own.id GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Quality:
    """One rule in the last 90 days. Shares are 0..1, None where nothing was seen."""

    code: str
    title: str
    findings: int
    precision: Proportion | None
    wrong: int
    """Findings that people dismissed; the noisiest rule has the most."""
    unsure: float | None
    not_assessable: float | None
    seen_by_two: int
    disagreed: int
    recall: Recall

    @property
    def never_fires(self) -> bool:
        return self.findings == 0

    @property
    def never_right(self) -> bool:
        return self.precision is not None and self.precision.hits == 0


def of(row: RubricRow, *, now: datetime) -> tuple[Quality, ...]:
    """The rules of the newest version that listen, the noisiest first. In its tenant's context."""
    rubric_id = row.version.rubric_id
    counted = {
        code: counts
        for code, *counts in select(
            _COUNTS, {"rubric": rubric_id, "since": now - timedelta(days=DAYS)}
        )
    }
    open_of, applied = _assessed(row.version.pk, [rule.code for rule in row.rubric.rules])
    drawn = recall.by_rule(
        row.version.tenant_id, rubric_id, since=now - timedelta(days=DAYS), until=now
    )
    made = [
        _quality(rule, counted.get(rule.code, [0] * 6), (open_of, applied), drawn)
        for rule in row.rubric.rules
        if kind_of(rule.check).listens
    ]
    return tuple(sorted(made, key=lambda each: (-each.wrong, -each.findings, each.code)))


def _quality(
    rule: Rule,
    counts: Sequence[int],
    assessed: tuple[Mapping[str, int], Mapping[str, int]],
    drawn: Drawn,
) -> Quality:
    code, (open_of, applied) = rule.code, assessed
    findings, unsure, right, wrong, seen_by_two, disagreed = counts
    return Quality(
        code=code,
        title=rule.title,
        findings=findings,
        precision=wilson(right, right + wrong),
        wrong=wrong,
        unsure=unsure / findings if findings else None,
        not_assessable=open_of[code] / applied[code] if applied[code] else None,
        seen_by_two=seen_by_two,
        disagreed=disagreed,
        recall=drawn.of(code),
    )


def _assessed(version_id: UUID, codes: Sequence[str]) -> tuple[Counter[str], Counter[str]]:
    """By rule: how often it could not be assessed, and how often it applied."""
    newest = Evaluation.objects.filter(rubric_version_id=version_id).order_by("-created_at")
    open_of: Counter[str] = Counter()
    applied: Counter[str] = Counter()
    for results in newest.values_list("results", flat=True)[:LOOKED_AT]:
        kinds = evaluations.kinds_of(results, frozenset(codes))
        applied.update(list(kinds))
        open_of.update(code for code, kind in kinds.items() if kind == "not_assessable")
    return open_of, applied
