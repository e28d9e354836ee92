"""Why no rubric judges a call, as it was when the call came to be evaluated."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db.models import F

from reviews.models import AssignedCall, Transcript


class Why(StrEnum):
    NO_RUBRIC = "no_rubric"
    """None held, and there was no list."""
    NO_ROW = "no_row"
    """No row of the list fits it."""
    NOT_NAMED = "not_named"
    """The rows that fit it name no rubric."""
    NOT_HELD = "not_held"
    """The rubrics that they name were retired, or not published yet."""


@dataclass(frozen=True, slots=True)
class Unjudged:
    why: Why
    record: AssignedCall

    @property
    def places(self) -> str:
        """Of the rows that fit it."""
        return ", ".join(map(str, self.record.fitting))


def why(row: Transcript) -> Unjudged | None:
    """None where rubrics judge it, or it waits for its turn. One SQL query."""
    records = AssignedCall.objects.filter(transcript=row, transcript_revision=row.revision)
    record = records.select_related("assignment").order_by("-pk").first()
    if record is None or record.rubrics:
        return None
    return Unjudged(_why(record), record)


def among(rows: Iterable[Transcript]) -> set[UUID]:
    """Those that no rubric judges, nor will one. One SQL query."""
    records = AssignedCall.objects.filter(
        transcript__in=[row.pk for row in rows], transcript_revision=F("transcript__revision")
    )
    newest = records.order_by("transcript", "-pk").distinct("transcript")
    return {record.transcript_id for record in newest if not record.rubrics}


def _why(record: AssignedCall) -> Why:
    if record.assignment is None:
        return Why.NO_RUBRIC
    if not record.fitting:
        return Why.NO_ROW
    listed = [record.assignment.rows[at - 1] for at in record.fitting]
    return Why.NOT_HELD if any(each["rubrics"] for each in listed) else Why.NOT_NAMED
