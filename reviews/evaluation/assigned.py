"""Which versions judge a call: those in force that the tenant's list gives it; and what chose them
stays on record, so that it can be told later why none did."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from reviews.models import AssignedCall, Assignment, Transcript
from reviews.models.ids import uuid7
from reviews.models.rows import insert
from reviews.queries import assignment, rubric_versions
from reviews.queries.assignment import Choice

_WITHDRAW = """
UPDATE reviews_queueitem SET standing = 'superseded', updated_at = %(now)s
WHERE transcript_id = %(transcript)s AND standing IN ('open', 'escalated')
    AND rubric_id <> ALL (%(rubrics)s::uuid[])
"""


def choose(row: Transcript) -> list[UUID]:
    """The versions that judge this revision of the call. In the transaction that wrote it.

    What a rubric that no longer judges it found in an earlier revision leaves the queue.
    """
    listed = assignment.in_force(row.tenant_id)
    versions = rubric_versions.in_force(row.tenant_id, now=timezone.now())
    if listed is None:
        if not versions:
            _keep(row, None, (), 0)
        return list(versions.values())
    choices = assignment.choices(listed, row.pk)
    wanted = {rubric for choice in choices for rubric in choice.rubrics}
    chosen = [version for rubric, version in versions.items() if rubric in wanted]
    _withdraw(row, wanted)
    _keep(row, listed, choices, len(chosen))
    return chosen


def leaves_out(row: Transcript, rubric_id: UUID) -> bool:
    """Whether the list, as it is now, does not give the call this rubric; then that is kept."""
    listed = assignment.in_force(row.tenant_id)
    if listed is None or assignment.judges(listed, row.pk, rubric_id):
        return False
    versions = rubric_versions.in_force(row.tenant_id, now=timezone.now())
    choices = assignment.choices(listed, row.pk)
    wanted = {rubric for choice in choices for rubric in choice.rubrics}
    _keep(row, listed, choices, len(wanted & versions.keys()))
    return True


def _withdraw(row: Transcript, wanted: set[UUID]) -> None:
    given: dict[str, Any] = {"transcript": row.pk, "rubrics": list(wanted), "now": timezone.now()}
    with connection.cursor() as cursor:
        cursor.execute(_WITHDRAW, given)


def _keep(
    row: Transcript, listed: Assignment | None, choices: Sequence[Choice], rubrics: int
) -> None:
    kept = {
        "id": uuid7(),
        "tenant_id": row.tenant_id,
        "transcript_id": row.pk,
        "transcript_revision": row.revision,
        "assignment_id": listed.pk if listed else None,
        "fitting": [choice.at for choice in choices],
        "rubrics": rubrics,
        "at": timezone.now(),
    }
    insert(AssignedCall, [kept])
