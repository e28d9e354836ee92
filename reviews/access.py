"""The only door to a tenant's rows. Another tenant's id is absent: the same 404 as no id at all.

Row-level security stands under it; each of the two holds alone (tests/security).
"""

from typing import TypeVar
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404

from reviews import policies
from reviews.models import (
    Agent,
    ApiKey,
    Audio,
    Backtest,
    BacktestHit,
    CalibrationSeat,
    CalibrationSet,
    Coaching,
    CoachingMoment,
    CrmConnection,
    CrmRun,
    Delivery,
    Dispute,
    Draw,
    Drop,
    Evaluation,
    Finding,
    Forward,
    Forwarded,
    Hook,
    Job,
    ManualFinding,
    MemberRole,
    MemberScope,
    Membership,
    Notification,
    QueueItem,
    Release,
    ReviewTask,
    Rubric,
    RubricVersion,
    SamplingPlan,
    Source,
    Suppression,
    Team,
    Transcript,
    User,
    Utterance,
)
from reviews.models.tenancy import TenantModel, user_context
from reviews.policies import Action

Row = TypeVar("Row", bound=TenantModel)


_UNREAD = (
    Notification.objects.filter(
        tenant=OuterRef("tenant"), user=OuterRef("user"), read_at__isnull=True
    )
    .order_by()
    .values("user")
    .annotate(n=Count("pk"))
    .values("n")
)


def memberships_of(user: User) -> list[Membership]:
    """Every membership of `user` that holds, in all tenants; of one who is not active none.

    Each with `unread`, the number of its notifications: the bell of every page costs no query.
    """
    if not user.is_active:
        return []
    with user_context(user.pk):
        rows = Membership.objects.filter(user_id=user.pk, is_active=True, tenant__suspended_at=None)
        rows = rows.select_related("tenant").defer("tenant__logo")
        rows = rows.annotate(unread=Coalesce(Subquery(_UNREAD), 0))
        return list(rows.order_by("tenant__slug"))


def scoped_to(model: type[Row], tenant_id: UUID) -> "QuerySet[Row]":
    """The rows of one tenant."""
    return model._default_manager.filter(tenant_id=tenant_id)


RELEASED_ONLY = frozenset({MemberRole.AGENT, MemberRole.CLIENT_VIEWER})
"""Roles that see a call from when it is released to them."""


def visible_transcripts(membership: Membership) -> "QuerySet[Transcript]":
    """The transcripts that `membership` may see: all, those of own teams, or own calls.

    Of an agent and a client viewer, the released ones among them.
    """
    rows = scoped_to(Transcript, membership.tenant_id)
    if membership.role in RELEASED_ONLY:
        rows = rows.filter(Exists(Release.objects.filter(transcript=OuterRef("pk"))))
    if membership.scope == MemberScope.TEAMS:
        teams = membership.team_links.values("team_id")
        return rows.filter(
            participants__revision=F("revision"), participants__agent__team_id__in=teams
        ).distinct()
    if membership.scope == MemberScope.OWN:
        return rows.filter(
            participants__revision=F("revision"),
            participants__agent__user_id=membership.user_id,
        ).distinct()
    return rows


def visible_findings(membership: Membership) -> "QuerySet[Finding]":
    rows = scoped_to(Finding, membership.tenant_id)
    return rows.filter(transcript__in=visible_transcripts(membership))


def visible_queue_items(membership: Membership) -> "QuerySet[QueueItem]":
    rows = scoped_to(QueueItem, membership.tenant_id)
    if membership.scope == MemberScope.TENANT and membership.role not in RELEASED_ONLY:
        return rows
    return rows.filter(transcript__in=visible_transcripts(membership))


def visible_evaluations(membership: Membership) -> "QuerySet[Evaluation]":
    rows = scoped_to(Evaluation, membership.tenant_id)
    return rows.filter(transcript__in=visible_transcripts(membership))


def visible_utterances(membership: Membership) -> "QuerySet[Utterance]":
    rows = scoped_to(Utterance, membership.tenant_id)
    return rows.filter(transcript__in=visible_transcripts(membership))


def visible_audios(membership: Membership) -> "QuerySet[Audio]":
    rows = scoped_to(Audio, membership.tenant_id)
    return rows.filter(transcript__in=visible_transcripts(membership))


def get_transcript_for(membership: Membership, transcript_id: UUID) -> Transcript:
    return _get(visible_transcripts(membership), transcript_id)


def get_finding_for(membership: Membership, finding_id: UUID) -> Finding:
    return _get(visible_findings(membership), finding_id)


def get_rubric_version_for(membership: Membership, version_id: UUID) -> RubricVersion:
    rows = scoped_to(RubricVersion, membership.tenant_id)
    return _get(rows.select_related("rubric", "published_by"), version_id)


def get_backtest_for(membership: Membership, backtest_id: UUID) -> Backtest:
    rows = scoped_to(Backtest, membership.tenant_id)
    return _get(rows.select_related("rubric", "base"), backtest_id)


def get_backtest_hit_for(membership: Membership, hit_id: UUID) -> BacktestHit:
    rows = scoped_to(BacktestHit, membership.tenant_id)
    return _get(rows.filter(transcript__in=visible_transcripts(membership)), hit_id)


def get_team_for(membership: Membership, team_id: UUID) -> Team:
    return _get(scoped_to(Team, membership.tenant_id), team_id)


def get_agent_for(membership: Membership, agent_id: UUID) -> Agent:
    return _get(scoped_to(Agent, membership.tenant_id), agent_id)


def get_membership_for(membership: Membership, member_id: UUID) -> Membership:
    rows = scoped_to(Membership, membership.tenant_id).select_related("user", "tenant")
    return _get(rows, member_id)


def get_evaluation_for(membership: Membership, evaluation_id: UUID) -> Evaluation:
    return _get(visible_evaluations(membership), evaluation_id)


def get_utterance_for(membership: Membership, utterance_id: UUID) -> Utterance:
    return _get(visible_utterances(membership), utterance_id)


def get_source_for(membership: Membership, source_id: UUID) -> Source:
    return _get(scoped_to(Source, membership.tenant_id), source_id)


def get_rubric_for(membership: Membership, rubric_id: UUID) -> Rubric:
    return _get(scoped_to(Rubric, membership.tenant_id), rubric_id)


def get_suppression_for(membership: Membership, suppression_id: UUID) -> Suppression:
    rows = scoped_to(Suppression, membership.tenant_id)
    return _get(
        rows.filter(finding__transcript__in=visible_transcripts(membership)), suppression_id
    )


def get_manual_finding_for(membership: Membership, manual_id: UUID) -> ManualFinding:
    rows = scoped_to(ManualFinding, membership.tenant_id)
    return _get(rows.filter(transcript__in=visible_transcripts(membership)), manual_id)


def visible_disputes(membership: Membership) -> "QuerySet[Dispute]":
    rows = scoped_to(Dispute, membership.tenant_id)
    return rows.filter(finding__transcript__in=visible_transcripts(membership))


def get_dispute_for(membership: Membership, dispute_id: UUID) -> Dispute:
    return _get(visible_disputes(membership), dispute_id)


def get_sampling_plan_for(membership: Membership, plan_id: UUID) -> SamplingPlan:
    rows = scoped_to(SamplingPlan, membership.tenant_id)
    return _get(rows.select_related("rubric"), plan_id)


def get_draw_for(membership: Membership, draw_id: UUID) -> Draw:
    return _get(scoped_to(Draw, membership.tenant_id).select_related("plan__rubric"), draw_id)


def get_review_task_for(membership: Membership, task_id: UUID) -> ReviewTask:
    rows = scoped_to(ReviewTask, membership.tenant_id)
    return _get(rows.filter(drawn__transcript__in=visible_transcripts(membership)), task_id)


def visible_coachings(membership: Membership) -> "QuerySet[Coaching]":
    """Those whose moments the member may all see: an agent, once their calls are released."""
    hidden = CoachingMoment.objects.filter(coaching=OuterRef("pk")).exclude(
        finding__transcript__in=visible_transcripts(membership).values("pk")
    )
    return scoped_to(Coaching, membership.tenant_id).filter(~Exists(hidden))


def get_coaching_for(membership: Membership, coaching_id: UUID) -> Coaching:
    rows = visible_coachings(membership).select_related("agent", "rubric", "by")
    return _get(rows, coaching_id)


def visible_calibration_sets(membership: Membership) -> "QuerySet[CalibrationSet]":
    """Of who may not manage them, those that they have a seat in."""
    rows = scoped_to(CalibrationSet, membership.tenant_id)
    if not policies.can(membership.role, Action.MANAGE_CALIBRATION):
        rows = rows.filter(Exists(CalibrationSeat.objects.filter(
            calibration=OuterRef("pk"), membership=membership)))  # fmt: skip
    return rows


def get_calibration_set_for(membership: Membership, set_id: UUID) -> CalibrationSet:
    rows = visible_calibration_sets(membership)
    return _get(rows.select_related("rubric_version__rubric", "made_by"), set_id)


def visible_notifications(membership: Membership) -> "QuerySet[Notification]":
    """Nobody's but one's own."""
    return scoped_to(Notification, membership.tenant_id).filter(user=membership.user_id)


def get_notification_for(membership: Membership, notification_id: UUID) -> Notification:
    return _get(visible_notifications(membership), notification_id)


def get_api_key_for(membership: Membership, key_id: UUID) -> ApiKey:
    rows = scoped_to(ApiKey, membership.tenant_id).select_related("created_by")
    return _get(rows, key_id)


def get_hook_for(membership: Membership, hook_id: UUID) -> Hook:
    return _get(scoped_to(Hook, membership.tenant_id), hook_id)


def get_delivery_for(membership: Membership, delivery_id: UUID) -> Delivery:
    rows = scoped_to(Delivery, membership.tenant_id)
    return _get(rows.select_related("hook"), delivery_id)


def get_drop_for(membership: Membership, drop_id: UUID) -> Drop:
    return _get(scoped_to(Drop, membership.tenant_id), drop_id)


def get_crm_connection_for(membership: Membership, connection_id: UUID) -> CrmConnection:
    return _get(scoped_to(CrmConnection, membership.tenant_id), connection_id)


def get_crm_run_for(membership: Membership, run_id: UUID) -> CrmRun:
    rows = scoped_to(CrmRun, membership.tenant_id)
    return _get(rows.select_related("connection"), run_id)


def get_forward_for(membership: Membership, forward_id: UUID) -> Forward:
    return _get(scoped_to(Forward, membership.tenant_id), forward_id)


def get_forwarded_for(membership: Membership, forwarded_id: UUID) -> Forwarded:
    rows = scoped_to(Forwarded, membership.tenant_id)
    return _get(rows.select_related("forward"), forwarded_id)


def get_job_for(membership: Membership, job_id: UUID) -> Job:
    return _get(scoped_to(Job, membership.tenant_id), job_id)


def _get(rows: "QuerySet[Row]", row_id: UUID) -> Row:
    row = rows.filter(pk=row_id).first()
    if row is None:
        raise Http404
    return row
