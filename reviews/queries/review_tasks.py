"""Drawn calls and the reviews that were given out of them, as the pages of plans and reviewers
show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from reviews import access
from reviews.models import (
    Draw,
    DrawnCall,
    Evaluation,
    Membership,
    ReviewTask,
    SamplingPlan,
    TaskState,
)

DONE_SHOWN = 50
_COUNTED = Q(state__in=(TaskState.OPEN, TaskState.DONE))


@dataclass(frozen=True, slots=True)
class DrawRow:
    row: Draw
    drawn: int
    done: int
    wanted: int
    """Reviews that were given out; without those skipped, or given to another since."""
    overdue: int
    without: int
    """Drawn calls that are given to nobody."""


@dataclass(frozen=True, slots=True)
class Own:
    """A reviewer's tasks; of those done the newest."""

    overdue: Sequence[ReviewTask]
    to_do: Sequence[ReviewTask]
    done: Sequence[ReviewTask]


def open_tasks(tenant_id: UUID, user_id: UUID, transcript_id: UUID) -> "QuerySet[ReviewTask]":
    rows = access.scoped_to(ReviewTask, tenant_id).filter(
        reviewer=user_id, state=TaskState.OPEN, drawn__transcript=transcript_id
    )
    return rows.select_related("drawn__draw__plan")


def doubles(membership: Membership, transcript_id: UUID, rubric_id: UUID) -> list[ReviewTask]:
    """The member's open reviews of a call that two review, neither seeing the other's answers."""
    rows = open_tasks(membership.tenant_id, membership.user_id, transcript_id)
    return list(rows.filter(drawn__is_double=True, drawn__draw__plan__rubric=rubric_id))


def blind_task(membership: Membership, transcript_id: UUID) -> ReviewTask | None:
    """One that keeps the call's page, which shows what others said, from the member."""
    rows = open_tasks(membership.tenant_id, membership.user_id, transcript_id)
    blind = rows.filter(drawn__is_double=True).annotate(evaluation_id=Subquery(_newest(membership)))
    return blind.first()


def plans(membership: Membership, now: datetime) -> list[tuple[SamplingPlan, DrawRow | None]]:
    """By name, each with its newest draw. Four SQL queries."""
    rows = access.scoped_to(SamplingPlan, membership.tenant_id).select_related("rubric")
    newest = _draws(membership).order_by("plan_id", "-week").distinct("plan_id")
    by_plan = {each.row.plan_id: each for each in _counted(list(newest), now)}
    return [(row, by_plan.get(row.pk)) for row in rows.order_by("name")]


def draws_of(membership: Membership, plan: SamplingPlan, now: datetime) -> list[DrawRow]:
    """The newest first. Three SQL queries."""
    return _counted(list(_draws(membership).filter(plan=plan).order_by("-week")), now)


def draw_row(draw: Draw, now: datetime) -> DrawRow:
    return _counted([draw], now)[0]


def _draws(membership: Membership) -> "QuerySet[Draw]":
    return access.scoped_to(Draw, membership.tenant_id).select_related("by")


def _counted(draws: Sequence[Draw], now: datetime) -> list[DrawRow]:
    given = ReviewTask.objects.filter(_COUNTED, drawn=OuterRef("pk"))
    drawn = DrawnCall.objects.filter(draw__in=draws).order_by().values_list("draw")
    calls = {
        draw: (count, without)
        for draw, count, without in drawn.annotate(
            count=Count("pk"), without=Count("pk", filter=~Exists(given))
        )
    }
    tasks = ReviewTask.objects.filter(_COUNTED, drawn__draw__in=draws).order_by()
    is_open = Q(state=TaskState.OPEN)
    reviews = {
        draw: (wanted, done, overdue)
        for draw, wanted, done, overdue in tasks.values_list("drawn__draw").annotate(
            wanted=Count("pk"),
            done=Count("pk", filter=~is_open),
            overdue=Count("pk", filter=is_open & Q(due_at__lt=now)),
        )
    }
    return [_row(each, calls, reviews) for each in draws]


def _row(
    draw: Draw,
    calls: Mapping[UUID, tuple[int, int]],
    reviews: Mapping[UUID, tuple[int, int, int]],
) -> DrawRow:
    drawn, without = calls.get(draw.pk, (0, 0))
    wanted, done, overdue = reviews.get(draw.pk, (0, 0, 0))
    return DrawRow(draw, drawn, done, wanted, overdue, without)


def drawn_calls(membership: Membership, draw: Draw) -> list[tuple[DrawnCall, list[ReviewTask]]]:
    """In their order, each with its tasks, those given to another last. Two SQL queries."""
    visible = access.visible_transcripts(membership).values("pk")
    calls = access.scoped_to(DrawnCall, membership.tenant_id).filter(
        draw=draw, transcript__in=visible
    )
    tasks: dict[UUID, list[ReviewTask]] = {}
    rows = access.scoped_to(ReviewTask, membership.tenant_id).filter(drawn__draw=draw)
    for task in rows.select_related("reviewer").order_by("is_second", "-made_at"):
        tasks.setdefault(task.drawn_id, []).append(task)
    shown = calls.select_related("transcript").defer("transcript__payload").order_by("place")
    return [(call, tasks.get(call.pk, [])) for call in shown]


def own(membership: Membership, now: datetime) -> Own:
    """Two SQL queries. `evaluation_id` of each is what is to be reviewed; None: none any more."""
    rows = (
        access.scoped_to(ReviewTask, membership.tenant_id)
        .filter(
            reviewer=membership.user_id,
            drawn__transcript__in=access.visible_transcripts(membership).values("pk"),
        )
        .select_related("drawn__transcript", "drawn__draw__plan__rubric")
        .defer("drawn__transcript__payload")
        .annotate(evaluation_id=Subquery(_newest(membership)))
    )
    left = list(rows.filter(state=TaskState.OPEN).order_by("due_at", "pk"))
    done = rows.filter(state=TaskState.DONE).order_by("-ended_at")
    return Own(
        overdue=[task for task in left if task.due_at < now],
        to_do=[task for task in left if task.due_at >= now],
        done=list(done[:DONE_SHOWN]),
    )


def open_count(membership: Membership) -> int:
    rows = access.scoped_to(ReviewTask, membership.tenant_id)
    return rows.filter(reviewer=membership.user_id, state=TaskState.OPEN).count()


def _newest(membership: Membership) -> Any:
    """Of the task's call as it is now, by the plan's rubric."""
    rows = access.scoped_to(Evaluation, membership.tenant_id).filter(
        transcript=OuterRef("drawn__transcript"),
        rubric_version__rubric=OuterRef("drawn__draw__plan__rubric"),
        transcript_revision=F("transcript__revision"),
    )
    return rows.order_by("-rubric_version__number", "-created_at").values("pk")[:1]
