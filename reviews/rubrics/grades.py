"""Past grades of calls become judgements of a rubric's rules: earlier verdicts, marked imported.

Every row is accepted, here already, left out, or refused with its line and why; what is accepted
stays whatever becomes of the others.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice
from uuid import UUID

from django.db.models import QuerySet

from reviews import audit
from reviews.models import Judgement, Origin, Rubric, Transcript, User
from reviews.models.ids import uuid7
from reviews.models.rows import Row, insert
from reviews.rubrics.grading import Grade, Grading, LeftOut, Read, RefusedRow, grades_of
from reviews.sources.files.table import Table

_BATCH = 1_000
_Key = tuple[UUID, str, str, datetime]
"""Call, rule, grader and time: who said of what, once."""


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    HERE = "here"
    LEFT_OUT = "left_out"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Taken:
    counts: Mapping[Outcome, int]
    refused: tuple[RefusedRow, ...]
    """In the order of the table."""


@dataclass(frozen=True, slots=True)
class _Call:
    pk: UUID
    revision: int


def take(
    *,
    rubric: Rubric,
    table: Table,
    grading: Grading,
    calls: "QuerySet[Transcript]",
    by: User | None,
    now: datetime,
) -> Taken:
    """Keep what the rows say of `calls`, those that `by` may see.

    Raises GradesRefused where a column is not there. In the caller's tenant transaction; lock: the
    rubric's row, so that a table sent twice at once is kept once.
    """
    Rubric.objects.select_for_update().get(pk=rubric.pk)
    counts: Counter[Outcome] = Counter(dict.fromkeys(Outcome, 0))
    refused: list[RefusedRow] = []
    keeper = _Keeper(rubric, calls)
    for batch in _batches(grades_of(table, grading, now=now)):
        keeper.look(batch)
        for read in batch:
            outcome = keeper.answer(read)
            counts[outcome if isinstance(outcome, Outcome) else Outcome.REFUSED] += 1
            if isinstance(outcome, RefusedRow):
                refused.append(outcome)
        keeper.insert(by)
    _record(rubric, counts, by, now)
    return Taken(counts, tuple(refused))


def _record(rubric: Rubric, counts: Mapping[Outcome, int], by: User | None, now: datetime) -> None:
    if not counts[Outcome.ACCEPTED]:
        return
    data: dict[str, str | int] = {str(each): count for each, count in counts.items()}
    audit.record(event=audit.Event.GRADES_IMPORTED, by=by, target=rubric, at=now, data=data)


class _Keeper:
    """The rows beside the calls that they name, and what was said of these before."""

    def __init__(self, rubric: Rubric, calls: "QuerySet[Transcript]") -> None:
        self._rubric = rubric
        self._visible = calls
        self._calls: dict[str, list[_Call]] = {}
        self._known: dict[_Key, bool] = {}
        self._rows: list[tuple[Grade, _Call]] = []

    def look(self, batch: Sequence[Read]) -> None:
        """Learn of the calls that no batch before this one named."""
        named = {read.call for read in batch if isinstance(read, Grade)} - self._calls.keys()
        self._calls |= {name: [] for name in named}
        ids = []
        for external_id, pk, revision in self._visible.filter(
            external_id__in=list(named)
        ).values_list("external_id", "pk", "revision"):
            self._calls[external_id].append(_Call(pk, revision))
            ids.append(pk)
        self._known |= self._judged(ids)

    def answer(self, read: Read) -> Outcome | RefusedRow:
        if isinstance(read, RefusedRow):
            return read
        if isinstance(read, LeftOut):
            return Outcome.LEFT_OUT
        found = self._calls[read.call]
        if len(found) != 1:
            several = "no call" if not found else "several calls"
            reason = f"{several} with this id. Write the id of a call that was fetched or imported."
            return RefusedRow(read.line, reason)
        key = (found[0].pk, read.rule, read.grader, read.at)
        if key not in self._known:
            self._known[key] = read.is_violation
            self._rows.append((read, found[0]))
            return Outcome.ACCEPTED
        if self._known[key] == read.is_violation:
            return Outcome.HERE
        reason = "another answer of the same grader and time to this rule. Keep the one that holds."
        return RefusedRow(read.line, reason)

    def insert(self, by: User | None) -> None:
        insert(Judgement, [self._row(grade, call, by) for grade, call in self._rows])
        self._rows.clear()

    def _judged(self, ids: Sequence[UUID]) -> dict[_Key, bool]:
        rows = Judgement.objects.filter(
            tenant_id=self._rubric.tenant_id,
            rubric=self._rubric,
            origin=Origin.IMPORTED,
            transcript__in=ids,
        )
        named = rows.values_list("transcript_id", "rule_code", "grader", "at", "is_violation")
        return {(call, rule, grader, at): value for call, rule, grader, at, value in named}

    def _row(self, grade: Grade, call: _Call, by: User | None) -> Row:
        return {
            "id": uuid7(),
            "tenant_id": self._rubric.tenant_id,
            "rubric_id": self._rubric.pk,
            "transcript_id": call.pk,
            "transcript_revision": call.revision,
            "rule_code": grade.rule,
            "is_violation": grade.is_violation,
            "origin": Origin.IMPORTED,
            "is_absence": False,
            "by_id": by.pk if by else None,
            "grader": grade.grader,
            "at": grade.at,
        }


def _batches(reads: Iterable[Read]) -> Iterator[list[Read]]:
    waiting = iter(reads)
    while batch := list(islice(waiting, _BATCH)):
        yield batch
