"""Reconciliation: a source's list held day by day against what was noted of it.

A webhook is tried for some minutes and then lost, and a poll may have been away for longer than it
looks back. What nothing else noted is found here, and counted.
"""

import time
from datetime import UTC, date, datetime, timedelta

from django.utils import timezone

from reviews.ingest import listing, vendor
from reviews.jobs import ledger
from reviews.models import FoundBy, JobKind, ListedState, Source
from reviews.models.tenancy import tenant_context
from reviews.sources.assemblyai.client import AssemblyAI, Item

DAYS = 3
"""Compared each night; more after a time in which none was."""
DAYS_AT_MOST = 91
"""So far back the vendor lists, and a day for its time zone, which is not documented."""
SETTLED = timedelta(minutes=10)
"""Younger calls are left to the poll and the webhook."""
AT_NIGHT_H = 2
_DAY = timedelta(days=1)


def start(source: Source, *, days: int | None = None) -> None:
    """Compare so many days now, else those that are due. In the caller's tenant transaction."""
    source.reconcile_day = _first_day(source, days)
    source.save(update_fields=["reconcile_day"])
    schedule(source, at=timezone.now())


def schedule(source: Source, *, at: datetime) -> None:
    ledger.wake(tenant_id=source.tenant_id, kind=JobKind.RECONCILE, source_id=source.pk, at=at)


def tonight(now: datetime) -> datetime:
    """The next time of the day at which sources are compared."""
    at = now.astimezone(UTC).replace(hour=AT_NIGHT_H, minute=0, second=0, microsecond=0)
    return at if at > now else at + _DAY


def run(claim: ledger.Claim) -> None:
    """Days for a share of the job's time; then the rest is queued, or the next night."""
    source = vendor.load(claim)
    if source is None:
        return
    if source.reconcile_day is None:
        source.reconcile_day = _first_day(source, None)
    deadline = time.monotonic() + vendor.slice_s()
    with vendor.asking(claim, source), vendor.connect(source) as client:
        day = source.reconcile_day
        while day <= _today() + _DAY and time.monotonic() < deadline:
            day = _compare(claim, source, client, day)
        _rest(claim, source, is_whole=day > _today() + _DAY)


def _first_day(source: Source, days: int | None) -> date:
    since = source.reconciled_at or source.created_at
    due = (timezone.now() - since).days + DAYS
    source.reconciled_found = 0
    return _today() - timedelta(days=min(days or due, DAYS_AT_MOST))


def _today() -> date:
    return timezone.now().astimezone(UTC).date()


def _compare(claim: ledger.Claim, source: Source, client: AssemblyAI, day: date) -> date:
    """Every page of a day, a transaction a page; gives the day after it."""
    latest = timezone.now() - SETTLED
    for page in client.walk(created_on=day):
        items = [item for item in page.items if _is_settled(item, latest)]
        with tenant_context(claim.tenant_id):
            noted = listing.note(
                source, items, by=FoundBy.RECONCILIATION, revived=(ListedState.REFUSED,)
            )
            source.reconciled_found += noted.new
            source.save(update_fields=["reconciled_found"])
            ledger.extend(claim, done=source.reconciled_found, total=None)
    source.reconcile_day = day + _DAY
    with tenant_context(claim.tenant_id):
        source.save(update_fields=["reconcile_day"])
    return source.reconcile_day


def _is_settled(item: Item, latest: datetime) -> bool:
    return item.created_at is None or item.created_at < latest


def _rest(claim: ledger.Claim, source: Source, *, is_whole: bool) -> None:
    """Until the next night, or only until the other jobs had their turn."""
    now = timezone.now()
    with tenant_context(claim.tenant_id):
        if not is_whole:
            ledger.again(claim, done=source.reconciled_found, total=None)
            return
        source.reconcile_day, source.reconciled_at = None, now
        source.save(update_fields=["reconcile_day", "reconciled_at"])
        ledger.rest(claim, until=tonight(now), done=source.reconciled_found)
