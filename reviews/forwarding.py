"""Which findings the tenant's forwarding rules send: rows in the transaction of the act, so that
one undone sends nothing, and one that is kept is sent though the process dies at once.

The rules' jobs (reviews/export/forward.py) send them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from reviews.condition import Condition, Seen, holds
from reviews.detection.rubric import Severity
from reviews.jobs import ledger
from reviews.models import Forward, Forwarded, JobKind, Trigger
from reviews.models.ids import uuid7
from reviews.models.rows import select
from reviews.models.tenancy import tenant_context

# The share of the key: a rule that is deleted meanwhile must not fail the act at its commit.
_ACTIVE = """
SELECT id, mail_hour, least_severity, rules, agents, sources, score_below, first_in_days
FROM reviews_forward
WHERE tenant_id = %(tenant)s AND state = 'active' AND trigger = %(trigger)s
ORDER BY id FOR KEY SHARE
"""
_SEEN = """
SELECT finding.id, coalesce(nullif(item.lowered_to, ''), finding.severity), finding.rule_code,
    evaluation.score, finding.agent_id, transcript.source_id, finding.created_at,
    %(trigger)s = 'created' AND EXISTS (
        SELECT FROM reviews_finding earlier
        WHERE earlier.tenant_id = %(tenant)s AND earlier.transcript_id = finding.transcript_id
            AND earlier.rule_code = finding.rule_code
            AND earlier.created_at < finding.created_at),
    CASE WHEN %(days)s > 0 THEN (
        SELECT max(earlier.created_at) FROM reviews_finding earlier
        WHERE earlier.tenant_id = %(tenant)s AND earlier.rule_code = finding.rule_code
            AND earlier.created_at < finding.created_at
            AND earlier.created_at >= finding.created_at - make_interval(days => %(days)s)
            AND (finding.agent_id IS NULL OR earlier.agent_id = finding.agent_id)) END
FROM reviews_finding finding
JOIN reviews_evaluation evaluation ON evaluation.id = finding.evaluation_id
JOIN reviews_transcript transcript ON transcript.id = finding.transcript_id
LEFT JOIN reviews_queueitem item ON item.finding_id = finding.id
WHERE finding.tenant_id = %(tenant)s AND finding.id = ANY(%(findings)s)
"""


def forward(tenant_id: UUID, findings: Sequence[UUID], *, trigger: Trigger, at: datetime) -> None:
    """Write what the tenant's rules send of these findings.

    In the caller's tenant transaction, after the findings: one SQL query where no rule is on, and
    three where one is. The rules' jobs are woken once all is committed.
    """
    if not findings:
        return
    rules = [
        (rule_id, hour, _condition(*given))
        for rule_id, hour, *given in select(_ACTIVE, {"tenant": tenant_id, "trigger": trigger})
    ]
    if not rules:
        return
    days = max(condition.first_in_days or 0 for _, _, condition in rules)
    seen = seen_of(tenant_id, findings, trigger=trigger, days=days)
    rows = [
        Forwarded(
            tenant_id=tenant_id,
            id=uuid7(),
            forward_id=rule_id,
            about_id=finding_id,
            due_at=due_at(hour, at),
            created_at=at,
        )
        for rule_id, hour, condition in rules
        for finding_id in findings
        if holds(condition, seen[finding_id])
    ]
    if rows:
        Forwarded.objects.bulk_create(rows, ignore_conflicts=True)
        due = {row.forward_id: row.due_at for row in rows}
        transaction.on_commit(partial(wake, tenant_id, due), robust=True)


def wake(tenant_id: UUID, due: Mapping[UUID, datetime]) -> None:
    """Have the rules' jobs look then. A wake that is lost costs a minute: they look that often."""
    with tenant_context(tenant_id):
        for rule_id, at in due.items():
            ledger.wake(tenant_id=tenant_id, kind=JobKind.FORWARD, source_id=rule_id, at=at)


def seen_of(
    tenant_id: UUID, findings: Sequence[UUID], *, trigger: Trigger, days: int
) -> Mapping[UUID, Seen]:
    """As they stand now; the ones before them are looked for `days` back. One SQL query."""
    given = {
        "tenant": tenant_id,
        "findings": list(findings),
        "trigger": str(trigger),
        "days": days,
    }
    return {finding_id: Seen(*values) for finding_id, *values in select(_SEEN, given)}


def condition_of(row: Forward) -> Condition:
    return _condition(
        row.least_severity, row.rules, row.agents, row.sources, row.score_below, row.first_in_days
    )


def due_at(hour: int | None, now: datetime) -> datetime:
    """When what is found now is sent: at once, or when the clock next strikes `hour`."""
    if hour is None:
        return now
    wall = now.astimezone(ZoneInfo(settings.TIME_ZONE))
    today = wall.replace(hour=hour, minute=0, second=0, microsecond=0)
    return today if today > wall else today + timedelta(days=1)


def _condition(
    least: str, rules: Any, agents: Any, sources: Any, below: float | None, days: int | None
) -> Condition:
    return Condition(
        least_severity=Severity(least) if least else None,
        rules=frozenset(rules),
        agents=frozenset(agents),
        sources=frozenset(sources),
        score_below=below,
        first_in_days=days,
    )
