"""A set of calls that several review apart from each other is made, and closed."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.shortcuts import get_object_or_404

from reviews import access, audit, notify
from reviews.errors import ErrorCode, Refused
from reviews.models import (
    CalibrationCall,
    CalibrationSeat,
    CalibrationSet,
    Evaluation,
    Membership,
    Notice,
)
from reviews.policies import NotPossible
from reviews.queries import sampling

SEATS_AT_LEAST = 2
_WHAT = "The set is not made"


class SetRefused(Refused):
    code = ErrorCode.NOT_POSSIBLE


@dataclass(frozen=True, slots=True)
class Wanted:
    """`seats`: memberships; `calls`: evaluations, all by one version."""

    name: str
    due: date
    alpha_at_least: float
    seats: list[UUID]
    calls: list[UUID]


def make(*, membership: Membership, wanted: Wanted, now: datetime) -> CalibrationSet:
    """Raises SetRefused."""
    evaluations = list(
        access.visible_evaluations(membership).filter(pk__in=wanted.calls).defer("results")
    )
    people = sampling.members_who_review(membership.tenant_id)
    seats = [each for each in people if each.pk in wanted.seats]
    _check(membership, wanted, evaluations, seats)
    own = {"tenant_id": membership.tenant_id}
    row = CalibrationSet.objects.create(
        **own,
        name=wanted.name,
        rubric_version_id=evaluations[0].rubric_version_id,
        due=wanted.due,
        alpha_at_least=wanted.alpha_at_least,
        made_by=membership.user,
        made_at=now,
    )
    CalibrationCall.objects.bulk_create(
        CalibrationCall(**own, calibration=row, evaluation=each) for each in evaluations
    )
    CalibrationSeat.objects.bulk_create(
        CalibrationSeat(**own, calibration=row, membership=each) for each in seats
    )
    data: dict[str, str | int] = {"calls": len(evaluations), "seats": len(seats)}
    audit.record(
        event=audit.Event.CALIBRATION_MADE, by=membership.user, target=row, at=now, data=data
    )
    to = [each.user_id for each in seats]
    notify.tell(kind=Notice.CALIBRATION_GIVEN, about=row, to=to, by=membership.user, at=now)
    return row


def close(*, calibration: CalibrationSet, by: Membership, now: datetime) -> None:
    """What was said is shown from then on. Raises NotPossible. Lock: the set."""
    row = get_object_or_404(CalibrationSet.objects.select_for_update(), pk=calibration.pk)
    if row.closed_at:
        raise NotPossible("Closing is refused", "a set that is closed", "See its results.")
    row.closed_at = now
    row.save(update_fields=["closed_at"])
    audit.record(event=audit.Event.CALIBRATION_CLOSED, by=by.user, target=row, at=now)


def _check(
    membership: Membership, wanted: Wanted, evaluations: list[Evaluation], seats: list[Membership]
) -> None:
    if len(seats) < SEATS_AT_LEAST:
        seen = f"{len(seats)} reviewers"
        raise SetRefused(_WHAT, seen, f"Choose {SEATS_AT_LEAST} or more: they are compared.")
    if len({each.rubric_version_id for each in evaluations}) != 1:
        raise SetRefused(_WHAT, "no calls that one version judged", "Choose calls of the list.")
    names = access.scoped_to(CalibrationSet, membership.tenant_id).filter(name=wanted.name)
    if names.exists():
        raise SetRefused(_WHAT, "a name that another set has", "Choose another name.")
    barred = sampling.barred([each.transcript_id for each in evaluations], seats)
    if any(barred.values()):
        raise SetRefused(
            _WHAT,
            "a reviewer who took part in a call of it, or may not see one",
            "Leave out the call, or the reviewer.",
        )
