"""Polling: what is new at a source, looked for from the newest on, back to before the checkpoint.

Ids have no order and calls complete out of order, so nothing is "newer than the last id": each poll
looks so many hours further back than the checkpoint, and every call that was seen unfinished is a
row that the fetch job looks at until it is finished, however long that takes.
"""

from datetime import datetime, timedelta

from django.utils import timezone

from reviews.egress import BadReply, NotFound
from reviews.ingest import listing, vendor
from reviews.jobs import ledger
from reviews.models import FoundBy, JobKind, Source
from reviews.models.tenancy import tenant_context
from reviews.sources.assemblyai.client import AssemblyAI, Page


def start(source: Source) -> None:
    """From now on the source is polled. In the caller's tenant transaction."""
    ledger.wake(
        tenant_id=source.tenant_id,
        kind=JobKind.POLL,
        source_id=source.pk,
        at=timezone.now(),
    )


def run(claim: ledger.Claim) -> None:
    """Walk the list from the newest page, or from where the slice before ended, to the horizon."""
    source = vendor.load(claim)
    if source is None:
        return
    turn = vendor.turn(claim)
    with vendor.asking(claim, source), vendor.connect(source) as client:
        before: datetime | None = None
        while True:
            page = _page(client, source)
            before = _check_order(page, before)
            if _note(claim, source, page, is_late=turn.is_over()):
                return


def _page(client: AssemblyAI, source: Source) -> Page:
    """The next page; the newest where the vendor no longer knows the cursor's call."""
    try:
        return client.list_page(before_id=source.poll_cursor or None)
    except NotFound:
        if not source.poll_cursor:
            raise
        source.poll_cursor = ""
        return client.list_page()


def _check_order(page: Page, before: datetime | None) -> datetime | None:
    """The page's oldest time. Raises BadReply where it is newer than the page before."""
    oldest = min(_times(page), default=None)
    if before is not None and oldest is not None and oldest > before:
        raise BadReply(
            "The list is refused",
            "a page that is newer than the one before it",
            "Ask the vendor; what was listed stays.",
        )
    return oldest or before


def _note(claim: ledger.Claim, source: Source, page: Page, *, is_late: bool) -> bool:
    """Commit a page; True where the slice ends with it.

    The checkpoint moves in the transaction that notes the last page that it stands for.
    """
    now = timezone.now()
    horizon = (source.poll_seen_at or now) - timedelta(hours=source.poll_overlap_h)
    is_last = page.before_id is None or min(_times(page), default=now) < horizon
    with tenant_context(claim.tenant_id):
        listing.note(source, page.items, by=FoundBy.POLL)
        if not source.poll_cursor:
            source.poll_top_at = min(max(_times(page), default=now), now)
        if is_last:
            source.poll_cursor, source.poll_seen_at = "", source.poll_top_at
            source.polled_at = now
            ledger.rest(claim, until=_next(source, now))
        else:
            source.poll_cursor = page.before_id or ""
            ledger.extend(claim, done=0, total=None)
            if is_late:
                ledger.again(claim, done=0, total=None)
        source.save(update_fields=["poll_cursor", "poll_top_at", "poll_seen_at", "polled_at"])
    return is_last or is_late


def _next(source: Source, now: datetime) -> datetime | None:
    return now + timedelta(seconds=source.poll_every_s) if source.poll_every_s else None


def _times(page: Page) -> list[datetime]:
    return [item.created_at for item in page.items if item.created_at is not None]
