"""Where a page of a list ended, for lists in the order of their rows' ids: the newest first."""

from uuid import UUID

from reviews.queries.queue import FilterRefused


def parsed(cursor: str) -> UUID:
    """Raises FilterRefused where the cursor is none of ours."""
    try:
        return UUID(hex=cursor)
    except ValueError:
        raise FilterRefused(
            "The page is refused", "an “after” that is no place in the list",
            "Begin at the first page.",
        ) from None  # fmt: skip
