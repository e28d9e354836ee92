"""What people do with a source: pause, go on, cancel, set how it is polled, fetch some first."""

from datetime import timedelta

from django.utils import timezone

from reviews import audit
from reviews.ingest import audio, backfill, erase, expiry, listing, poll, reconcile, sending
from reviews.jobs import ledger
from reviews.models import (
    Job,
    JobKind,
    JobState,
    ListedCall,
    Source,
    SourceState,
    User,
)

BY_A_PERSON = "by_a_person"
_SET_UP = ("poll_every_s", "poll_overlap_h", "upstream_retention_hours", "erase_after_h")


def pause(source: Source, *, by: User | None) -> None:
    """Ask it nothing more. In the caller's tenant transaction, as all of these."""
    source.state, source.paused_code = SourceState.PAUSED, BY_A_PERSON
    source.save(update_fields=["state", "paused_code"])
    data = {"code": BY_A_PERSON}
    audit.record(
        event=audit.Event.SOURCE_PAUSED, by=by, target=source, at=timezone.now(), data=data
    )


def resume(source: Source, *, by: User | None) -> None:
    """Go on with everything that a pause or a refused key stopped."""
    now = timezone.now()
    source.state, source.paused_code = SourceState.ACTIVE, ""
    source.save(update_fields=["state", "paused_code"])
    for job in Job.objects.filter(
        subject_id=source.pk, kind__in=ledger.STANDING, state=JobState.DEAD
    ):
        ledger.retry(job)
    watch(source)
    listing.wake_fetch(source, at=now)
    erase.wake(source, at=now)
    sending.wake(source.pk)
    if audio.is_keeping(source):
        audio.wake(source, at=now)
    if _is_cut_off(source):
        backfill.start(source)
    audit.record(event=audit.Event.SOURCE_RESUMED, by=by, target=source, at=now)


def _is_cut_off(source: Source) -> bool:
    """A backfill that began, was not cancelled, and did not come to its list's end."""
    begun = Job.objects.filter(subject_id=source.pk, kind=JobKind.BACKFILL)
    newest = begun.order_by("-created_at").first()
    is_cancelled = newest is not None and newest.last_error_code == ledger.CANCELLED
    return newest is not None and not is_cancelled and source.backfill_listed_at is None


def watch(source: Source) -> None:
    """Poll it from now on, where it is polled, and compare it with its list every night."""
    if source.poll_every_s:
        poll.start(source)
    reconcile.schedule(source, at=reconcile.tonight(timezone.now()))


def set_up(
    source: Source,
    *,
    poll_every_s: int | None,
    poll_overlap_h: int,
    upstream_retention_hours: int | None,
    erase_after_h: int | None,
    by: User | None,
) -> None:
    """How often it is polled, how far back a poll looks, how long it keeps its calls."""
    now = timezone.now()
    source.poll_every_s, source.poll_overlap_h = poll_every_s, poll_overlap_h
    source.upstream_retention_hours = upstream_retention_hours
    source.erase_after_h = erase_after_h
    source.save(update_fields=[*_SET_UP])
    if poll_every_s and source.state == SourceState.ACTIVE:
        poll.start(source)
    erase.wake(source, at=now)
    data = {
        "poll_every_s": poll_every_s or 0,
        "poll_overlap_h": poll_overlap_h,
        "upstream_retention_hours": -1
        if upstream_retention_hours is None
        else upstream_retention_hours,
        "erase_after_h": -1 if erase_after_h is None else erase_after_h,
    }
    audit.record(event=audit.Event.SOURCE_CHANGED, by=by, target=source, at=now, data=data)


def begin(source: Source, *, by: User | None) -> None:
    """Fetch all that it still keeps."""
    backfill.start(source)
    event = audit.Event.BACKFILL_STARTED
    audit.record(event=event, by=by, target=source, at=timezone.now())


def compare(source: Source, *, days: int, by: User | None) -> None:
    """Hold so many days of its list against what came, now."""
    reconcile.start(source, days=days)
    event, data = audit.Event.COMPARISON_STARTED, {"days": days}
    audit.record(event=event, by=by, target=source, at=timezone.now(), data=data)


def fetch_first(source: Source, *, within: timedelta, by: User | None) -> int:
    """Put what expires soon before all else of the past; gives how many calls that are."""
    now = timezone.now()
    ids = expiry.expiring(source, within=within, now=now).filter(rank__gt=listing.ASKED_FOR)
    moved = ListedCall.objects.filter(pk__in=ids.values("pk")).update(rank=listing.ASKED_FOR)
    listing.wake_fetch(source, at=now)
    event, data = audit.Event.FETCHED_FIRST, {"calls": moved}
    audit.record(event=event, by=by, target=source, at=now, data=data)
    return moved
