"""The tables' rows, a batch at a time: each in a transaction of its own, in an order that lasts.

A window holds the rows whose last change before its end fell into it. One that changes while the
window is read leaves it, and comes in a later one: whoever keeps the newest row of each id misses
nothing. Rows that are never changed are the same whenever their window is read.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from reviews.export import statements
from reviews.export.tables import Column, Table, names
from reviews.export.wide import Named, table_of, values
from reviews.models.rows import select
from reviews.models.tenancy import tenant_context
from reviews.queries import evaluations
from reviews.queries.rubrics import rubric_of

Place = tuple[datetime, UUID]
Row = Sequence[Any]
Expand = Callable[[str, Sequence[evaluations.Told]], Iterator[dict[str, Any]]]
BEGIN = datetime(1, 1, 1, tzinfo=UTC)
_NOBODY = UUID(int=0)
_ROWS, _EVALUATIONS = 2000, 500


@dataclass(frozen=True, slots=True)
class Window:
    """`since` is included, `until` not; without `since` everything before."""

    since: datetime | None
    until: datetime


@dataclass(frozen=True, slots=True)
class Batch:
    """`place` is the last row looked at: there may be more behind it. None: the window's end."""

    rows: Sequence[Row]
    place: Place | None


def batches(
    tenant_id: UUID, table: Table, columns: Sequence[Column], window: Window
) -> Iterator[Batch]:
    """To the window's end."""
    return _walked(tenant_id, window, lambda at: batch(tenant_id, table, columns, window, at))


def wide(
    tenant_id: UUID, rubric_id: UUID, outputs: Sequence[Named], window: Window
) -> Iterator[Batch]:
    """The wide table of a rubric, to the window's end."""
    return _walked(
        tenant_id, window, lambda at: wide_batch(tenant_id, rubric_id, outputs, window, at)
    )


def _walked(tenant_id: UUID, window: Window, read: Callable[[Place], Batch]) -> Iterator[Batch]:
    place: Place | None = first(window)
    while place is not None:
        with tenant_context(tenant_id):
            found = read(place)
        place = found.place
        yield found


def first(window: Window) -> Place:
    return window.since or BEGIN, _NOBODY


def batch(
    tenant_id: UUID, table: Table, columns: Sequence[Column], window: Window, after: Place
) -> Batch:
    """In the caller's tenant transaction. One SQL query."""
    wanted, expand = names(columns), _PACKED.get(table.name)
    given: dict[str, Any] = {
        "tenant": tenant_id,
        "at": after[0],
        "id": after[1],
        "until": window.until,
        "limit": _EVALUATIONS if table.name in statements.BY_EVALUATION else _ROWS,
    }
    if table.name in statements.BY_EVALUATION:
        given["rubric"] = None
    asked = [*statements.SHARED, "results"] if expand else wanted
    found = select(statements.of(table.name, asked), given)
    own: Sequence[Row] = [row[3:] for row in found if row[2]]
    rows = list(_unpacked(own, wanted, expand)) if expand else own
    return Batch(rows, _next(found, given["limit"]))


def wide_batch(
    tenant_id: UUID, rubric_id: UUID, outputs: Sequence[Named], window: Window, after: Place
) -> Batch:
    """As `batch`, with one SQL query more for each version that is met first."""
    given = {
        "tenant": tenant_id,
        "at": after[0],
        "id": after[1],
        "until": window.until,
        "limit": _EVALUATIONS,
        "rubric": rubric_id,
    }
    statement = statements.of_evaluations([*statements.SHARED, "rubric_version_id", "results"])
    found = select(statement, given)
    columns = names(table_of(outputs).columns)
    rows = []
    for row in found:
        if row[2]:
            known = dict(zip(statements.SHARED, row[3:-2], strict=True))
            rubric = rubric_of(tenant_id, row[-2])
            known |= values(outputs, rubric, evaluations.outputs_of(row[-1], rubric))
            rows.append([known[name] for name in columns])
    return Batch(rows, _next(found, _EVALUATIONS))


def _next(found: Sequence[Row], limit: int) -> Place | None:
    if len(found) < limit:
        return None
    at, row_id = found[-1][:2]
    return datetime.fromisoformat(at), UUID(row_id)


def _unpacked(rows: Sequence[Row], wanted: Sequence[str], expand: Expand) -> Iterator[Row]:
    """Of each evaluation the rows that stand packed in it."""
    for row in rows:
        shared = dict(zip(statements.SHARED, row[:-1], strict=True))
        shared["evaluation_id"] = shared.pop("id")
        for made in expand(shared["evaluation_id"], evaluations.told(row[-1])):
            known = shared | made
            yield [known[name] for name in wanted]


def _results(evaluation_id: str, told: Sequence[evaluations.Told]) -> Iterator[dict[str, Any]]:
    for each in told:
        heard = each.outcome
        yield {
            "id": f"{evaluation_id}:{each.rule}",
            "rule": each.rule,
            "result": each.result,
            "outcome": heard.kind if heard else None,
            "reason": heard.reason if heard else None,
            "is_unsure": each.is_unsure,
            "places": len(heard.evidence) if heard else 0,
        }


def _evidence(evaluation_id: str, told: Sequence[evaluations.Told]) -> Iterator[dict[str, Any]]:
    shown = ((each.rule, each.outcome.evidence) for each in told if each.outcome)
    for rule, places in shown:
        result = f"{evaluation_id}:{rule}"
        for number, place in enumerate(places, 1):
            yield {
                "id": f"{result}:{number}",
                "rule_result_id": result,
                "rule": rule,
                "is_unsure": place.is_unsure,
                "label": place.label,
                "score": place.score,
                "field": place.field,
                "start_ms": _time(place.start_ms),
                "end_ms": _time(place.end_ms),
                **_words(place),
            }


def _words(place: evaluations.Stood) -> Mapping[str, Any]:
    """Null where it stands outside the words."""
    is_said = not place.field
    of = ("role", "utterance", "first_word", "last_utterance", "last_word")
    return {name: getattr(place, name) if is_said else None for name in of}


def _time(ms: int) -> int | None:
    return None if ms < 0 else ms


_PACKED: Mapping[str, Expand] = {
    "rule_results": _results,
    "evidence": _evidence,
}
