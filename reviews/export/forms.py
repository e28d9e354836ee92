"""Rows as bytes: CSV, NDJSON and Parquet, a batch at a time. Pure but for the optional package.

The same rows in the same batches give the same bytes.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from io import BytesIO
from typing import Any

import msgspec

from reviews import extras
from reviews.export.tables import Column, Type

Rows = Sequence[Sequence[Any]]
"""Ids, times and json as texts: as they are written, but in Parquet a time."""
GROUP_ROWS = 50_000
"""In one group of Parquet, and so many are held in memory: readers are slow with small ones."""
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
QUOTE = "'"
EXTRA = "warehouse"


class Form(StrEnum):
    CSV = "csv"
    NDJSON = "ndjson"
    PARQUET = "parquet"


MEDIA_TYPES = {
    Form.CSV: "text/csv; charset=utf-8",
    Form.NDJSON: "application/x-ndjson",
    Form.PARQUET: "application/vnd.apache.parquet",
}


def guarded(text: str) -> str:
    """A text that no spreadsheet computes; `restored` is its inverse, whatever the text."""
    return f"{QUOTE}{text}" if text.startswith((*FORMULA, QUOTE)) else text


def restored(cell: str) -> str:
    return cell.removeprefix(QUOTE)


def check(form: Form) -> None:
    """Raises ExtraMissing where Parquet is asked for and cannot be written."""
    if form is Form.PARQUET:
        extras.load("pyarrow", extra=EXTRA)


def written(form: Form, columns: Sequence[Column], batches: Iterable[Rows]) -> Iterator[bytes]:
    """Raises ExtraMissing."""
    return _WRITERS[form](columns, batches)


def _csv(columns: Sequence[Column], batches: Iterable[Rows]) -> Iterator[bytes]:
    """As RFC 4180: a text stands in quotes, a null is empty without them."""
    cells = [_cell(each.type) for each in columns]
    yield (",".join(f'"{each.name}"' for each in columns) + "\r\n").encode()
    for rows in batches:
        lines = (
            ",".join([cell(value) for cell, value in zip(cells, row, strict=True)]) for row in rows
        )
        yield "".join(f"{line}\r\n" for line in lines).encode()


def _cell(type_: Type) -> Callable[[Any], str]:
    if type_ in (Type.WHOLE, Type.NUMBER):
        return lambda value: "" if value is None else repr(value)
    if type_ is Type.FLAG:
        return lambda value: "" if value is None else str(value).lower()
    if type_ in (Type.ID, Type.TIME):
        return lambda value: value or ""
    return _text


def _text(value: str | None) -> str:
    if value is None:
        return ""
    return '"' + guarded(value).replace('"', '""') + '"'


def _ndjson(columns: Sequence[Column], batches: Iterable[Rows]) -> Iterator[bytes]:
    """An object a line; what is json stands as it is."""
    names = [each.name for each in columns]
    raw = [at for at, each in enumerate(columns) if each.type is Type.JSON]
    encoder = msgspec.json.Encoder()
    for rows in batches:
        yield encoder.encode_lines(
            [dict(zip(names, _with_raw(row, raw), strict=True)) for row in rows]
        )


def _with_raw(row: Sequence[Any], raw: Sequence[int]) -> Sequence[Any]:
    if not raw:
        return row
    values = list(row)
    for at in raw:
        values[at] = None if values[at] is None else msgspec.Raw(values[at].encode())
    return values


def _parquet(columns: Sequence[Column], batches: Iterable[Rows]) -> Iterator[bytes]:
    """What is written is given on and let go."""
    arrow = extras.load("pyarrow", extra=EXTRA)
    parquet = extras.load("pyarrow.parquet", extra=EXTRA)
    types = {
        Type.ID: arrow.string(),
        Type.TEXT: arrow.string(),
        Type.JSON: arrow.string(),
        Type.WHOLE: arrow.int64(),
        Type.NUMBER: arrow.float64(),
        Type.FLAG: arrow.bool_(),
        Type.TIME: arrow.timestamp("us", tz="UTC"),
    }
    schema = arrow.schema(
        [arrow.field(each.name, types[each.type], nullable=each.is_nullable) for each in columns]
    )
    drain = _Drain()
    with parquet.ParquetWriter(drain, schema, compression="zstd") as writer:
        for tables in _groups(_tables(arrow, schema, batches)):
            writer.write_table(arrow.concat_tables(tables))
            yield drain.taken()
    yield drain.taken()


def _tables(arrow: Any, schema: Any, batches: Iterable[Rows]) -> Iterator[Any]:
    for rows in filter(None, batches):
        arrays = [
            arrow.array(each, arrow.string()).cast(field.type)
            if arrow.types.is_timestamp(field.type)
            else arrow.array(each, field.type)
            for each, field in zip(zip(*rows, strict=True), schema, strict=True)
        ]
        yield arrow.Table.from_arrays(arrays, schema=schema)


def _groups(tables: Iterable[Any]) -> Iterator[list[Any]]:
    held: list[Any] = []
    for table in tables:
        held.append(table)
        if sum(each.num_rows for each in held) >= GROUP_ROWS:
            yield held
            held = []
    if held:
        yield held


class _Drain:
    """A file that is written to and never read back; it knows how much it was given."""

    closed = False

    def __init__(self) -> None:
        self._open = BytesIO()
        self._given = 0

    def write(self, data: Any) -> int:
        return self._open.write(data)

    def tell(self) -> int:
        return self._given + self._open.tell()

    def flush(self) -> None:
        """Nothing waits."""

    def taken(self) -> bytes:
        data = self._open.getvalue()
        self._given += len(data)
        self._open = BytesIO()
        return data


_WRITERS: dict[Form, Callable[[Sequence[Column], Iterable[Rows]], Iterator[bytes]]] = {
    Form.CSV: _csv,
    Form.NDJSON: _ndjson,
    Form.PARQUET: _parquet,
}
