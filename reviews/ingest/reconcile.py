"""Reconciliation: a source's list held day by day against what was noted of it.

A webhook is tried for some minutes and then lost, and a poll may have been away for longer than it
looks back. What nothing else noted is found here, and counted.
"""

from datetime import UTC, date, datetime, timedelta

from django.utils import timezone

from reviews.egress import NotFound
from reviews.ingest import expiry, listing, vendor
from reviews.jobs import ledger
from reviews.jobs.turn import Turn
from reviews.models import FoundBy, JobKind, ListedState, Source
from reviews.models.tenancy import tenant_context
from reviews.sources.assemblyai.client import AssemblyAI, Item, Page

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
    source.reconcile_day, source.reconcile_cursor = _first_day(source, days), ""
    source.save(update_fields=["reconcile_day", "reconcile_cursor", "reconciled_found"])
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
    turn = vendor.turn(claim)
    with vendor.asking(claim, source), vendor.connect(source) as client:
        day = source.reconcile_day
        while True:
            day = _compare(claim, source, client, day, turn)
            if day > _today() + _DAY or turn.is_over():
                break
        _rest(claim, source, is_whole=day > _today() + _DAY)


def _first_day(source: Source, days: int | None) -> date:
    since = source.reconciled_at or source.created_at
    due = (timezone.now() - since).days + DAYS
    source.reconciled_found = 0
    return _today() - timedelta(days=min(days or due, DAYS_AT_MOST))


def _today() -> date:
    return timezone.now().astimezone(UTC).date()


def _compare(
    claim: ledger.Claim, source: Source, client: AssemblyAI, day: date, turn: Turn
) -> date:
    """The pages of a day that are still to come, for a turn; gives the day to go on with.

    A day whose cursor the vendor no longer knows begins anew.
    """
    try:
        for page in client.walk(before_id=source.reconcile_cursor or None, created_on=day):
            _note(claim, source, page, day)
            if turn.is_over():
                break
    except NotFound:
        if not source.reconcile_cursor:
            raise
        source.reconcile_cursor = ""
    return source.reconcile_day or day


def _note(claim: ledger.Claim, source: Source, page: Page, day: date) -> None:
    """Commit a page with the cursor behind it, or with the next day where it is the last."""
    latest = timezone.now() - SETTLED
    items = [item for item in page.items if _is_settled(item, latest)]
    source.reconcile_cursor = page.before_id or ""
    source.reconcile_day = day if page.before_id else day + _DAY
    with tenant_context(claim.tenant_id):
        source.reconciled_found += listing.note(
            source, items, by=FoundBy.RECONCILIATION, revived=(ListedState.REFUSED,)
        )
        source.save(update_fields=["reconciled_found", "reconcile_cursor", "reconcile_day"])
        ledger.extend(claim, done=source.reconciled_found, total=None)


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
        expiry.tell(source, now=now)
        ledger.rest(claim, until=tonight(now), done=source.reconciled_found)
