"""A CSV table as its cells: UTF-8 or UTF-16, any of four delimiters. A formula is but a text."""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from reviews.errors import ErrorCode, Refused

MAX_BYTES = 20_000_000
MOST_COLUMNS = 200
MOST_ROWS = 100_000
_DELIMITERS = ",;\t|"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class TableRefused(Refused):
    code = ErrorCode.PAYLOAD_REFUSED


@dataclass(frozen=True, slots=True)
class Row:
    """`line` is where it ends in the file, from 1. It may have fewer or more cells than columns."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    header: tuple[str, ...]
    """Without blanks around; two may be the same."""
    rows: tuple[Row, ...]
    """Without the blank ones."""


def read(data: bytes) -> Table:
    """Raises TableRefused where the table as a whole cannot be read."""
    text = _text(data)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text), strict=True)
    try:
        header = tuple(cell.strip() for cell in next(reader, []))
        if not any(header):
            raise _refused("no line with the names of its columns", "Write them in the first line.")
        if len(header) > MOST_COLUMNS:
            raise _refused(f"more than {MOST_COLUMNS} columns", "Keep those that are needed.")
        return Table(header, tuple(_rows(reader)))
    except csv.Error:
        seen = f"line {reader.line_num} is no CSV"
        raise _refused(seen, "Save the table again as CSV in UTF-8.") from None


def delimiter(text: str) -> str:
    """The one that parts the most of the header."""
    header = text.partition("\n")[0]
    return max(_DELIMITERS, key=header.count)


def _rows(reader: Iterator[list[str]]) -> Iterator[Row]:
    count = 0
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count > MOST_ROWS:
            raise _refused(f"more than {MOST_ROWS:,} rows", "Split the table.")
        line: int = reader.line_num  # type: ignore[attr-defined] # a csv.reader's own
        yield Row(line, tuple(cells))


def _text(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise _refused(f"{len(data):,} bytes", f"Split it: at most {MAX_BYTES:,} are read.")
    encoding = "utf-16" if data.startswith(_UTF16) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _refused(
            f"line {line} is not in UTF-8", "Save the table again as CSV in UTF-8."
        ) from None


def _refused(seen: str, remedy: str) -> TableRefused:
    return TableRefused("The table is refused", seen, remedy)
