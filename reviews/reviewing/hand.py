"""Whose hands a finding is in: claimed for a while, assigned, put off. None of it is a verdict."""

from datetime import datetime, timedelta

from django.shortcuts import get_object_or_404

from reviews import audit, notify, policies
from reviews.errors import ErrorCode, Refused
from reviews.models import UNDECIDED, Finding, Membership, Notice, QueueItem, User
from reviews.policies import Action

CLAIMED = timedelta(minutes=10)
HELD_AT_MOST = timedelta(days=90)


class HandRefused(Refused):
    code = ErrorCode.NOT_POSSIBLE


def claim(*, finding: Finding, by: User, now: datetime, is_taken_over: bool = False) -> bool:
    """Take it for ten minutes; False where somebody else has it, who keeps it.

    Taking it over from somebody is an act of its own, on the audit trail.
    Lock: the finding's queue item.
    """
    item = _locked(finding)
    others = item.claimed_by_id not in (None, by.pk) and (item.claimed_until or now) > now
    if item.standing not in UNDECIDED or (others and not is_taken_over):
        return False
    before = item.claimed_by_id
    item.claimed_by, item.claimed_until = by, now + CLAIMED
    item.save(update_fields=["claimed_by", "claimed_until"])
    if others:
        audit.record(event=audit.Event.FINDING_TAKEN_OVER, by=by, target=finding, at=now)
        notify.tell(kind=Notice.FINDING_TAKEN, about=finding, to=[before], by=by, at=now)
    return True


def release(*, finding: Finding, by: User) -> None:
    """Give back what one has claimed oneself. Lock: the finding's queue item."""
    item = _locked(finding)
    if item.claimed_by_id == by.pk:
        item.claimed_by, item.claimed_until = None, None
        item.save(update_fields=["claimed_by", "claimed_until"])


def assign(
    *, finding: Finding, to: Membership | None, by: User, now: datetime, is_told: bool = True
) -> None:
    """Make it somebody's task, who is told unless the caller does; None: nobody's.

    Raises HandRefused. Lock: the queue item.
    """
    item = _locked(finding)
    _check_undecided(item, "The finding was not assigned")
    if to is not None and not policies.can(to.role, Action.DECIDE):
        raise HandRefused(
            "The finding was not assigned",
            "somebody whose role does not decide findings",
            "Choose a reviewer, a lead or a tenant admin.",
        )
    item.assigned_to_id = to.user_id if to else None
    item.updated_at = now
    item.save(update_fields=["assigned_to", "updated_at"])
    data = {"to": str(to.user_id) if to else ""}
    audit.record(event=audit.Event.FINDING_ASSIGNED, by=by, target=finding, at=now, data=data)
    if to is not None and is_told:
        tell_assigned(finding, to, by=by, now=now)


def tell_assigned(
    finding: Finding, to: Membership, *, by: User, now: datetime, count: int = 1
) -> None:
    """Who got it, and as many with it as `count` says."""
    notify.tell(
        kind=Notice.FINDING_ASSIGNED, about=finding, to=[to.user_id], by=by, at=now, count=count
    )


def hold(*, finding: Finding, until: datetime | None, by: User, now: datetime) -> None:
    """Put it off until then; None: it waits no longer. Raises HandRefused. Lock: the queue item."""
    item = _locked(finding)
    _check_undecided(item, "The finding was not put off")
    if until is not None and not now < until <= now + HELD_AT_MOST:
        raise HandRefused(
            "The finding was not put off",
            "a moment that is past, or too far away",
            f"Choose one within {HELD_AT_MOST.days} days.",
        )
    item.held_until, item.updated_at = until, now
    item.save(update_fields=["held_until", "updated_at"])
    data = {"until": until.isoformat() if until else ""}
    audit.record(event=audit.Event.FINDING_HELD, by=by, target=finding, at=now, data=data)


def _locked(finding: Finding) -> QueueItem:
    return get_object_or_404(QueueItem.objects.select_for_update(), finding_id=finding.pk)


def _check_undecided(item: QueueItem, what: str) -> None:
    if item.standing not in UNDECIDED:
        raise HandRefused(
            what, f"it is {item.get_standing_display().lower()} already", "Open it again first."
        )
