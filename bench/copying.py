"""Rows by COPY, as the tables' owner: row-level security refuses it to everybody it holds."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connections

from reviews.models.tenancy import TenantModel

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """Of one table; `columns` as COPY takes them."""

    model: type[TenantModel]
    columns: str
    rows: Sequence[Row]


@contextmanager
def unforced(*models: type[TenantModel]) -> Iterator[Any]:
    """A cursor of the owner, on whom row-level security of these tables is not forced meanwhile."""
    with connections["owner"].cursor() as cursor:
        for model in models:
            cursor.execute(f"ALTER TABLE {model._meta.db_table} NO FORCE ROW LEVEL SECURITY")
        yield cursor
        for model in models:
            cursor.execute(f"ALTER TABLE {model._meta.db_table} FORCE ROW LEVEL SECURITY")
        cursor.execute("VACUUM (ANALYZE)")


def write(cursor: Any, given: Rows) -> None:
    statement = f"COPY {given.model._meta.db_table} ({given.columns}) FROM STDIN"
    with cursor.copy(statement) as copy:
        for row in given.rows:
            copy.write_row(row)
