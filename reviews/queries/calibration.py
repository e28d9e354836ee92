"""Sets of calls that several review apart: how far they are, and what they keep from whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from reviews import access
from reviews.models import (
    CalibrationCall,
    CalibrationSeat,
    CalibrationSet,
    CallReview,
    Evaluation,
    Membership,
    TranscriptState,
)

CLOSED_SHOWN = 10
CHOSEN_FROM = 50
"""So many of the newest calls may be chosen."""


@dataclass(frozen=True, slots=True)
class Seat:
    name: str
    done: int


@dataclass(frozen=True, slots=True)
class Progress:
    row: CalibrationSet
    calls: int
    seats: tuple[Seat, ...]
    today: date

    @property
    def done(self) -> int:
        return sum(seat.done for seat in self.seats)

    @property
    def wanted(self) -> int:
        return self.calls * len(self.seats)

    @property
    def is_overdue(self) -> bool:
        return self.row.closed_at is None and self.row.due < self.today


def seated(tenant_id: UUID, user_id: UUID) -> "QuerySet[Any]":
    """The calls of open sets that the user has a seat in; `is_done`: by the user."""
    own = CallReview.objects.filter(
        evaluation=OuterRef("evaluation"),
        by=user_id,
        ended_at__gte=OuterRef("calibration__made_at"),
    )
    rows = access.scoped_to(CalibrationCall, tenant_id).filter(
        calibration__closed_at=None, calibration__seats__membership__user=user_id
    )
    return rows.annotate(is_done=Exists(own))


def blind(tenant_id: UUID, user_id: UUID) -> "QuerySet[Any]":
    """Those of sets that the user is not done with: what others say of them is not shown."""
    left = seated(tenant_id, user_id).filter(calibration=OuterRef("calibration"), is_done=False)
    rows = seated(tenant_id, user_id).filter(Exists(left))
    return rows.select_related("evaluation").defer("evaluation__results").order_by("is_done", "pk")


def blind_call(membership: Membership, transcript_id: UUID) -> Any:
    """One that keeps the call's page from the member; one still to be reviewed first."""
    rows = blind(membership.tenant_id, membership.user_id)
    return rows.filter(evaluation__transcript=transcript_id).first()


def is_blind(evaluation: Evaluation, user_id: UUID) -> bool:
    return blind(evaluation.tenant_id, user_id).filter(evaluation=evaluation).exists()


def own(membership: Membership) -> list[CalibrationCall]:
    """What the member has yet to review, the next due first. One SQL query."""
    rows = seated(membership.tenant_id, membership.user_id).filter(
        is_done=False,
        evaluation__transcript__in=access.visible_transcripts(membership).values("pk"),
    )
    shown = rows.select_related("calibration", "evaluation__transcript")
    shown = shown.defer("evaluation__results", "evaluation__transcript__payload")
    return list(shown.order_by("calibration__due", "calibration__pk", "pk"))


def closed(membership: Membership) -> list[CalibrationSet]:
    """Those that the member had a seat in, the newest first."""
    rows = access.scoped_to(CalibrationSet, membership.tenant_id)
    own_seat = CalibrationSeat.objects.filter(calibration=OuterRef("pk"), membership=membership)
    found = rows.filter(Exists(own_seat)).exclude(closed_at=None)
    return list(found.order_by("-closed_at")[:CLOSED_SHOWN])


def reviews(row: CalibrationSet) -> list[CallReview]:
    """Of each call and seat the first that was finished in the set's time."""
    in_time = Q(ended_at__gte=row.made_at)
    if row.closed_at:
        in_time &= Q(ended_at__lte=row.closed_at)
    found = CallReview.objects.filter(
        in_time,
        evaluation__in=row.calls.values("evaluation"),
        by__in=row.seats.values("membership__user"),
    )
    found = found.order_by("evaluation", "by", "ended_at", "pk").distinct("evaluation", "by")
    return list(found)


def seats_of(row: CalibrationSet) -> list[CalibrationSeat]:
    seats = row.seats.select_related("membership__user")
    return list(seats.order_by("membership__user__name", "membership__user__email"))


def name_of(seat: CalibrationSeat) -> str:
    user = seat.membership.user
    return str(user.name or user.email)


def progress(row: CalibrationSet, today: date) -> Progress:
    """Three SQL queries."""
    done = [review.by_id for review in reviews(row)]
    seats = (Seat(name_of(each), done.count(each.membership.user_id)) for each in seats_of(row))
    return Progress(row, row.calls.count(), tuple(seats), today)


def listed(membership: Membership, today: date) -> list[Progress]:
    """The open ones first, then the newest."""
    rows = access.scoped_to(CalibrationSet, membership.tenant_id)
    rows = rows.select_related("rubric_version__rubric")
    shown = rows.order_by(F("closed_at").desc(nulls_first=True), "-made_at")[:CHOSEN_FROM]
    return [progress(row, today) for row in shown]


def candidates(membership: Membership, rubric_id: UUID) -> Sequence[Evaluation]:
    """Of the newest calls the last evaluation by the rubric, all by one version. Two queries."""
    newest = Evaluation.objects.filter(
        transcript=OuterRef("pk"),
        transcript_revision=OuterRef("revision"),
        rubric_version__rubric=rubric_id,
    ).order_by("-rubric_version__number", "-created_at")
    calls = access.visible_transcripts(membership).filter(
        state=TranscriptState.READY, duplicate_of=None
    )
    made = calls.annotate(newest=Subquery(newest.values("pk")[:1])).exclude(newest=None)
    ids = made.order_by("-received_at", "-pk").values_list("newest", flat=True)[:CHOSEN_FROM]
    rows = access.scoped_to(Evaluation, membership.tenant_id).filter(pk__in=list(ids))
    shown = rows.select_related("transcript", "rubric_version").defer(
        "results", "transcript__payload"
    )
    found = list(shown.order_by("-transcript__received_at", "-transcript_id"))
    last = max((each.rubric_version.number for each in found), default=0)
    return [each for each in found if each.rubric_version.number == last]
