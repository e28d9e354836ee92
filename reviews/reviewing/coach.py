"""A lead bundles moments of an agent's calls with a note; the agent says that it was read."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.shortcuts import get_object_or_404

from reviews import audit, notify
from reviews.errors import ErrorCode, Refused
from reviews.models import (
    Agent,
    Coaching,
    CoachingMoment,
    CoachingNote,
    Membership,
    Notice,
    Rubric,
    User,
)
from reviews.policies import NotPossible
from reviews.queries import coaching as read
from reviews.reviewing.decide import NOTE_AT_MOST

_WHAT = "The coaching is not given"


class CoachingRefused(Refused):
    code = ErrorCode.NOT_POSSIBLE


@dataclass(frozen=True, slots=True)
class Wanted:
    agent: Agent
    rubric: Rubric
    rule_code: str
    findings: list[UUID]
    note: str
    due: date


def give(*, wanted: Wanted, by: Membership, now: datetime) -> Coaching:
    """Raises CoachingRefused."""
    if not wanted.note.strip() or len(wanted.note) > NOTE_AT_MOST:
        seen = f"a note of {len(wanted.note):,} characters"
        raise CoachingRefused(_WHAT, seen, f"Write a note of at most {NOTE_AT_MOST:,}.")
    rows = read.coachable(by, wanted.agent, wanted.rubric, wanted.rule_code)
    found = list(rows.filter(finding__in=wanted.findings).values_list("finding_id", flat=True))
    if not found or len(found) != len(set(wanted.findings)):
        raise CoachingRefused(
            _WHAT,
            "moments that are not confirmed findings of this rule and agent, or were given before",
            "Load the page again, and choose some of its list.",
        )
    row = Coaching.objects.create(
        tenant_id=by.tenant_id,
        agent=wanted.agent,
        rubric=wanted.rubric,
        rule_code=wanted.rule_code,
        by=by.user,
        due=wanted.due,
        at=now,
    )
    CoachingMoment.objects.bulk_create(
        CoachingMoment(tenant_id=by.tenant_id, coaching=row, finding_id=each) for each in found
    )
    CoachingNote.objects.create(tenant_id=by.tenant_id, coaching=row, text=wanted.note.strip())
    data: dict[str, str | int] = {"rule": wanted.rule_code, "moments": len(found)}
    audit.record(event=audit.Event.COACHING_GIVEN, by=by.user, target=row, at=now, data=data)
    to = [wanted.agent.user_id]
    notify.tell(kind=Notice.COACHING_GIVEN, about=row, to=to, by=by.user, at=now)
    return row


def acknowledge(*, coaching: Coaching, by: User, now: datetime) -> None:
    """Its agent has read it; the first time counts. Raises NotPossible. Lock: the coaching."""
    row = get_object_or_404(Coaching.objects.select_for_update(), pk=coaching.pk)
    if row.agent.user_id != by.pk:
        raise NotPossible(
            "The coaching was not acknowledged",
            "one that is another agent's",
            "Acknowledge those of your own page.",
        )
    if row.acknowledged_at is None:
        row.acknowledged_at = now
        row.save(update_fields=["acknowledged_at"])
        audit.record(event=audit.Event.COACHING_ACKNOWLEDGED, by=by, target=row, at=now)
        notify.tell(kind=Notice.COACHING_READ, about=row, to=[row.by_id], by=by, at=now)
