"""How a source is doing, with what its retention endangers."""

from datetime import datetime

from reviews.ingest import control
from reviews.models import Source
from reviews.queries import health


def health_of(source: Source, *, now: datetime) -> health.Health:
    """The numbers of its page, of the API and of the command line. In its tenant's context."""
    expiring = control.expiring(source, within=health.SOON, now=now).count()
    return health.of(source, expiring=expiring, now=now)
