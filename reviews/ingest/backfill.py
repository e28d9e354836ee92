"""Backfill: everything that a source's list has, noted from the newest page to the oldest.

The cursor moves in the transaction that notes the page, so a crash at any point neither leaves a
page out nor begins anew. What is noted, the fetch job fetches.
"""

import structlog
from django.db.models.functions import Coalesce
from django.utils import timezone

from reviews import audit
from reviews.egress import BadReply, NotFound
from reviews.ingest import listing, vendor
from reviews.jobs import ledger
from reviews.models import FoundBy, Job, JobKind, JobState, ListedCall, ListedState, Source, User
from reviews.models.tenancy import tenant_context
from reviews.sources.assemblyai.client import AssemblyAI, Page

log = structlog.get_logger("verbatim.ingest")
REVIVED = (ListedState.REFUSED, ListedState.SKIPPED)


def start(source: Source) -> Job:
    """The source's backfill job: the one under way, or a new one where all have ended.

    After a whole backfill the next begins anew at the newest call; one that was cut off (a pause, a
    refused key, a dead letter) goes on at its cursor. In the caller's tenant transaction. Two
    starts at once make one job: they count the same ended ones.
    """
    jobs = Job.objects.filter(kind=JobKind.BACKFILL, subject_id=source.pk)
    ended = jobs.filter(state__in=[JobState.DONE, JobState.DEAD]).count()
    if source.backfill_listed_at is not None:
        _rewind(source)
    return ledger.enqueue(
        tenant_id=source.tenant_id,
        kind=JobKind.BACKFILL,
        key=f"{source.pk}:{ended}",
        subject_id=source.pk,
        now=timezone.now(),
    )


def cancel(source: Source, *, by: User | None) -> int:
    """List no further and leave out what is not fetched yet; gives how many calls that are.

    In the caller's tenant transaction. The next backfill takes them up again.
    """
    jobs = Job.objects.filter(kind=JobKind.BACKFILL, subject_id=source.pk).order_by("-created_at")
    # Also one that has walked its list: what it listed is still being fetched.
    Job.objects.filter(pk__in=jobs.values("pk")[:1]).update(
        state=JobState.DONE,
        finished_at=Coalesce("finished_at", timezone.now()),
        last_error_code=ledger.CANCELLED,
    )
    left = ListedCall.objects.filter(
        source=source, state=ListedState.WANTED, rank=listing.BACKFILL
    ).update(state=ListedState.SKIPPED, ended_at=timezone.now())
    _rewind(source)
    now = timezone.now()
    data = {"left_out": left}
    audit.record(event=audit.Event.BACKFILL_CANCELLED, by=by, target=source, at=now, data=data)
    return left


def _rewind(source: Source) -> None:
    source.backfill_cursor, source.backfill_pages = "", []
    source.backfill_listed_at = source.backfill_done_at = None
    source.save(
        update_fields=[
            "backfill_cursor", "backfill_pages", "backfill_listed_at", "backfill_done_at",
        ]
    )  # fmt: skip


def run(claim: ledger.Claim) -> None:
    """One slice: note pages for a share of the job's time, then queue the rest."""
    source = vendor.load(claim)
    if source is None:
        return
    turn = vendor.turn(claim)
    with vendor.asking(claim, source), vendor.connect(source) as client:
        while True:
            page = _page(client, source)
            is_oldest = _note(claim, source, page)
            if is_oldest:
                return
            if turn.is_over():
                break
        with tenant_context(claim.tenant_id):
            ledger.again(claim, done=_listed(source), total=None)


def _page(client: AssemblyAI, source: Source) -> Page:
    """The next page; the newest where the vendor no longer knows the cursor's call.

    What was noted is known, so to begin anew costs the listing alone.
    """
    try:
        return client.list_page(before_id=source.backfill_cursor or None)
    except NotFound:
        if not source.backfill_cursor:
            raise
        source.backfill_cursor, source.backfill_pages = "", []
        return client.list_page()


def _note(claim: ledger.Claim, source: Source, page: Page) -> bool:
    """Commit a page with the cursor behind it; True where it was the oldest.

    Raises BadReply where the list leads back.
    """
    if page.unreadable:
        log.warning("list_rows_unreadable", source=str(source.pk), count=page.unreadable)
    if page.before_id in source.backfill_pages:
        raise BadReply(
            "The list is refused",
            "a link back to an earlier page",
            "Ask the vendor; what was listed stays, and the backfill goes on from here.",
        )
    with tenant_context(claim.tenant_id):
        listing.note(source, page.items, by=FoundBy.BACKFILL, revived=REVIVED)
        if page.before_id is None:
            source.backfill_listed_at = timezone.now()
            listing.wake_fetch(source, at=timezone.now())
            ledger.finish(claim)
        else:
            source.backfill_cursor = page.before_id
            source.backfill_pages.append(page.before_id)
            ledger.extend(claim, done=_listed(source), total=None)
        source.save(update_fields=["backfill_cursor", "backfill_pages", "backfill_listed_at"])
    return page.before_id is None


def _listed(source: Source) -> int:
    return ListedCall.objects.filter(source=source, found_by=FoundBy.BACKFILL).count()
