"""The utterances of a stored call as rows, all by one statement."""

from itertools import pairwise
from typing import Any

import psycopg
from django.db import connection

from reviews.detection import packing
from reviews.detection.transcript import Transcript as Columns
from reviews.models import Transcript, Utterance
from reviews.models.ids import uuid7

_TYPES = {
    "id": "uuid",
    "index": "integer",
    "speaker": "text",
    "role": "text",
    "channel": "text",
    "start_ms": "integer",
    "end_ms": "integer",
    "text": "text",
    "confidence": "double precision",
    "packed": "bytea",
}
_COLUMNS = ", ".join(f'"{name}"' for name in _TYPES)
_ARRAYS = ", ".join(f"%s::{type_}[]" for type_ in _TYPES.values())
# Row by row the statement would hold a parameter for every cell; COPY is refused to a role that
# row-level security holds, and Django's own arrays leave binary columns out.
_INSERT = (
    f'INSERT INTO "{Utterance._meta.db_table}" (tenant_id, transcript_id, revision, {_COLUMNS}) '  # noqa: S608 # names of our own model, no value
    f"SELECT %s::uuid, %s::uuid, %s::integer, * FROM unnest({_ARRAYS})"
)


def write(row: Transcript, columns: Columns) -> None:
    """Insert the utterances of `row`'s revision, in the caller's transaction."""
    cells = [_cells(columns, at, *place) for at, place in enumerate(pairwise(columns.bounds))]
    if not cells:
        return
    arrays = [list(column) for column in zip(*cells, strict=True)]
    connection.ensure_connection()
    # Parameters bound by the server: Django's cursor would write them into the statement.
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(_INSERT, [row.tenant_id, row.pk, row.revision, *arrays])


def _cells(columns: Columns, at: int, low: int, high: int) -> tuple[Any, ...]:
    """One row, in the order of _TYPES."""
    words = packing.Words(
        texts=columns.words[low:high],
        start_ms=columns.start_ms[low:high],
        end_ms=columns.end_ms[low:high],
        confidence=columns.confidence[low:high],
    )
    known = [value for value in words.confidence if value is not None]
    starts = [value for value in words.start_ms if value >= 0]
    return (
        uuid7(),
        at,
        columns.speakers[at] or "",
        columns.roles[at].value,
        columns.channels[at] or "",
        min(starts) if starts else None,
        max(words.end_ms) if starts else None,
        " ".join(words.texts),
        sum(known) / len(known) if known else None,
        packing.pack(words),
    )
