"""How long a job may go on before it makes room: a share of its time, and less where others wait.

Two workers and one tenant with a hundred thousand calls: without this, whoever else has something
due waits for the end of a slice each time.
"""

import time
from uuid import UUID

from reviews.jobs import ledger

LOOK_EVERY_S = 0.25
"""So long a job goes on without looking whether another tenant's waits."""


class Turn:
    """Begins when it is made."""

    def __init__(self, tenant_id: UUID, *, seconds: float) -> None:
        self._tenant_id = tenant_id
        self._end = time.monotonic() + seconds
        self._look = time.monotonic() + LOOK_EVERY_S

    def is_over(self) -> bool:
        """Asked between two steps, each of which is done whole."""
        now = time.monotonic()
        if now > self._end:
            return True
        if now < self._look:
            return False
        self._look = now + LOOK_EVERY_S
        return ledger.others_wait(self._tenant_id)
