"""The pacer of one account as a row, so that all workers share it."""

import time
from collections.abc import Callable
from decimal import Decimal
from uuid import UUID

from django.db import connection

from reviews.egress import RateLimited
from reviews.models.tenancy import tenant_context

LONGEST_WAIT_S = 5.0
# A turn that is too far away is not taken: who gives up leaves it to the next.
_TAKE_TURN = """
UPDATE reviews_source
SET next_request_at = greatest(next_request_at, clock_timestamp())
    + make_interval(secs => 1 / requests_per_second)
WHERE id = %s
AND (next_request_at IS NULL OR next_request_at <= clock_timestamp() + make_interval(secs => %s))
RETURNING extract(epoch FROM next_request_at - clock_timestamp())
    - 1 / requests_per_second
"""
_SEE_TURN = """
SELECT extract(epoch FROM next_request_at - clock_timestamp()) FROM reviews_source WHERE id = %s
"""


class RowPacer:
    """Gives each request of a source its moment; waits until then. Cost: one short UPDATE."""

    def __init__(
        self, *, tenant_id: UUID, source_id: UUID, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._tenant_id = tenant_id
        self._source_id = source_id
        self._sleep = sleep

    def wait_turn(self, *, longest: float = LONGEST_WAIT_S) -> None:
        """Sleep until the turn. Raises RateLimited where that is more than 5 s or `longest` away.

        A worker that slept longer would do nothing else, and its job's lease would run out.
        """
        longest = max(0.0, min(longest, LONGEST_WAIT_S))
        with tenant_context(self._tenant_id), connection.cursor() as cursor:
            cursor.execute(_TAKE_TURN, [self._source_id, longest])
            row = cursor.fetchone()
            if row is None:
                cursor.execute(_SEE_TURN, [self._source_id])
                raise _too_far(cursor.fetchone())
        if row[0] > 0:
            self._sleep(float(row[0]))


def _too_far(row: tuple[Decimal | None] | None) -> RateLimited:
    # The source may be gone, or the turn may have come in this very moment.
    wait = max(0.0, float(row[0])) if row and row[0] is not None else 0.0
    error = RateLimited(
        "The request is put off",
        f"its turn is {wait:.1f} s away",
        "Nothing to do: it is made then; raise requests per second if the vendor allows more.",
    )
    error.retry_after = wait
    return error
