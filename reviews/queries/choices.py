"""What the queue can be narrowed to, who can be given a finding, which views are saved.

One SQL query for all of it, and what the member decided today.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from reviews.models import MemberRole, MemberScope, Membership
from reviews.models.rows import select
from reviews.policies import Action, can
from reviews.queries import queue_items
from reviews.queries.queue_query import Filters
from reviews.queries.reasons import AT_MOST, USUAL
from reviews.queries.rubrics import rubric_of

AGENTS_AT_MOST = 200
VIEWS_AT_MOST = 20
MEMBERS_AT_MOST = 200
_OF_TENANT = """SELECT jsonb_agg(jsonb_build_array(kind, a, b, c, d)) FROM (
SELECT 'view', id::text, name, query, coalesce(membership_id::text, '') FROM (
    SELECT id, name, query, membership_id FROM reviews_savedview
    WHERE tenant_id = %(tenant)s AND (membership_id IS NULL OR membership_id = %(member)s)
    ORDER BY membership_id NULLS LAST, name LIMIT %(views)s
) saved
UNION ALL
SELECT 'reason', code, label, '', '' FROM (
    SELECT code, label FROM reviews_dismissalreason
    WHERE tenant_id = %(tenant)s AND retired_at IS NULL ORDER BY position, code LIMIT %(reasons)s
) given
UNION ALL
SELECT 'member', id::text, label, '', '' FROM (
    SELECT member.id, coalesce(nullif(person.name, ''), person.email) AS label
    FROM reviews_membership member JOIN reviews_user person ON person.id = member.user_id
    WHERE member.tenant_id = %(tenant)s AND member.role = ANY(%(deciders)s) AND person.is_active
    ORDER BY label LIMIT %(members)s
) deciding
UNION ALL
SELECT 'newest', (
    SELECT updated_at FROM reviews_queueitem WHERE tenant_id = %(tenant)s
    ORDER BY updated_at DESC LIMIT 1
)::text, '', '', ''
UNION ALL
SELECT 'today', count(*)::text, '', '', '' FROM reviews_queueitem
WHERE tenant_id = %(tenant)s AND decided_by_id = %(user)s AND decided_at >= %(today)s
UNION ALL
SELECT 'agent', id::text, label, '', '' FROM (
    SELECT id, coalesce(nullif(name, ''), external_id) AS label FROM reviews_agent
    WHERE tenant_id = %(tenant)s ORDER BY label LIMIT %(agents)s
) listed
UNION ALL
SELECT 'version', id::text, '', '', '' FROM (
    SELECT DISTINCT ON (version.rubric_id) version.id
    FROM reviews_rubricversion version JOIN reviews_rubric rubric ON rubric.id = version.rubric_id
    WHERE version.tenant_id = %(tenant)s AND version.effective_from <= %(now)s
    ORDER BY version.rubric_id, version.effective_from DESC, version.number DESC
) newest
) AS listed(kind, a, b, c, d)"""


@dataclass(frozen=True, slots=True)
class View:
    """A saved one. `is_shared`: the whole team sees it."""

    id: UUID
    name: str
    query: str
    is_shared: bool


@dataclass(frozen=True, slots=True)
class Choices:
    rules: list[tuple[str, str]]
    """Code and title."""
    agents: list[str]
    """Names; none where a member sees only some calls."""
    members: list[tuple[str, str]]
    """Id and name of those whose role decides."""
    reasons: dict[str, str]
    views: list[View]
    decided_today: int
    newest: str
    """When a finding was found or moved last, in ISO 8601; "" where there is none."""
    counts: Sequence[int]
    """Of the views that were asked for, in their order."""


def choices(
    membership: Membership, views: Sequence[Filters], *, today: datetime, now: datetime
) -> Choices:
    """`today`: since when the day is counted."""
    written, parameters = queue_items.statement(membership, views, now)
    listed, given = _positional(
        _OF_TENANT,
        {
            "tenant": membership.tenant_id,
            "member": membership.pk,
            "user": membership.user_id,
            "today": today,
            "deciders": [str(role) for role in MemberRole if can(role, Action.DECIDE)],
            "views": VIEWS_AT_MOST,
            "reasons": AT_MOST,
            "members": MEMBERS_AT_MOST,
            "agents": AGENTS_AT_MOST,
            "now": now,
        },
    )
    statement = f"SELECT * FROM ({written}) counts, ({listed}) listed"  # noqa: S608 # our own parts
    *counts, rows = select(statement, [*parameters, *given])[0]
    of: dict[str, list[tuple[str, ...]]] = {}
    for kind, *rest in json.loads(rows):
        of.setdefault(kind, []).append(tuple(rest))
    versions = of.get("version", [])
    rubrics = [rubric_of(membership.tenant_id, UUID(row[0])) for row in versions]
    titles = {rule.code: rule.title for rubric in rubrics for rule in rubric.rules}
    sees_all = membership.scope == MemberScope.TENANT
    return Choices(
        rules=sorted(titles.items(), key=lambda each: each[1].casefold()),
        agents=[row[1] for row in of.get("agent", [])] if sees_all else [],
        members=[(row[0], row[1]) for row in of.get("member", [])],
        reasons={row[0]: row[1] for row in of.get("reason", [])} or USUAL,
        views=[View(UUID(row[0]), row[1], row[2], not row[3]) for row in of.get("view", [])],
        decided_today=int(of["today"][0][0]),
        newest=of["newest"][0][0] or "",
        counts=counts,
    )


def _positional(statement: str, given: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """The statement with its values by place, as the ORM's are."""
    names = re.findall(r"%\((\w+)\)s", statement)
    return re.sub(r"%\(\w+\)s", "%s", statement), [given[name] for name in names]
