"""What a run of a drop is made of: its tables, and the wide tables of its rubrics with the columns
that they had at the window's end."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from reviews.export import reading, wide
from reviews.export.reading import Batch, Place, Window
from reviews.export.tables import TABLES, Column
from reviews.models import Drop, DropRun, RubricVersion
from reviews.queries import rubrics


@dataclass(frozen=True, slots=True)
class Part:
    """`read` gives the rows behind a place, in the caller's tenant transaction."""

    name: str
    columns: Sequence[Column]
    read: Callable[[Place], Batch]


def of(drop: Drop, run: DropRun) -> list[Part]:
    """In an order that lasts. In the caller's tenant transaction."""
    window = Window(run.since, run.until)
    tables = (TABLES[name] for name in TABLES if name in drop.tables)
    columns = ((table, table.shown(is_unmasked=False)) for table in tables)
    return [
        *(
            Part(table.name, own, partial(reading.batch, drop.tenant_id, table, own, window))
            for table, own in columns
        ),
        *(_wide(version, window) for version in _newest(drop, run)),
    ]


def _newest(drop: Drop, run: DropRun) -> Sequence[RubricVersion]:
    return rubrics.newest_before(drop.tenant_id, drop.rubrics, run.until) if drop.rubrics else []


def _wide(version: RubricVersion, window: Window) -> Part:
    outputs = wide.named(rubrics.rubric_of(version.tenant_id, version.pk))
    read = partial(reading.wide_batch, version.tenant_id, version.rubric_id, outputs, window)
    return Part(_name(version), wide.table_of(outputs).columns, read)


def _name(version: RubricVersion) -> str:
    return f"{wide.NAME}-{version.rubric_id}"


def schemas(drop: Drop, run: DropRun) -> dict[str, Any]:
    """By the wide table's name: which rubric's it is, its columns, and how they came to be.

    In the caller's tenant transaction.
    """
    return {_name(each): _schema(each, run) for each in _newest(drop, run)}


def _schema(version: RubricVersion, run: DropRun) -> Mapping[str, Any]:
    rubric = rubrics.rubric_of(version.tenant_id, version.pk)
    columns = wide.table_of(wide.named(rubric)).columns
    versions = rubrics.parsed_before(version.tenant_id, version.rubric_id, run.until)
    return {
        "rubric_id": str(version.rubric_id),
        "rubric_code": version.rubric.code,
        "version": version.number,
        "columns": list(_plain(columns)),
        "history": [
            {
                "version": each.version,
                "added": list(_plain(each.added)),
                "removed": list(_plain(each.removed)),
            }
            for each in wide.history(versions)
        ],
    }


def _plain(columns: Sequence[Column]) -> Iterator[dict[str, str]]:
    return ({"name": each.name, "type": each.type.value} for each in columns)
