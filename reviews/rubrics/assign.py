"""Save the list that says which rubrics judge which calls: whole, numbered, never changed again."""

from collections.abc import Sequence
from uuid import UUID

from reviews import audit
from reviews.audit import person
from reviews.errors import ErrorCode, Refused
from reviews.models import Assignment
from reviews.models.rows import as_row, insert
from reviews.queries import assignment
from reviews.queries.assignment import CONDITIONS, AssignmentRow
from reviews.rubrics.drafts import Author

ROWS_AT_MOST = 50
VALUES_AT_MOST = 50


class AssignmentChanged(Refused):
    """Somebody else was first."""

    code = ErrorCode.DRAFT_CHANGED

    def __init__(self, newest: Assignment | None) -> None:
        who = newest.by if newest else None
        super().__init__(
            "Your change was not saved",
            f"{(who.name or who.email) if who else 'somebody'} changed the assignment meanwhile",
            "What you wrote is still here. Look at the assignment as it is now, then save again.",
        )


class AssignmentRefused(Refused):
    code = ErrorCode.RUBRIC_REFUSED


def save(*, tenant_id: UUID, rows: Sequence[AssignmentRow], author: Author) -> Assignment:
    """The whole list anew; without a row every rubric judges every call.

    Raises AssignmentChanged where it is not the list of the number `author.seen`, which is 0 where
    none was saved yet; AssignmentRefused over a limit. In the caller's tenant transaction.
    """
    _check(rows)
    newest = assignment.newest(tenant_id)
    if author.seen != (newest.number if newest else 0):
        raise AssignmentChanged(newest)
    row = Assignment(
        tenant_id=tenant_id,
        number=author.seen + 1,
        rows=assignment.plain(rows),
        by=person(author.by),
        at=author.now,
    )
    # Of two at once the second waits here for the first, and then finds its number taken.
    if not insert(Assignment, [as_row(row)], is_new=False):
        raise AssignmentChanged(assignment.newest(tenant_id))
    audit.record(
        event=audit.Event.ASSIGNMENT_CHANGED,
        by=author.by,
        target=row,
        at=author.now,
        data={"number": row.number, "rows": len(rows)},
    )
    return row


def _check(rows: Sequence[AssignmentRow]) -> None:
    what = "The assignment is refused"
    if len(rows) > ROWS_AT_MOST:
        raise AssignmentRefused(
            what, f"{len(rows)} rows", f"Write at most {ROWS_AT_MOST}: join rows that say the same."
        )
    for at, row in enumerate(rows, 1):
        for name in CONDITIONS:
            values = len(getattr(row, name))
            if values > VALUES_AT_MOST:
                seen = f"{values} values for the {name} in row {at}"
                raise AssignmentRefused(what, seen, f"Write at most {VALUES_AT_MOST} of each.")
