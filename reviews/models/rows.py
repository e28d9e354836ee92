"""Rows in and out, where a call's every statement counts.

Many rows of one table go in by one statement with one parameter: the ORM's own insert binds one
for every cell, which would be most of what storing a call costs, and COPY is refused to a role
that row-level security holds. PostgreSQL reads the rows from JSON by the table's own types.
"""

import re
from collections.abc import Sequence
from typing import Any

import msgspec
from django.db import DataError, connection, models

_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
Row = dict[str, Any]
"""Column → value; of a binary column the bytes. Every row of an insert has the same columns."""


def insert(model: type[models.Model], rows: Sequence[Row], *, is_new: bool = True) -> int:
    """Insert the rows in the caller's transaction; gives how many were inserted.

    Columns that are not named become null. With `is_new=False` a row that would break a unique
    constraint is left out instead of raising IntegrityError.
    """
    if not rows:
        return 0
    written = msgspec.json.encode(_legible(model, rows)).decode()
    # PostgreSQL would refuse it too, and quote the text around it. Most rows cost no pattern.
    if "\\u0000" in written and _NUL.search(written):
        raise DataError("a row was refused: a text with NUL in it. Take the character out.")
    table, names = model._meta.db_table, ", ".join(f'"{name}"' for name in rows[0])
    statement = (
        f'INSERT INTO "{table}" ({names}) '  # noqa: S608 # names of our own model, no value
        f'SELECT {names} FROM json_populate_recordset(NULL::"{table}", %s::json)'
    )
    with connection.cursor() as cursor:
        cursor.execute(statement + ("" if is_new else " ON CONFLICT DO NOTHING"), [written])
        return int(cursor.rowcount)


def select(statement: str, given: Row | Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows of our own statement, its values by name or by place.

    Where the ORM takes longer to write one than it runs.
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return list(cursor.fetchall())


def as_row(unsaved: models.Model) -> Row:
    """Every column of an object that is not saved yet."""
    fields = unsaved._meta.concrete_fields
    return {str(field.column): field.value_from_object(unsaved) for field in fields}


def _legible(model: type[models.Model], rows: Sequence[Row]) -> Sequence[Row]:
    """The rows with their binary cells in the form that PostgreSQL reads from a text."""
    binary = [
        field.column
        for field in model._meta.concrete_fields
        if isinstance(field, models.BinaryField) and field.column in rows[0]
    ]
    return [{**row, **{name: _hex(row[name]) for name in binary}} for row in rows]


def _hex(value: bytes | None) -> str | None:
    return None if value is None else f"\\x{value.hex()}"
