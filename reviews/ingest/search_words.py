"""What the search looks up of a call, written with the call's words."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from uuid import UUID

from django.db.models import Exists, OuterRef

from reviews.detection import phrases
from reviews.detection.phrases import Lexemes
from reviews.detection.pii.call import Mask
from reviews.detection.transcript import Transcript as Columns
from reviews.models import CallWords, Transcript
from reviews.models.ids import uuid7
from reviews.models.rows import insert
from reviews.queries import transcripts

AT_ONCE = 200
_ESCAPED = str.maketrans({"'": "''", "\\": "\\\\"})


def write(row: Transcript, columns: Columns, masks: Sequence[Sequence[Mask]]) -> None:
    """Put the words of `row`'s revision in the place of an earlier one's."""
    if row.revision > 1:
        CallWords.objects.filter(transcript=row).delete()
    own = {
        "tenant_id": row.tenant_id,
        "transcript_id": row.pk,
        "revision": row.revision,
        "at": row.call_at or row.received_at,
    }
    tenant = tenant_mark(row)
    parts = phrases.parts(_utterances(columns, masks))
    insert(
        CallWords,
        [own | {"id": uuid7(), "words": vector(tenant, each)} for each in parts],
    )


def write_missing(tenant_id: UUID, after: UUID | None) -> list[UUID]:
    """Of the next calls that came before there was a search, the newest first; which those were."""
    known = CallWords.objects.filter(transcript=OuterRef("pk"), revision=OuterRef("revision"))
    rows = Transcript.objects.filter(~Exists(known), tenant_id=tenant_id, words__gt=0)
    if after:
        rows = rows.filter(pk__lt=after)
    found = list(rows.defer("payload").order_by("-pk")[:AT_ONCE])
    for row in found:
        write(row, *transcripts.shown_of(row))
    return [row.pk for row in found]


def tenant_mark(row: Transcript) -> str:
    """As `find_calls` has it before each lexeme: migration 0036."""
    return str(row.tenant_id)[-8:]


def vector(tenant: str, lexemes: Lexemes) -> str:
    """A tsvector as PostgreSQL reads it."""
    return " ".join(
        f"'{tenant}{_escaped(lexeme)}':{','.join([str(at + 1) for at in places])}"
        for lexeme, places in lexemes.items()
    )


def _escaped(lexeme: str) -> str:
    return lexeme.translate(_ESCAPED) if "'" in lexeme or "\\" in lexeme else lexeme


def _utterances(
    columns: Columns, masks: Sequence[Sequence[Mask]]
) -> Iterator[tuple[str, Sequence[str], Sequence[Mask]]]:
    for at, (low, high) in enumerate(pairwise(columns.bounds)):
        yield columns.roles[at].value, columns.words[low:high], masks[at]
