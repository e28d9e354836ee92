"""Which rubrics judge which calls by the tenant's list.

The list is tried in SQL, for one call and for many alike: a row fits where each of its conditions
has no value, or one that the call has. The first row that fits and does not go on is the last.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple
from uuid import UUID

from reviews.models import Assignment
from reviews.models.rows import Row, select

BY_TEXT = ("queue", "product", "language")
"""Conditions whose values people write; capitals count for nothing."""
CONDITIONS = ("source", "team", "direction", "kind", *BY_TEXT)
LISTED = """
listed AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS line (
        at integer, source uuid[], team uuid[], direction text[], kind text[], queue text[],
        product text[], language text[], rubrics uuid[], goes_on boolean)
)
"""
"""A common table: the rows of the list that `given` binds; none where there is no list."""
FACTS = (
    "call.id, call.tenant_id, call.revision, call.source_id, call.direction, call.kind, "
    "call.queue, call.product, call.language"
)
"""The columns of `call` that CHOSEN reads."""
_SPOKEN = "lower(replace(call.language, '-', '_'))"
CHOSEN = f"""
LATERAL (
    SELECT fits.at, fits.rubrics FROM (
        SELECT line.at, line.rubrics, min(line.at) FILTER (WHERE NOT line.goes_on) OVER () AS stop
        FROM listed line
        WHERE (cardinality(line.source) = 0 OR call.source_id = ANY (line.source))
            AND (cardinality(line.direction) = 0 OR call.direction = ANY (line.direction))
            AND (cardinality(line.kind) = 0 OR call.kind = ANY (line.kind))
            AND (cardinality(line.queue) = 0 OR lower(call.queue) = ANY (line.queue))
            AND (cardinality(line.product) = 0 OR lower(call.product) = ANY (line.product))
            AND (cardinality(line.language) = 0 OR {_SPOKEN} = ANY (line.language)
                OR split_part({_SPOKEN}, '_', 1) = ANY (line.language))
            AND (cardinality(line.team) = 0 OR EXISTS (
                SELECT FROM reviews_participant voice
                JOIN reviews_agent agent ON agent.id = voice.agent_id
                WHERE voice.tenant_id = call.tenant_id AND voice.transcript_id = call.id
                    AND voice.revision = call.revision AND agent.team_id = ANY (line.team)))
    ) fits WHERE fits.stop IS NULL OR fits.at <= fits.stop
) chosen
"""  # noqa: S608 # our own text, no value
"""Beside a row `call` of reviews_transcript: the rows of `listed` that give it their rubrics."""
IS_JUDGED = f"""
(%(rows)s::jsonb IS NULL
    OR EXISTS (SELECT FROM {CHOSEN} WHERE %(rubric)s::uuid = ANY (chosen.rubrics)))
"""
"""Whether the rubric judges `call`; each does where there is no list."""
_OF_CALL = f"""
WITH {LISTED} SELECT chosen.at, chosen.rubrics
FROM reviews_transcript call CROSS JOIN {CHOSEN} WHERE call.id = %(call)s ORDER BY chosen.at
"""  # noqa: S608 # our own text, no value
_JUDGES = f"""
WITH {LISTED} SELECT {IS_JUDGED} FROM reviews_transcript call WHERE call.id = %(call)s
"""  # noqa: S608 # our own text, no value


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """A row of the list. Its conditions have to hold together; one without a value always does.

    Sources, teams and rubrics are ids.
    """

    source: tuple[str, ...] = ()
    team: tuple[str, ...] = ()
    direction: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    queue: tuple[str, ...] = ()
    product: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    """`en` is that of a call in `en_us`, too."""
    rubrics: tuple[str, ...] = ()
    """None: no rubric judges the calls that it fits."""
    goes_on: bool = False
    """Whether the rows after it are asked, too."""


class Choice(NamedTuple):
    """The row at this place, from 1, gives a call these rubrics."""

    at: int
    rubrics: list[UUID]


def newest(tenant_id: UUID) -> Assignment | None:
    """The list as it was last saved, though it be empty."""
    rows = Assignment.objects.filter(tenant_id=tenant_id)
    return rows.select_related("by").order_by("-number").first()


def in_force(tenant_id: UUID) -> Assignment | None:
    """The list that chooses; None where every rubric judges every call."""
    row = newest(tenant_id)
    return row if row and row.rows else None


def naming(tenant_id: UUID, rubric_id: UUID) -> Assignment | None:
    """The list that chooses, where one of its rows names the rubric: one that is not put to use
    yet is tried on all calls."""
    row = in_force(tenant_id)
    is_named = row and any(str(rubric_id) in each.rubrics for each in rows_of(row))
    return row if is_named else None


def rows_of(assignment: Assignment) -> tuple[AssignmentRow, ...]:
    return tuple(_row(each) for each in assignment.rows)


def _row(stored: dict[str, Any]) -> AssignmentRow:
    values = {name: tuple(stored[name]) for name in (*CONDITIONS, "rubrics")}
    return AssignmentRow(**values, goes_on=bool(stored["goes_on"]))


def plain(rows: Iterable[AssignmentRow]) -> list[dict[str, Any]]:
    """As they are stored."""
    return [asdict(row) for row in rows]


def given(rows: Sequence[AssignmentRow]) -> Row:
    """What LISTED binds; of no rows that there is no list."""
    if not rows:
        return {"rows": None}
    listed = [{**asdict(row), **_folded(row), "at": at} for at, row in enumerate(rows, 1)]
    return {"rows": json.dumps(listed)}


def _folded(row: AssignmentRow) -> dict[str, list[str]]:
    folded = {name: [value.lower() for value in getattr(row, name)] for name in BY_TEXT}
    return folded | {"language": [value.replace("-", "_") for value in folded["language"]]}


def given_of(assignment: Assignment | None) -> Row:
    return given(rows_of(assignment) if assignment else ())


def choices(assignment: Assignment, call_id: UUID) -> tuple[Choice, ...]:
    """The rows that give the call their rubrics, in their order."""
    return tuple(Choice(*row) for row in select(_OF_CALL, given_of(assignment) | {"call": call_id}))


def judges(assignment: Assignment, call_id: UUID, rubric_id: UUID) -> bool:
    asked = given_of(assignment) | {"call": call_id, "rubric": rubric_id}
    return bool(select(_JUDGES, asked)[0][0])
