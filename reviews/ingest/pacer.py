"""The pacer of one account as a row, so that all workers share it."""

import time
from collections.abc import Callable
from uuid import UUID

from django.db import connection

from reviews.models.tenancy import tenant_context

_TAKE_TURN = """
UPDATE reviews_source
SET next_request_at = greatest(next_request_at, clock_timestamp())
    + make_interval(secs => 1 / requests_per_second)
WHERE id = %s
RETURNING extract(epoch FROM next_request_at - clock_timestamp())
    - 1 / requests_per_second
"""


class RowPacer:
    """Gives each request of a source its moment; waits until then. Cost: one short UPDATE."""

    def __init__(
        self, *, tenant_id: UUID, source_id: UUID, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._tenant_id = tenant_id
        self._source_id = source_id
        self._sleep = sleep

    def wait_turn(self) -> None:
        with tenant_context(self._tenant_id), connection.cursor() as cursor:
            cursor.execute(_TAKE_TURN, [self._source_id])
            row = cursor.fetchone()
        if row and row[0] > 0:
            self._sleep(float(row[0]))
