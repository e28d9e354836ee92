"""Where a page of a list ended; such a list goes by a time and then by ids, the newest first."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import Q

from reviews.queries.queue_query import FilterRefused

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Place = tuple[datetime, UUID]


def cursor(place: Place | None) -> str:
    """ "" where no page follows."""
    if place is None:
        return ""
    at, row_id = place
    return f"{(at - _EPOCH) // timedelta(microseconds=1)}.{row_id.hex}"


def parsed(text: str) -> Place | None:
    """None of no text. Raises FilterRefused where it is none of ours."""
    if not text:
        return None
    try:
        micros, row_id = text.split(".")
        return _EPOCH + timedelta(microseconds=int(micros)), UUID(row_id)
    except (ValueError, OverflowError):
        raise FilterRefused(
            "The page is refused", "an “after” that is no place in the list",
            "Begin at the first page.",
        ) from None  # fmt: skip


def beyond(place: Place, field: str) -> Q:
    """What comes after it, ordered by the falling time in `field` and by falling ids."""
    at, row_id = place
    return Q(**{f"{field}__lt": at}) | Q(**{field: at, "pk__lt": row_id})
