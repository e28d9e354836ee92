"""How a source is doing, with what its retention endangers."""

from datetime import datetime

from reviews.ingest import expiry
from reviews.models import Source
from reviews.policies import NotPossible, check_can_fetch
from reviews.queries import health


def health_of(source: Source, *, now: datetime) -> health.Health:
    """The numbers of its page, of the API and of the command line. In its tenant's context."""
    expiring = expiry.expiring(source, within=health.SOON, now=now).count()
    return health.of(source, expiring=expiring, now=now)


def check_can_cancel(source: Source) -> None:
    """Raises NotPossible where no backfill is there to be cancelled."""
    check_can_fetch(source)
    phase = health.phase(source, health.newest_backfill(source))
    if phase not in health.CANCELLABLE:
        raise NotPossible(
            "Cancelling is refused",
            f"its backfill: {phase.label.lower()}",
            "Nothing to do: there is none under way.",
        )
