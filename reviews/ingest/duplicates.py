"""The same call under two ids: found when it is stored, linked to the one that was there first.

Only calls with the same facts are compared: where anything that a rule could read differs, the
second would be evaluated otherwise, and is. docs/adr/0011.
"""

from uuid import UUID

from django.utils import timezone

from reviews.detection import likeness
from reviews.detection.likeness import Likeness
from reviews.models import Transcript
from reviews.models.rows import Row, select

COMPARED_AT_MOST = 200
"""Calls of nearly the same duration and with the same facts, the newest; kept short of a scan."""
_FACTS = (
    "feature_fingerprint", "language", "is_punctuated", "transcribed_from_ms", "transcribed_to_ms",
    "timing", "call_at", "call_zone", "direction", "kind", "queue", "product", "customer_region",
    "customer_zone", "subject_hash", "account_hash", "first_contact", "notice_before_start",
)  # fmt: skip
_AGENTS = """(
    SELECT array_agg(agent_id ORDER BY agent_id) FROM reviews_participant voice
    WHERE voice.transcript_id = {0}.id AND voice.revision = {0}.revision
)"""


def _compared(of: str) -> str:
    """The facts that must be equal, as one SQL row."""
    return "(" + ", ".join(f"{of}.{name}" for name in _FACTS) + ")"


_NEAR = f"""
SELECT near.id, near.duration_ms, near.signature
FROM reviews_transcript near JOIN reviews_transcript own ON own.id = %(id)s
WHERE near.tenant_id = %(tenant)s AND near.duration_ms BETWEEN %(low)s AND %(high)s
    AND near.state = 'ready' AND near.duplicate_of_id IS NULL AND near.signature IS NOT NULL
    AND near.id <> own.id AND {_compared("near")} IS NOT DISTINCT FROM {_compared("own")}
    AND {_AGENTS.format("near")} IS NOT DISTINCT FROM {_AGENTS.format("own")}
"""  # noqa: S608 # names of our own model, no value
_NEWEST = f"{_NEAR} ORDER BY near.received_at DESC, near.id DESC LIMIT %(most)s"
_THE_ONE = f"{_NEAR} AND near.id = %(original)s FOR SHARE OF near"


def link(row: Transcript) -> None:
    """Refer `row`, which is stored with its participants, to the call that it is the same as.

    Lock: that call's row, shared, so that it stays as it was compared until this is committed.
    """
    row.duplicate_of_id = _original(row)
    if row.duplicate_of_id is not None:
        Transcript.objects.filter(pk=row.pk).update(duplicate_of=row.duplicate_of_id)


def look_again(row: Transcript) -> list[Transcript]:
    """Compare those that were the same as `row`, which has a new revision: gives all that are not.

    They stand for themselves now, or are the same as another call; both are to be scheduled.
    """
    if row.revision == 1:
        return []
    held = Transcript.objects.select_for_update().defer("payload").filter(duplicate_of=row)
    return [each for each in held.order_by("received_at", "id") if _is_changed(each)]


def _is_changed(row: Transcript) -> bool:
    before, row.duplicate_of_id = row.duplicate_of_id, _original(row)
    if row.duplicate_of_id == before:
        return False
    row.received_at = timezone.now()  # feeds go by it
    row.save(update_fields=["duplicate_of", "received_at"])
    return True


def _original(row: Transcript) -> UUID | None:
    """The earliest of the calls that are the same audio; none where `row` is too short."""
    if row.signature is None or row.duration_ms is None:
        return None
    own = Likeness(row.duration_ms, bytes(row.signature))
    given = {
        "id": row.pk,
        "tenant": row.tenant_id,
        "low": row.duration_ms - likeness.DURATION_MS,
        "high": row.duration_ms + likeness.DURATION_MS,
        "most": COMPARED_AT_MOST,
    }
    alike = _alike(own, _NEWEST, given)
    return next((each for each in reversed(alike) if _is_still(own, each, given)), None)


def _is_still(own: Likeness, original: UUID, given: Row) -> bool:
    """Read again under the lock: it may just have got other words, or become a duplicate."""
    return bool(_alike(own, _THE_ONE, given | {"original": original}))


def _alike(own: Likeness, statement: str, given: Row) -> list[UUID]:
    return [
        near_id
        for near_id, duration_ms, signature in select(statement, given)
        if likeness.are_alike(own, Likeness(duration_ms, bytes(signature)))
    ]
