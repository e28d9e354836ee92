"""What agents can be coached on, what they were, and whether it changed anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from reviews import access
from reviews.detection.proportion import Proportion, wilson
from reviews.models import (
    UNDECIDED,
    Agent,
    Coaching,
    CoachingMoment,
    CoachingNote,
    Evaluation,
    Membership,
    QueueItem,
    Release,
    Rubric,
    Standing,
    Transcript,
)
from reviews.queries.rubrics import rubric_of

AT_MOST = 100
SIDE = timedelta(days=30)
"""Before and after the agent has read it."""


@dataclass(frozen=True, slots=True)
class Topic:
    """Confirmed findings of one rule and agent that nobody was coached on."""

    agent_id: UUID
    agent: str
    rubric_id: UUID
    rule_code: str
    title: str
    findings: int


@dataclass(frozen=True, slots=True)
class Moment:
    finding_id: UUID
    transcript_id: UUID
    name: str
    at: datetime | None
    start_ms: int | None
    is_released: bool


@dataclass(frozen=True, slots=True)
class Shown:
    row: Coaching
    agent: str
    title: str
    note: str
    moments: tuple[Moment, ...]
    today: date

    @property
    def is_overdue(self) -> bool:
        return self.row.acknowledged_at is None and self.row.due < self.today

    @property
    def unreleased(self) -> int:
        return sum(not each.is_released for each in self.moments)


@dataclass(frozen=True, slots=True)
class Change:
    """Of the agent's evaluated calls those on which the rule was broken; None: no call."""

    before: Proportion | None
    after: Proportion | None
    until: datetime
    is_over: bool
    """The days after are over; else more calls may come."""


def topics(membership: Membership) -> list[Topic]:
    """Those with most findings first. Two SQL queries, and one a rubric version."""
    rows = _coachable(membership).values("agent", "rubric", "rule_code").annotate(n=Count("pk"))
    counted = list(rows.order_by("-n", "agent", "rule_code")[:AT_MOST])
    agents = Agent.objects.in_bulk([each["agent"] for each in counted])
    titles = _titles({each["rubric"] for each in counted})
    return [
        Topic(
            agent_id=each["agent"],
            agent=agent_name(agents[each["agent"]]),
            rubric_id=each["rubric"],
            rule_code=each["rule_code"],
            title=titles.get((each["rubric"], each["rule_code"]), each["rule_code"]),
            findings=each["n"],
        )
        for each in counted
    ]


def title_of(rubric_id: UUID, rule_code: str) -> str:
    """As the newest version that judged a call has it; the code where it has none."""
    return _titles({rubric_id}).get((rubric_id, rule_code), rule_code)


def coachable(
    membership: Membership, agent: Agent, rubric: Rubric, rule_code: str
) -> "QuerySet[QueueItem]":
    """The newest first."""
    rows = _coachable(membership).filter(agent=agent, rubric=rubric, rule_code=rule_code)
    rows = rows.select_related("finding", "transcript").defer("transcript__payload")
    return rows.order_by("-found_at", "pk")


def listed(membership: Membership, today: date) -> list[Shown]:
    """What waits for its agent first, the next due before."""
    rows = access.scoped_to(Coaching, membership.tenant_id).filter(
        pk__in=access.visible_coachings(membership).values("pk")
    )
    order = F("acknowledged_at").desc(nulls_first=True)
    found = rows.select_related("agent", "by").order_by(order, "due", "pk")[:AT_MOST]
    return _shown(list(found), today)


def mine(membership: Membership, today: date) -> list[Shown]:
    """One's own as an agent, once all its calls are released."""
    rows = access.visible_coachings(membership).filter(agent__user=membership.user_id)
    released = Release.objects.filter(transcript=OuterRef("finding__transcript"))
    shut = CoachingMoment.objects.filter(~Exists(released), coaching=OuterRef("pk"))
    found = rows.filter(~Exists(shut)).select_related("agent", "by")
    order = F("acknowledged_at").desc(nulls_first=True)
    return _shown(list(found.order_by(order, "due", "pk")[:AT_MOST]), today)


def one(row: Coaching, today: date) -> Shown:
    return _shown([row], today)[0]


def change(row: Coaching, now: datetime) -> Change | None:
    """None until the agent has read it. Four SQL queries."""
    read_at = row.acknowledged_at
    if read_at is None:
        return None
    until = read_at + SIDE
    return Change(
        before=_rate(row, read_at - SIDE, read_at),
        after=_rate(row, read_at, until),
        until=until,
        is_over=until <= now,
    )


def agent_name(agent: Agent) -> str:
    return agent.name or agent.external_id


def _coachable(membership: Membership) -> "QuerySet[QueueItem]":
    coached = CoachingMoment.objects.filter(finding=OuterRef("finding"))
    rows = access.visible_queue_items(membership).filter(standing=Standing.UPHELD)
    return rows.filter(~Exists(coached)).exclude(agent=None)


def _rate(row: Coaching, since: datetime, until: datetime) -> Proportion | None:
    """Confirmed or undecided findings count; a call counts once."""
    evaluated = Evaluation.objects.filter(
        transcript=OuterRef("pk"),
        transcript_revision=OuterRef("revision"),
        rubric_version__rubric=row.rubric_id,
    )
    calls = access.scoped_to(Transcript, row.tenant_id).annotate(
        when=Coalesce("call_at", "received_at")
    )
    calls = calls.filter(
        Exists(evaluated),
        when__gte=since,
        when__lt=until,
        duplicate_of=None,
        participants__revision=F("revision"),
        participants__agent=row.agent_id,
    ).distinct()
    broken = QueueItem.objects.filter(
        Q(standing=Standing.UPHELD) | Q(standing__in=UNDECIDED),
        transcript=OuterRef("pk"),
        agent=row.agent_id,
        rubric=row.rubric_id,
        rule_code=row.rule_code,
    )
    return wilson(calls.filter(Exists(broken)).count(), calls.count())


def _shown(rows: Sequence[Coaching], today: date) -> list[Shown]:
    notes = dict(CoachingNote.objects.filter(coaching__in=rows).values_list("coaching", "text"))
    titles = _titles({row.rubric_id for row in rows})
    released = Release.objects.filter(transcript=OuterRef("finding__transcript"))
    links = CoachingMoment.objects.filter(coaching__in=rows).annotate(is_out=Exists(released))
    links = links.select_related("finding__transcript").defer("finding__transcript__payload")
    moments: dict[UUID, list[Moment]] = {row.pk: [] for row in rows}
    for link in links.order_by("pk"):
        call = link.finding.transcript
        at = call.call_at or call.received_at
        moments[link.coaching_id].append(
            Moment(
                link.finding_id, call.pk, call.external_id, at, link.finding.start_ms, link.is_out
            )
        )
    return [
        Shown(
            row=row,
            agent=agent_name(row.agent),
            title=titles.get((row.rubric_id, row.rule_code), row.rule_code),
            note=notes.get(row.pk, ""),
            moments=tuple(moments[row.pk]),
            today=today,
        )
        for row in rows
    ]


def _titles(rubric_ids: set[UUID]) -> dict[tuple[UUID, str], str]:
    """Rubric and code → title, by the newest version."""
    rows = Rubric.objects.filter(pk__in=rubric_ids).prefetch_related("versions")
    titles: dict[tuple[UUID, str], str] = {}
    for row in rows:
        newest = max(row.versions.all(), key=lambda each: each.number, default=None)
        rules = rubric_of(row.tenant_id, newest.pk).rules if newest else ()
        titles |= {(row.pk, rule.code): rule.title for rule in rules}
    return titles
