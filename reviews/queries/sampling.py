"""What a plan draws from: the calls of a week, and who may review which of them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.utils import timezone

from reviews import access, policies
from reviews.detection.rubric import GRAVEST_FIRST
from reviews.models import MemberRole, Membership, Participant, SamplingPlan, Stratum
from reviews.models.rows import select
from reviews.policies import Action

WEEKS = 8
"""So far back a plan can be drawn by its button."""
BY_DEFAULT = (MemberRole.REVIEWER, MemberRole.LEAD)
_WEEK = timedelta(days=7)
_STRATA: Mapping[str, str] = {
    Stratum.NONE: "''",
    Stratum.RULE: """coalesce((
        SELECT found.rule_code FROM reviews_finding found WHERE found.evaluation_id = newest.id
        ORDER BY array_position(%(gravest)s::text[], found.severity::text), found.rule_code LIMIT 1
    ), '')""",
    Stratum.BAND: """CASE WHEN newest.score IS NULL THEN 'none' WHEN newest.score < 50 THEN '0-49'
        WHEN newest.score < 80 THEN '50-79' WHEN newest.score < 100 THEN '80-99' ELSE '100' END""",
    Stratum.RISK: """CASE WHEN EXISTS (
        SELECT FROM reviews_finding found WHERE found.evaluation_id = newest.id
            AND found.severity IN ('high', 'critical')
    ) THEN 'risk' ELSE '' END""",
}
_CANDIDATES = """
WITH newest AS (
    SELECT DISTINCT ON (made.transcript_id) made.transcript_id, made.id, made.score, call.revision
    FROM reviews_evaluation made
        JOIN reviews_rubricversion version ON version.id = made.rubric_version_id
        JOIN reviews_transcript call
            ON call.id = made.transcript_id AND call.revision = made.transcript_revision
    WHERE made.tenant_id = %(tenant)s AND version.rubric_id = %(rubric)s
        AND call.duplicate_of_id IS NULL AND call.state = 'ready'
        AND coalesce(call.call_at, call.received_at) >= %(since)s
        AND coalesce(call.call_at, call.received_at) < %(until)s
    ORDER BY made.transcript_id, version.number DESC, made.created_at DESC
)
SELECT newest.transcript_id, (
    SELECT voice.agent_id FROM reviews_participant voice
    WHERE voice.transcript_id = newest.transcript_id AND voice.revision = newest.revision
        AND voice.agent_id IS NOT NULL
    ORDER BY voice.from_ms, voice.id LIMIT 1
), {stratum}
FROM newest WHERE NOT EXISTS (
    SELECT FROM reviews_drawncall drawn JOIN reviews_draw draw ON draw.id = drawn.draw_id
    WHERE drawn.transcript_id = newest.transcript_id AND draw.plan_id = %(plan)s
)
"""


def week_of(at: datetime) -> date:
    """Its Monday, in the zone that pages show times in."""
    day = timezone.localtime(at).date()
    return day - timedelta(days=day.weekday())


def ended_weeks(now: datetime) -> list[date]:
    """The last WEEKS whole weeks, the newest first."""
    return [week_of(now) - _WEEK * at for at in range(1, WEEKS + 1)]


def begin_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def candidates(plan: SamplingPlan, week: date) -> list[tuple[UUID, UUID | None, str]]:
    """Calls of that week which the plan's rubric judged: id, agent and stratum."""
    given = {
        "tenant": plan.tenant_id,
        "rubric": plan.rubric_id,
        "plan": plan.pk,
        "since": begin_of(week),
        "until": begin_of(week + _WEEK),
        "gravest": [str(each) for each in GRAVEST_FIRST],
    }
    return [(call, agent, stratum)
            for call, agent, stratum in select(_candidates(plan.stratum), given)]  # fmt: skip


def _candidates(stratum: str) -> str:
    return _CANDIDATES.replace("{stratum}", _STRATA[stratum])


def reviewers_of(plan: SamplingPlan) -> list[Membership]:
    """Who the plan gives reviews to: those it names, else each reviewer and lead; who may still."""
    people = members_who_review(plan.tenant_id)
    if plan.reviewers:
        return [each for each in people if each.user_id in plan.reviewers]
    return [each for each in people if each.role in BY_DEFAULT]


def members_who_review(tenant_id: UUID) -> list[Membership]:
    roles = [role for role in MemberRole if policies.can(role, Action.REVIEW_CALLS)]
    rows = access.scoped_to(Membership, tenant_id).filter(role__in=roles, user__is_active=True)
    return list(rows.select_related("user").order_by("user__name", "user__email", "pk"))


def barred(call_ids: Sequence[UUID], reviewers: Sequence[Membership]) -> dict[UUID, set[UUID]]:
    """Call → who may not review it: who took part, and who may not see it."""
    made: dict[UUID, set[UUID]] = {call: set() for call in call_ids}
    people = Participant.objects.filter(
        transcript__in=call_ids, agent__user__in=[each.user_id for each in reviewers]
    )
    for call, user in people.values_list("transcript_id", "agent__user_id"):
        made[call].add(user)
    for each in reviewers:
        seen = access.visible_transcripts(each).filter(pk__in=call_ids).values_list("pk", flat=True)
        for call in set(call_ids) - set(seen):
            made[call].add(each.user_id)
    return made
