"""“Do not flag again”: further hits of a rule on the same words are marked, counted, listed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.shortcuts import get_object_or_404

from reviews import audit
from reviews.detection import alike
from reviews.detection.evidence import Evidence, Found
from reviews.errors import ErrorCode, Refused
from reviews.models import Agent, Finding, QueueItem, Standing, SuppressedBy, Suppression, User
from reviews.queries import evaluations, transcripts
from reviews.queries.alike import secret_of

DAYS = (30, 90, 365)


class SuppressionRefused(Refused):
    code = ErrorCode.NOT_POSSIBLE


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which hits are not flagged again, and for how long; `is_agents`: of this agent alone."""

    matches: SuppressedBy
    days: int
    is_agents: bool = False


def suppress(
    *, finding: Finding, wanted: Wanted, reason: str, by: User, now: datetime
) -> Sequence[Suppression]:
    """One for each different hit of the finding. Raises SuppressionRefused.

    What is in the queue already stays there: it was found before.
    """
    if wanted.days not in DAYS:
        raise SuppressionRefused(
            "The suppression was not made", f"{wanted.days:,} days", "Choose one of the list."
        )
    agent = finding.agent if wanted.is_agents else None
    if wanted.is_agents and agent is None:
        raise SuppressionRefused(
            "The suppression was not made",
            "a finding of no known agent",
            "Let it hold for everybody, or leave it.",
        )
    made = [
        _in_force(finding, key, agent=agent, wanted=wanted, reason=reason, by=by, now=now)
        for key in _keys(finding, wanted.matches)
    ]
    for each in made:
        audit.record(
            event=audit.Event.SUPPRESSION_MADE,
            by=by,
            target=each,
            at=now,
            data={"rule": finding.rule_code, "days": wanted.days, "matches": wanted.matches},
        )
    return made


def withdraw(*, suppression: Suppression, by: User, now: datetime) -> int:
    """End it, and bring back what it marked; gives how many. Safe to do twice."""
    row = get_object_or_404(Suppression.objects.select_for_update(), pk=suppression.pk)
    if row.withdrawn_at is not None:
        return 0
    row.withdrawn_by, row.withdrawn_at = by, now
    row.save(update_fields=["withdrawn_by", "withdrawn_at"])
    marked = QueueItem.objects.filter(suppression=row, standing=Standing.SUPPRESSED)
    back = marked.update(standing=Standing.OPEN, updated_at=now)
    audit.record(
        event=audit.Event.SUPPRESSION_WITHDRAWN,
        by=by,
        target=row,
        at=now,
        data={"rule": row.rule_code, "back": back},
    )
    return back


def _in_force(
    finding: Finding, key: bytes, *, agent: Agent | None, wanted: Wanted, reason: str, by: User,
    now: datetime,
) -> Suppression:  # fmt: skip
    """One that stands already holds on, to the later of the two ends."""
    ends = now + timedelta(days=wanted.days)
    row, is_new = Suppression.objects.get_or_create(
        tenant_id=finding.tenant_id,
        rule_code=finding.rule_code,
        matches=wanted.matches,
        key=key,
        agent=agent,
        withdrawn_at=None,
        defaults={
            "finding": finding, "reason_code": reason, "by": by, "at": now, "expires_at": ends,
        },
    )  # fmt: skip
    if not is_new and row.expires_at < ends:
        row.expires_at = ends
        row.save(update_fields=["expires_at"])
    return row


def _keys(finding: Finding, matches: str) -> list[bytes]:
    """Of every place of the finding, each once. Raises SuppressionRefused where it has none."""
    row, evaluation = finding.transcript, finding.evaluation
    call = transcripts.columns_of(row, revision=evaluation.transcript_revision)
    results = evaluations.unpack(evaluation, call).results
    outcome = next(each.outcome for each in results if each.rule == finding.rule_code)
    places: Sequence[Evidence] = outcome.evidence if isinstance(outcome, Found) else ()
    if not places or any(place.field for place in places):
        raise SuppressionRefused(
            "The suppression was not made",
            "a finding that rests on no words",
            "Dismiss it alone; mend the rule where it comes again.",
        )
    key_of = alike.phrase_key if matches == SuppressedBy.PHRASE else alike.line_key
    secret = secret_of(finding.tenant_id)
    return list(dict.fromkeys(key_of(secret, call, place) for place in places))
