"""The wide table of a rubric: a row an evaluation, a column each typed value that it names. Pure.

Its columns are those of the newest version. A row by another version has null where that one did
not name the value, or as another type.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reviews.detection.output_values import Value
from reviews.detection.outputs import Output, OutputType
from reviews.detection.rubric import Rubric
from reviews.export.tables import TABLES, Column, Table, Type

NAME = "evaluation_columns"
_TYPES = {
    OutputType.BOOL: Type.FLAG,
    OutputType.NUMBER: Type.NUMBER,
    OutputType.STRING: Type.TEXT,
    OutputType.ENUM: Type.TEXT,
    OutputType.LIST: Type.JSON,
}
_FIXED = (
    *("tenant_id", "id", "call_id", "call_revision", "rubric_id", "rubric_code"),
    *("rubric_version", "rubric_sha256", "engine_version", "is_current", "updated_at"),
)


@dataclass(frozen=True, slots=True)
class Named:
    """An output and its column."""

    output: Output
    column: Column


def named(rubric: Rubric) -> tuple[Named, ...]:
    """A key that is the name of a fixed column has a line put after it."""
    taken, made = set(_FIXED), []
    for output in rubric.all_outputs:
        name = output.key
        while name in taken:
            name += "_"
        taken.add(name)
        meaning = output.description or "As the rubric's author has it."
        made.append(Named(output, Column(name, _TYPES[output.type], meaning, is_nullable=True)))
    return tuple(made)


def table_of(outputs: Sequence[Named]) -> Table:
    known = {each.name: each for each in TABLES["evaluations"].columns}
    return Table(
        NAME,
        "One row an evaluation by the rubric, whichever version; superseded ones stay.",
        (*(known[name] for name in _FIXED), *(each.column for each in outputs)),
        has_view=False,
    )


@dataclass(frozen=True, slots=True)
class Change:
    """What a version of the rubric changed; a column of another type is removed and added."""

    version: int
    added: Sequence[Column]
    removed: Sequence[Column]


def history(versions: Iterable[tuple[int, Rubric]]) -> list[Change]:
    """Of the first version all of its columns; of those that changed none nothing."""
    found: list[Change] = []
    before: dict[tuple[str, Type], Column] = {}
    for number, rubric in versions:
        own = {(each.column.name, each.column.type): each.column for each in named(rubric)}
        added = [column for key, column in own.items() if key not in before]
        removed = [column for key, column in before.items() if key not in own]
        if added or removed:
            found.append(Change(number, added, removed))
        before = own
    return found


def values(
    outputs: Sequence[Named], rubric: Rubric, told: Mapping[str, Value]
) -> Mapping[str, Any]:
    """Of an evaluation by the version that `rubric` is; `told` are its outputs by key."""
    types = {each.key: each.type for each in rubric.all_outputs}
    return {
        each.column.name: _plain(told[each.output.key])
        if types.get(each.output.key) is each.output.type
        else None
        for each in outputs
    }


def _plain(value: Value) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, tuple) else value
