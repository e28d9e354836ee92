"""What a source will soon have deleted."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from reviews import outbox
from reviews.models import EventKind, ListedCall, ListedState, Source
from reviews.queries.health import SOON

UNKNOWN_RETENTION_H = 72
"""What a source is taken to keep its calls for where nobody said: the shortest that is usual."""
NEVER = 0
"""The retention of a source that deletes nothing."""


def expiring(source: Source, *, within: timedelta, now: datetime) -> "QuerySet[ListedCall]":
    """Calls that the source will have deleted in so long, and that are not here yet."""
    wanted = ListedCall.objects.filter(source=source, state=ListedState.WANTED)
    if source.upstream_retention_hours == NEVER:
        return wanted.none()
    hours = source.upstream_retention_hours or UNKNOWN_RETENTION_H
    known = wanted.annotate(since=Coalesce("listed_at", "seen_at"))
    return known.filter(since__lt=now + within - timedelta(hours=hours))


def tell(source: Source, *, now: datetime) -> None:
    """The tenant's webhooks of what is endangered. Under the lock of the source's row."""
    if count := expiring(source, within=SOON, now=now).count():
        said = outbox.Said(EventKind.SOURCE_EXPIRING, source.pk, {"calls": count})
        outbox.emit(source.tenant_id, [said], at=now)
