"""What follows ingest, said by whoever wires the stages together."""

from collections.abc import Callable
from dataclasses import dataclass

from reviews.models import Source, Transcript


@dataclass(frozen=True, slots=True)
class Then:
    """Each is called inside the transaction of what it follows."""

    stored: Callable[[Transcript], None]
    """A transcript changed and is to be evaluated."""
    ended: Callable[[Source], None]
    """A backfill came to its end: nothing older is still to come."""
