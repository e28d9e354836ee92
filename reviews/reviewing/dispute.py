"""Results are released to agents; they may appeal, and another reviewer answers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.shortcuts import get_object_or_404

from reviews import audit, notify, policies
from reviews.access import scoped_to
from reviews.errors import ErrorCode, Refused
from reviews.models import (
    Coaching,
    Dispute,
    DisputeNote,
    DisputeState,
    DisputeTerms,
    Finding,
    Membership,
    Notice,
    Participant,
    QueueItem,
    Release,
    Review,
    Standing,
    Tenant,
    Transcript,
    User,
    Verdict,
)
from reviews.queries import due
from reviews.queries.disputes import Terms, terms
from reviews.reviewing import telling
from reviews.reviewing.decide import NOTE_AT_MOST, Decision, decide
from reviews.reviewing.part import took_part


class DisputeRefused(Refused):
    code = ErrorCode.NOT_POSSIBLE


@dataclass(frozen=True, slots=True)
class Answer:
    """`severity`: the lower one of one partly accepted; `reason`: why one accepted is dismissed."""

    state: DisputeState
    note: str
    reason: str = ""
    severity: str = ""


def release(*, transcript: Transcript, by: User, now: datetime) -> Release:
    """Show the call to its agents and client viewers. Safe to do twice."""
    row, is_new = Release.objects.get_or_create(
        tenant_id=transcript.tenant_id, transcript=transcript, defaults={"by": by, "at": now}
    )
    if is_new:
        audit.record(event=audit.Event.CALL_RELEASED, by=by, target=row, at=now)
        _tell_agents(transcript, by, now)
    return row


def _tell_agents(transcript: Transcript, by: User, now: datetime) -> None:
    """Of the call, and of coaching that they see from now on, its last call being released."""
    agents = Participant.objects.filter(transcript=transcript, revision=transcript.revision)
    to = list(agents.values_list("agent__user", flat=True))
    notify.tell(kind=Notice.CALL_RELEASED, about=transcript, to=to, by=by, at=now)
    coachings = Coaching.objects.filter(
        moments__finding__transcript=transcript, acknowledged_at=None
    )
    for row in coachings.select_related("agent").distinct():
        to = [row.agent.user_id]
        notify.tell(kind=Notice.COACHING_GIVEN, about=row, to=to, by=by, at=now)


def acknowledge(*, transcript: Transcript, by: User, now: datetime) -> None:
    """Its agent has read it; the first time counts. Raises DisputeRefused."""
    row = Release.objects.select_for_update().filter(transcript=transcript).first()
    if row is None or not took_part(transcript.pk, by):
        raise DisputeRefused(
            "The call was not acknowledged",
            "a call that was not released to you",
            "Acknowledge the calls of your own page.",
        )
    if row.acknowledged_at is None:
        row.acknowledged_at = now
        row.save(update_fields=["acknowledged_at"])
        audit.record(event=audit.Event.CALL_ACKNOWLEDGED, by=by, target=row, at=now)


def raise_dispute(*, finding: Finding, why: str, by: Membership, now: datetime) -> Dispute:
    """Appeal against a confirmed finding. Raises DisputeRefused. Lock: the queue item."""
    item = get_object_or_404(QueueItem.objects.select_for_update(), finding=finding)
    _check_may_raise(finding, item, why, by, now)
    held = terms(finding.tenant_id)
    row = Dispute.objects.create(
        tenant_id=finding.tenant_id,
        finding=finding,
        by=by.user,
        at=now,
        due_at=due.due_at(due.hours(finding.tenant_id).within(held.answer_hours), "", now),
        was_lowered_to=item.lowered_to,
    )
    DisputeNote.objects.create(tenant_id=row.tenant_id, dispute=row, is_answer=False, text=why)
    audit.record(
        event=audit.Event.DISPUTE_RAISED, by=by.user, target=row, at=now,
        data={"rule": finding.rule_code},
    )  # fmt: skip
    telling.opened(row)
    notify.tell(kind=Notice.APPEAL_MADE, about=row, roles=policies.DECIDERS[1], by=by.user, at=now)
    return row


def answer(*, dispute: Dispute, given: Answer, by: User, now: datetime) -> Dispute:
    """Accept, partly or reject; what was upheld moves by reviews of its own.

    Raises DisputeRefused, ReasonRefused, NotPossible. Lock: the dispute and the queue item.
    """
    row = get_object_or_404(Dispute.objects.select_for_update(), pk=dispute.pk)
    item = get_object_or_404(QueueItem.objects.select_for_update(), finding=row.finding_id)
    _check_may_answer(row, item, given, by)
    if given.state is not DisputeState.REJECTED:
        _move(row.finding, item, given, by, now)
    row.state, row.decided_by, row.decided_at = given.state, by, now
    row.save(update_fields=["state", "decided_by", "decided_at"])
    DisputeNote.objects.create(
        tenant_id=row.tenant_id, dispute=row, is_answer=True, text=given.note
    )
    audit.record(
        event=audit.Event.DISPUTE_ANSWERED, by=by, target=row, at=now,
        data={"state": str(given.state)},
    )  # fmt: skip
    telling.answered(row, now=now)
    notify.tell(kind=Notice.APPEAL_ANSWERED, about=row, to=[row.by_id], by=by, at=now)
    return row


def withdraw(*, dispute: Dispute, by: User, now: datetime) -> None:
    """Who raised it takes it back. Raises DisputeRefused."""
    row = get_object_or_404(Dispute.objects.select_for_update(), pk=dispute.pk)
    if row.by_id != by.pk or row.state != DisputeState.OPEN:
        raise DisputeRefused(
            "The dispute was not withdrawn", "one that is answered, or not yours", "Leave it."
        )
    row.state, row.decided_by, row.decided_at = DisputeState.WITHDRAWN, by, now
    row.save(update_fields=["state", "decided_by", "decided_at"])
    audit.record(event=audit.Event.DISPUTE_WITHDRAWN, by=by, target=row, at=now)


def keep_terms(*, tenant: Tenant, wanted: Terms, by: User, now: datetime) -> DisputeTerms:
    row, _ = DisputeTerms.objects.update_or_create(
        tenant=tenant,
        defaults={
            "window_days": wanted.window_days,
            "answer_hours": wanted.answer_hours,
            "open_at_most": wanted.open_at_most,
        },
    )
    audit.record(event=audit.Event.DISPUTE_TERMS_CHANGED, by=by, target=row, at=now)
    return row


def why_not(*, finding: Finding, by: Membership, now: datetime) -> Refused | None:
    """Why this person cannot appeal against it now; None where nothing stands against it."""
    item = QueueItem.objects.get(finding=finding)
    try:
        _check_may_raise(finding, item, "x", by, now)
    except DisputeRefused as refusal:
        return refusal
    return None


def _check_may_raise(
    finding: Finding, item: QueueItem, why: str, by: Membership, now: datetime
) -> None:
    released = Release.objects.filter(transcript=finding.transcript_id).first()
    held = terms(finding.tenant_id)
    if released is None or item.standing != Standing.UPHELD:
        raise _refused("a finding that is not confirmed and released", "Wait until it is.")
    last = released.at + timedelta(days=held.window_days)
    if now > last:
        raise _refused(
            f"{held.window_days} days have passed since the release", "Speak with your lead."
        )
    if not 0 < len(why.strip()) <= NOTE_AT_MOST:
        raise _refused("no reason, or one too long", f"Write 1 to {NOTE_AT_MOST:,} characters.")
    if Dispute.objects.filter(finding=finding).exists():
        raise _refused("an appeal that was made already", "Read its answer on the call.")
    own = scoped_to(Dispute, finding.tenant_id).filter(by=by.user, state=DisputeState.OPEN)
    if own.count() >= held.open_at_most:
        raise _refused(f"{held.open_at_most} open ones already", "Wait for an answer to one.")


def _check_may_answer(row: Dispute, item: QueueItem, given: Answer, by: User) -> None:
    if row.state != DisputeState.OPEN:
        raise DisputeRefused("The answer was not saved", "it is answered already", "Read it there.")
    judged = Review.objects.filter(finding=row.finding_id, verdict=Verdict.UPHELD)
    last = judged.order_by("-sequence").first()
    theirs = (row.by_id, last.by_id if last else None)
    if by.pk in theirs or took_part(row.finding.transcript_id, by):
        raise DisputeRefused(
            "The answer was not saved",
            "an appeal of your own, against your own verdict, or on your own call",
            "Leave it to another reviewer.",
        )
    if item.standing != Standing.UPHELD:
        raise DisputeRefused(
            "The answer was not saved", "the finding is not confirmed any more", "Reject it."
        )
    if given.state not in _ANSWERS or not 0 < len(given.note.strip()) <= NOTE_AT_MOST:
        raise DisputeRefused(
            "The answer was not saved",
            "no answer of the three, or no note",
            "Choose and write one.",
        )
    if given.state is DisputeState.PARTLY and not given.severity:
        raise DisputeRefused(
            "The answer was not saved", "no lower severity", "Choose as what it stays."
        )


_ANSWERS = (DisputeState.ACCEPTED, DisputeState.PARTLY, DisputeState.REJECTED)


def _move(finding: Finding, item: QueueItem, given: Answer, by: User, now: datetime) -> None:
    """The finding is opened again and decided as the answer says: the history has both."""
    opened = Decision(Verdict.REOPENED, item.sequence)
    decide(finding=finding, decision=opened, by=by, now=now)
    is_accepted = given.state is DisputeState.ACCEPTED
    verdict = Verdict.DISMISSED if is_accepted else Verdict.UPHELD
    decided = Decision(
        verdict,
        item.sequence + 1,
        reason=given.reason if is_accepted else "",
        severity="" if is_accepted else given.severity,
    )
    decide(finding=finding, decision=decided, by=by, now=now)


def _refused(seen: str, remedy: str) -> DisputeRefused:
    return DisputeRefused("The appeal was not made", seen, remedy)
