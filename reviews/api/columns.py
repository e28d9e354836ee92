"""The rows of a list from the columns that they show.

Serializers say what a field is called and where it comes from; a list is read by that, without a
model for each row, which took two thirds of its time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from rest_framework import serializers

from reviews.api.serializers import Row

_AS_THEY_ARE = (
    serializers.CharField,
    serializers.ChoiceField,
    serializers.DateTimeField,
    serializers.FloatField,
    serializers.IntegerField,
    serializers.UUIDField,
)
"""Fields that show what the database gives, as JSON writes it."""


@dataclass(frozen=True, slots=True)
class Column:
    """`path` as a query names it; `field` changes the value where it is not shown as it is."""

    name: str
    path: str
    field: Any | None


@cache
def of(row: type[Row]) -> Mapping[str, Column]:
    """Of a serializer whose every field is a value by its name or `source`."""
    return {name: _column(name, field) for name, field in row().get_fields().items()}


def _column(name: str, field: Any) -> Column:
    path = (field.source or name).replace(".", "__")
    return Column(name, path, None if type(field) in _AS_THEY_ARE else field)


def rows(columns: Sequence[Column], values: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """`values` by path, as they are shown."""
    shown = [{each.name: row[each.path] for each in columns} for row in values]
    for column in columns:
        if column.field is not None:
            for row in shown:
                row[column.name] = _changed(column.field, row[column.name])
    return shown


def _changed(field: Any, value: Any) -> Any:
    return None if value is None else field.to_representation(value)
