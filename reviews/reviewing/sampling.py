"""Whole calls drawn for review: plans, their draws, and who reviews what."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone

from reviews import audit, notify
from reviews.audit import Who, person
from reviews.errors import ErrorCode, Refused
from reviews.jobs import ledger
from reviews.models import (
    Draw,
    DrawnCall,
    JobKind,
    Notice,
    ReviewTask,
    Rubric,
    SamplingPlan,
    Stratum,
    TaskState,
    User,
    Way,
)
from reviews.models.tenancy import tenant_context
from reviews.policies import NotPossible
from reviews.queries import sampling
from reviews.reviewing import choosing
from reviews.reviewing.choosing import Candidate, Seat

REASONS = {
    "away": "The reviewer is away",
    "known": "The reviewer knows the people",
    "language": "The reviewer does not speak the language",
    "unusable": "The call cannot be reviewed",
    "other": "Another reason",
}
SCHEDULED_AT_H = 3
_WEEK = timedelta(days=7)
_NOT_DRAWN = "The draw is refused"


class PlanRefused(Refused):
    code = ErrorCode.NAME_TAKEN


class ReasonRefused(Refused):
    code = ErrorCode.REASON_REFUSED


@dataclass(frozen=True, slots=True)
class Wanted:
    """A plan as it is to be; see SamplingPlan."""

    name: str
    rubric: Rubric
    share: float | None
    per_agent: int | None
    stratum: Stratum
    seed: str
    way: Way
    reviewers: Sequence[UUID]
    quota: int | None
    double_share: float
    due_days: int
    is_weekly: bool


def save_plan(
    *, plan: SamplingPlan | None, tenant_id: UUID, wanted: Wanted, by: User, now: datetime
) -> SamplingPlan:
    """A new plan, or the changed one: what it drew keeps its terms. Raises PlanRefused."""
    row = plan or SamplingPlan(tenant_id=tenant_id)
    for name in Wanted.__dataclass_fields__:
        setattr(row, name, getattr(wanted, name))
    row.reviewers, row.changed_at = list(wanted.reviewers), now
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise PlanRefused(
            "The plan was not saved", "a name that another plan has", "Choose another."
        ) from None
    audit.record(event=audit.Event.PLAN_SAVED, by=by, target=row, at=now)
    if row.is_weekly:
        at = next_monday(now)
        ledger.wake(tenant_id=tenant_id, kind=JobKind.SAMPLE, source_id=row.pk, at=at)
    return row


def next_monday(now: datetime) -> datetime:
    """When the week before is drawn: a little after it has ended, as calls come in late."""
    at = sampling.begin_of(sampling.week_of(now)) + timedelta(hours=SCHEDULED_AT_H)
    return at if at > now else at + _WEEK


def run(claim: ledger.Claim) -> None:
    """The weekly schedule: the week that ended last, where it is not drawn yet."""
    now = timezone.now()
    with tenant_context(claim.tenant_id):
        plan = SamplingPlan.objects.get(pk=claim.subject_id)
        if not plan.is_weekly:
            ledger.rest(claim, until=None)
            return
        week = sampling.ended_weeks(now)[0]
        if not Draw.objects.filter(plan=plan, week=week).exists():
            draw(plan=plan, week=week, by=None, now=now)
        ledger.rest(claim, until=next_monday(now))


def draw(*, plan: SamplingPlan, week: date, by: Who, now: datetime) -> Draw:
    """The week's calls by the plan's seed, given out. In the caller's tenant transaction.

    Raises NotPossible where the week has not ended, or was drawn. Lock: the plan.
    """
    SamplingPlan.objects.select_for_update().only("id").get(pk=plan.pk)
    _check_week(plan, week, now)
    terms = choosing.Terms(f"{plan.seed} {week}", plan.share, plan.per_agent, plan.double_share)
    found = [Candidate(*each) for each in sampling.candidates(plan, week)]
    chosen = choosing.choose(found, terms)
    twice = choosing.doubles(chosen, terms)
    row = Draw.objects.create(
        tenant_id=plan.tenant_id,
        plan=plan,
        week=week,
        terms=asdict(terms) | {"stratum": plan.stratum},
        calls=len(found),
        is_random=plan.share is not None and plan.stratum == Stratum.NONE,
        by=person(by),
        at=now,
    )
    DrawnCall.objects.bulk_create(
        DrawnCall(
            tenant_id=plan.tenant_id,
            draw=row,
            transcript_id=each.call,
            place=place,
            stratum=each.stratum,
            is_double=each.call in twice,
        )
        for place, each in enumerate(chosen, 1)
    )
    data: dict[str, str | int] = {"week": str(week), "calls": len(found), "drawn": len(chosen)}
    audit.record(event=audit.Event.CALLS_DRAWN, by=by, target=row, at=now, data=data)
    assign(draw=row, by=by, now=now)
    return row


def _check_week(plan: SamplingPlan, week: date, now: datetime) -> None:
    if week not in sampling.ended_weeks(now):
        raise NotPossible(
            _NOT_DRAWN, "a week that has not ended, or long ago", "Choose one of the list."
        )
    if Draw.objects.filter(plan=plan, week=week).exists():
        raise NotPossible(_NOT_DRAWN, "a week that is drawn already", "Look at its draw.")


def assign(*, draw: Draw, by: Who, now: datetime) -> int:
    """Give out the reviews of the draw that nobody has; how many were. Lock: the plan.

    Nobody gets a call twice, or one that they took part in or may not see, or more than the quota.
    """
    plan = get_object_or_404(SamplingPlan.objects.select_for_update(), pk=draw.plan_id)
    people = sampling.reviewers_of(plan)
    seats = _seats(draw, sampling.barred(_calls(draw), people))
    given = choosing.give_out(
        [seat for _, seat in seats],
        _order(plan, [each.user_id for each in people], draw),
        loads=_loads(plan, [each.user_id for each in people]) if plan.way == Way.LOAD else None,
        left=_left(plan, [each.user_id for each in people], now),
    )
    made = [
        ReviewTask(
            tenant_id=draw.tenant_id,
            drawn_id=drawn,
            reviewer_id=reviewer,
            is_second=seat.is_second,
            due_at=now + timedelta(days=plan.due_days),
            made_at=now,
        )
        for (drawn, seat), reviewer in zip(seats, given, strict=True)
        if reviewer
    ]
    ReviewTask.objects.bulk_create(made)
    data: dict[str, str | int] = {"given": len(made), "left": len(seats) - len(made)}
    audit.record(event=audit.Event.TASKS_GIVEN, by=by, target=draw, at=now, data=data)
    for person_id, tasks in Counter(each.reviewer_id for each in made).items():
        _tell_given(draw, person_id, by, now, tasks)
    return len(made)


def _tell_given(draw: Draw, to: UUID, by: Who, now: datetime, count: int) -> None:
    notify.tell(kind=Notice.CALLS_GIVEN, about=draw, to=[to], by=by, at=now, count=count)


def _calls(draw: Draw) -> list[UUID]:
    return list(DrawnCall.objects.filter(draw=draw).values_list("transcript_id", flat=True))


def _seats(draw: Draw, barred: dict[UUID, set[UUID]]) -> list[tuple[UUID, Seat]]:
    """Drawn call and seat, of those that are free; who has had the call is barred from it."""
    had: dict[UUID, list[ReviewTask]] = {}
    for task in ReviewTask.objects.filter(drawn__draw=draw):
        had.setdefault(task.drawn_id, []).append(task)
    seats = []
    for drawn in DrawnCall.objects.filter(draw=draw).order_by("place"):
        tasks = had.get(drawn.pk, [])
        no = frozenset(barred[drawn.transcript_id] | {task.reviewer_id for task in tasks})
        sits = {task.is_second for task in tasks if task.state != TaskState.REPLACED}
        for is_second in sorted({False, drawn.is_double} - sits):
            seats.append((drawn.pk, Seat(drawn.transcript_id, is_second, no)))
    return seats


def _order(plan: SamplingPlan, people: Sequence[UUID], draw: Draw) -> list[UUID]:
    """Who comes first: who is after the one that came last before, so that turns go on."""
    rows = ReviewTask.objects.filter(drawn__draw__plan=plan).order_by("-made_at", "-pk")
    last = rows.values_list("reviewer_id", flat=True).first()
    order = sorted(people)
    at = next((at + 1 for at, each in enumerate(order) if each == last), 0)
    return order[at:] + order[:at]


def _loads(plan: SamplingPlan, people: Sequence[UUID]) -> Counter[UUID]:
    """Open reviews of each, of whichever plan."""
    rows = ReviewTask.objects.filter(
        tenant_id=plan.tenant_id, reviewer__in=people, state=TaskState.OPEN
    )
    return Counter(rows.values_list("reviewer_id", flat=True))


def _left(plan: SamplingPlan, people: Sequence[UUID], now: datetime) -> dict[UUID, int] | None:
    """What the quota leaves each this week."""
    if plan.quota is None:
        return None
    rows = ReviewTask.objects.filter(
        drawn__draw__plan=plan, made_at__gte=sampling.begin_of(sampling.week_of(now))
    ).exclude(state=TaskState.REPLACED)
    had = Counter(rows.values_list("reviewer_id", flat=True))
    return {each: plan.quota - had[each] for each in people}


def skip(*, task: ReviewTask, reason: str, by: User, now: datetime) -> None:
    """The call is not reviewed by this task. Raises NotPossible, ReasonRefused. Lock: the task."""
    row = _open(task, reason)
    _end(row, TaskState.SKIPPED, reason, now)
    audit.record(event=audit.Event.TASK_SKIPPED, by=by, target=row, at=now, data={"reason": reason})


def replace(
    *, task: ReviewTask, reviewer_id: UUID, reason: str, by: User, now: datetime
) -> ReviewTask:
    """Another reviews it. Raises NotPossible, ReasonRefused. Lock: the task."""
    row = _open(task, reason)
    drawn = DrawnCall.objects.select_related("draw").get(pk=row.drawn_id)
    people = [
        each for each in sampling.members_who_review(row.tenant_id) if each.user_id == reviewer_id
    ]
    barred = sampling.barred([drawn.transcript_id], people)[drawn.transcript_id]
    had = set(ReviewTask.objects.filter(drawn=drawn).values_list("reviewer_id", flat=True))
    if not people or reviewer_id in barred | had:
        raise NotPossible(
            "Giving it to another is refused",
            "somebody who may not review the call, took part in it, or has had it",
            "Choose another reviewer.",
        )
    _end(row, TaskState.REPLACED, reason, now)
    made = ReviewTask.objects.create(
        tenant_id=row.tenant_id,
        drawn=drawn,
        reviewer_id=reviewer_id,
        is_second=row.is_second,
        due_at=max(row.due_at, now),
        made_at=now,
    )
    data: dict[str, str | int] = {"reason": reason, "to": str(made.pk)}
    audit.record(event=audit.Event.TASK_REPLACED, by=by, target=row, at=now, data=data)
    _tell_given(drawn.draw, reviewer_id, by, now, 1)
    return made


def check_reason(reason: str) -> None:
    """Raises ReasonRefused."""
    if reason not in REASONS:
        raise ReasonRefused("The task stays as it is", "no reason of the list", "Choose one.")


def _open(task: ReviewTask, reason: str) -> ReviewTask:
    check_reason(reason)
    row = get_object_or_404(ReviewTask.objects.select_for_update(), pk=task.pk)
    if row.state != TaskState.OPEN:
        raise NotPossible(
            "The task stays as it is",
            f"it is {TaskState(row.state).label.lower()}",
            "Load the page again.",
        )
    return row


def _end(row: ReviewTask, state: TaskState, reason: str, now: datetime) -> None:
    row.state, row.reason_code, row.ended_at = state, reason, now
    row.save(update_fields=["state", "reason_code", "ended_at"])
