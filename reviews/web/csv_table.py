"""A table that people open in a spreadsheet: no cell of it is taken for a formula there."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from django.http import HttpResponse

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cell(value: object) -> str:
    """The value's text, with a quote mark before what a spreadsheet would compute."""
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def answer(name: str, rows: Iterable[Sequence[object]]) -> HttpResponse:
    """The rows as a file of that name; the mark at its beginning tells spreadsheets UTF-8."""
    written = StringIO()
    csv.writer(written).writerows([cell(each) for each in row] for row in rows)
    body = "\N{ZERO WIDTH NO-BREAK SPACE}" + written.getvalue()
    disposition = f'attachment; filename="{name}"'
    return HttpResponse(
        body, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": disposition}
    )
