"""What a list would have chosen for the calls of the last days. One SQL statement for all calls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from reviews import access
from reviews.models import Membership, Rubric, Transcript
from reviews.models.rows import select
from reviews.queries import assignment, rubric_versions
from reviews.queries.assignment import AssignmentRow

DAYS = 30
SHOWN = 10
_PREVIEW = f"""
WITH {assignment.LISTED}, call AS MATERIALIZED (
    SELECT {assignment.FACTS}
    FROM reviews_transcript call
    WHERE tenant_id = %(tenant)s AND duplicate_of_id IS NULL AND state <> 'pending'
        AND coalesce(call_at, received_at) >= %(since)s
        AND coalesce(call_at, received_at) <= %(now)s
), judged AS MATERIALIZED (
    SELECT call.id, chosen.at, rubric.id AS rubric
    FROM call LEFT JOIN {assignment.CHOSEN} ON true
    LEFT JOIN LATERAL unnest(chosen.rubrics) AS rubric(id) ON rubric.id = ANY (%(holding)s)
)
SELECT 'calls', '', count(*), NULL::uuid[] FROM call
UNION ALL SELECT 'rubric', rubric::text, count(DISTINCT id),
    (array_agg(DISTINCT id ORDER BY id DESC))[:%(shown)s]
FROM judged WHERE rubric IS NOT NULL GROUP BY rubric
UNION ALL SELECT 'row', at::text, count(DISTINCT id), NULL FROM judged
WHERE at IS NOT NULL GROUP BY at
UNION ALL SELECT 'none', '', count(*), (array_agg(id ORDER BY id DESC))[:%(shown)s]
FROM (SELECT id FROM judged GROUP BY id HAVING count(rubric) = 0) without
"""  # noqa: S608 # our own text, no value


class Counted(NamedTuple):
    """`calls` in all, and the newest of them that the member may see."""

    name: str
    calls: int
    newest: tuple[Transcript, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    calls: int
    rubrics: tuple[Counted, ...]
    none: Counted
    """Calls that no rubric would judge."""
    rows: Mapping[int, int]
    """Place in the list, from 1 → calls that the row gives their rubrics."""


def preview(membership: Membership, rows: Sequence[AssignmentRow], *, now: datetime) -> Preview:
    """Of the rubrics that hold now; without a row each of them judges every call."""
    tenant_id = membership.tenant_id
    holding = list(rubric_versions.in_force(tenant_id, now=now))
    everything = AssignmentRow(rubrics=tuple(map(str, holding)))
    given = assignment.given(rows or [everything]) | {
        "tenant": tenant_id,
        "since": now - timedelta(days=DAYS),
        "now": now,
        "holding": holding,
        "shown": SHOWN,
    }
    found = select(_PREVIEW, given)
    seen = _seen(membership, found)
    named = access.scoped_to(Rubric, tenant_id).filter(pk__in=holding).order_by("name")
    of = {UUID(key): (calls, ids) for what, key, calls, ids in found if what == "rubric"}
    return Preview(
        calls=next(calls for what, _, calls, _ in found if what == "calls"),
        rubrics=tuple(_counted(row.name, *of.get(row.pk, (0, None)), seen) for row in named),
        none=next(
            _counted("", calls, ids, seen) for what, _, calls, ids in found if what == "none"
        ),
        rows={int(key): calls for what, key, calls, _ in found if what == "row"} if rows else {},
    )


def _seen(membership: Membership, found: Sequence[tuple[Any, ...]]) -> dict[UUID, Transcript]:
    ids = {each for *_, own in found for each in own or ()}
    calls = access.visible_transcripts(membership).only("external_id", "call_at", "call_zone")
    return {row.pk: row for row in calls.filter(pk__in=ids)}


def _counted(
    name: str, calls: int, ids: Sequence[UUID] | None, seen: Mapping[UUID, Transcript]
) -> Counted:
    return Counted(name, calls, tuple(seen[each] for each in ids or () if each in seen))
