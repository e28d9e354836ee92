"""The utterances of a stored call as rows, all by one statement, and what the search looks up."""

from itertools import pairwise

from reviews.detection import packing
from reviews.detection.pii import call
from reviews.detection.transcript import Transcript as Columns
from reviews.ingest import search_words
from reviews.models import Transcript, Utterance
from reviews.models.ids import uuid7
from reviews.models.rows import Row, insert


def write(row: Transcript, columns: Columns) -> None:
    """Insert the utterances of `row`'s revision, in the caller's transaction."""
    own = {"tenant_id": row.tenant_id, "transcript_id": row.pk, "revision": row.revision}
    words = packing.Words(columns.words, columns.start_ms, columns.end_ms, columns.confidence)
    packed = packing.pack(words, columns.bounds)
    masks = call.masks(columns)
    insert(
        Utterance,
        [
            own | _cells(columns, at, *place) | {"packed": packed[at], "masks": masks[at]}
            for at, place in enumerate(pairwise(columns.bounds))
        ],
    )
    search_words.write(row, columns, masks)


def _cells(columns: Columns, at: int, low: int, high: int) -> Row:
    known = [value for value in columns.confidence[low:high] if value is not None]
    starts = [value for value in columns.start_ms[low:high] if value >= 0]
    return {
        "id": uuid7(),
        "index": at,
        "speaker": columns.speakers[at] or "",
        "role": columns.roles[at],
        "channel": columns.channels[at] or "",
        "start_ms": min(starts) if starts else None,
        "end_ms": max(columns.end_ms[low:high]) if starts else None,
        "text": " ".join(columns.words[low:high]),
        "confidence": sum(known) / len(known) if known else None,
    }
