"""What the queue can be narrowed to, and how many findings stand where. One SQL query."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count
from django.utils import timezone

from reviews import access
from reviews.models import MemberScope, Membership, Standing
from reviews.models.rows import select
from reviews.queries.rubrics import rubric_of

COUNT_AT_MOST = 1_000
AGENTS_AT_MOST = 200
# The order makes the count walk the queue's own index; else it may read every finding there is.
_OF_TENANT = """
SELECT 'count', standing, (
    SELECT count(*) FROM (
        SELECT FROM reviews_queueitem item
        WHERE item.tenant_id = %(tenant)s AND item.standing = wanted.standing
        ORDER BY item.rank, item.found_at, item.id LIMIT %(most)s
    ) capped
)::text
FROM unnest(%(standings)s::text[]) AS wanted(standing)
UNION ALL
SELECT 'agent', id::text, label FROM (
    SELECT id, coalesce(nullif(name, ''), external_id) AS label FROM reviews_agent
    WHERE tenant_id = %(tenant)s ORDER BY label LIMIT %(agents)s
) listed
UNION ALL
SELECT 'version', id::text, '' FROM (
    SELECT DISTINCT ON (version.rubric_id) version.id
    FROM reviews_rubricversion version JOIN reviews_rubric rubric ON rubric.id = version.rubric_id
    WHERE version.tenant_id = %(tenant)s AND version.effective_from <= %(now)s
    ORDER BY version.rubric_id, version.effective_from DESC, version.number DESC
) newest
"""


@dataclass(frozen=True, slots=True)
class Choices:
    rules: list[tuple[str, str]]
    """Code and title."""
    agents: list[tuple[str, str]]
    """Id and name; none where a member sees only some calls."""
    counts: Mapping[str, int]
    """Standing → findings, at most COUNT_AT_MOST of each."""


def choices(membership: Membership) -> Choices:
    rows = select(
        _OF_TENANT,
        {
            "tenant": membership.tenant_id,
            "standings": [standing.value for standing in Standing],
            "most": COUNT_AT_MOST,
            "agents": AGENTS_AT_MOST,
            "now": timezone.now(),
        },
    )
    of = {kind: [row[1:] for row in rows if row[0] == kind] for kind in ("count", "agent")}
    rubrics = [rubric_of(membership.tenant_id, UUID(row[1])) for row in rows if row[0] == "version"]
    titles = {rule.code: rule.title for rubric in rubrics for rule in rubric.rules}
    sees_all = membership.scope == MemberScope.TENANT
    return Choices(
        rules=sorted(titles.items(), key=lambda each: each[1].casefold()),
        agents=of["agent"] if sees_all else [],
        counts={k: int(n) for k, n in of["count"]} if sees_all else _own_counts(membership),
    )


def _own_counts(membership: Membership) -> Mapping[str, int]:
    """Of the calls a member sees, which are few."""
    rows = access.visible_queue_items(membership).order_by().values_list("standing")
    return dict(rows.annotate(count=Count("pk")))
