"""Calls are drawn by a plan, given out, and done when they are reviewed whole."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from reviews import tasks
from reviews.jobs import ledger
from reviews.models import (
    Agent,
    AuditEvent,
    CallReview,
    CallReviewRule,
    Draw,
    DrawnCall,
    Evaluation,
    Job,
    JobKind,
    JobState,
    MemberRole,
    MemberScope,
    Membership,
    Participant,
    QueueItem,
    ReviewTask,
    SamplingPlan,
    Standing,
    Stratum,
    Tenant,
    Transcript,
    User,
    Way,
)
from reviews.models.tenancy import tenant_context
from reviews.policies import NotPossible
from reviews.queries import recall, review_form, review_tasks
from reviews.queries import sampling as read
from reviews.reviewing import sampling, whole_call
from reviews.reviewing.sampling import PlanRefused, ReasonRefused, Wanted
from reviews.reviewing.whole_call import Said
from tests.factories.asking import evaluated, published
from tests.factories.told import told

pytestmark = pytest.mark.django_db(transaction=True)
ANSWERS = {
    "explained": {"level": "clear", "comment": ""},
    "polite": {"level": "yes", "comment": ""},
}
BROKEN = "agent: we guarantee it on a recorded line"
CALLS = 4


@pytest.fixture
def tenant() -> Tenant:
    """With calls of last week, each broken in one rule, and three who review."""
    tenant = Tenant.objects.create(slug="a", name="A")
    published(tenant)
    for at in range(CALLS):
        evaluated(tenant, f"c{at}", BROKEN)
    with tenant_context(tenant.pk):
        Transcript.objects.update(call_at=timezone.now() - timedelta(days=7))
        for name in ("ann", "bob", "eve"):
            user = User.objects.create(email=f"{name}@example.test", name=name)
            Membership.objects.create(tenant=tenant, user=user, role=MemberRole.REVIEWER)
    return tenant


def user(name: str) -> User:
    return User.objects.get(name=name)


def planned(tenant: Tenant, **changed: Any) -> SamplingPlan:
    with tenant_context(tenant.pk):
        rubric = Evaluation.objects.all()[0].rubric_version.rubric
        values: dict[str, Any] = {
            "name": "Weekly", "rubric": rubric, "share": 100, "per_agent": None,
            "stratum": Stratum.NONE, "seed": "s", "way": Way.TURNS, "reviewers": [], "quota": None,
            "double_share": 0, "due_days": 7, "is_weekly": False,
        }  # fmt: skip
        wanted = Wanted(**values | changed)
        return sampling.save_plan(
            plan=None, tenant_id=tenant.pk, wanted=wanted, by=user("ann"), now=timezone.now()
        )


def drawn(tenant: Tenant, **changed: Any) -> Draw:
    plan = planned(tenant, **changed)
    now = timezone.now()
    with tenant_context(tenant.pk):
        week = read.ended_weeks(now)[0]
        return sampling.draw(plan=plan, week=week, by=user("ann"), now=now)


def given(tenant: Tenant) -> list[tuple[str, str, bool]]:
    """Call, reviewer, whether the second."""
    with tenant_context(tenant.pk):
        rows = ReviewTask.objects.filter(state="open").order_by("drawn__place", "is_second")
        return [
            (row.drawn.transcript.external_id, row.reviewer.name, row.is_second)
            for row in rows.select_related("drawn__transcript", "reviewer")
        ]


def review(tenant: Tenant, task: ReviewTask, by: User, **said: Any) -> CallReview:
    now = timezone.now()
    with tenant_context(tenant.pk):
        evaluation = Evaluation.objects.get(transcript=task.drawn.transcript_id)
        draft = whole_call.begin(evaluation=evaluation, by=by, now=now)
        whole_call.save(draft=draft, said=Said(answers=ANSWERS, **said), now=now)
        return whole_call.finish(draft=draft, by=by, now=now)


def test_a_week_is_drawn_once_in_turn_and_stays_as_it_was_drawn(tenant: Tenant) -> None:
    row = drawn(tenant)
    assert (row.calls, row.is_random) == (CALLS, True)
    assert sorted(call for call, _, _ in given(tenant)) == ["c0", "c1", "c2", "c3"]
    names = [name for _, name, _ in given(tenant)]
    assert {names.count(each) for each in ("ann", "bob", "eve")} == {1, 2}
    now = timezone.now()
    with tenant_context(tenant.pk):
        for week in (row.week, read.week_of(now), row.week - timedelta(days=1)):
            with pytest.raises(NotPossible):
                sampling.draw(plan=row.plan, week=week, by=None, now=now)
        events = set(AuditEvent.objects.values_list("event", flat=True))
    assert {"sampling.plan_saved", "sampling.calls_drawn", "sampling.tasks_given"} <= events


def test_the_same_seed_draws_the_same_calls_and_only_a_plain_share_is_random(
    tenant: Tenant,
) -> None:
    def places(row: Draw) -> list[Any]:
        with tenant_context(tenant.pk):
            rows = DrawnCall.objects.filter(draw=row).order_by("place")
            return list(rows.values_list("transcript", flat=True))

    one = drawn(tenant, name="1", share=50)
    assert len(places(one)) == 2
    assert places(one) == places(drawn(tenant, name="2", share=50))
    for at, stratum in enumerate((Stratum.RULE, Stratum.BAND, Stratum.RISK)):
        row = drawn(tenant, name=f"by {at}", stratum=stratum)
        assert not row.is_random
        with tenant_context(tenant.pk):
            kinds = set(DrawnCall.objects.filter(draw=row).values_list("stratum", flat=True))
        assert kinds == [{"promise"}, {"50-79"}, {""}][at]
    assert drawn(tenant, name="each", share=None, per_agent=1).is_random is False


def test_nobody_gets_a_call_of_their_own_or_out_of_sight_or_above_the_quota(
    tenant: Tenant,
) -> None:
    with tenant_context(tenant.pk):
        agent = Agent.objects.create(tenant=tenant, external_id="7", user=user("bob"))
        Participant.objects.filter(role="agent").update(agent=agent)
        Membership.objects.filter(user=user("eve")).update(scope=MemberScope.OWN)
    row = drawn(tenant, quota=3, way=Way.LOAD)
    assert {name for _, name, _ in given(tenant)} == {"ann"}
    now = timezone.now()
    with tenant_context(tenant.pk):
        assert review_tasks.draw_row(row, now).without == 1, "ann has her three"
        Membership.objects.filter(user=user("eve")).update(scope=MemberScope.TENANT)
        assert sampling.assign(draw=row, by=user("ann"), now=now) == 1
    assert given(tenant)[-1][1] in ("ann", "eve")
    assert {name for _, name, _ in given(tenant)} == {"ann", "eve"}


def test_a_review_that_is_finished_completes_its_task_and_counts_for_recall(
    tenant: Tenant,
) -> None:
    drawn(tenant, reviewers=[user("ann").pk])
    now = timezone.now()
    with tenant_context(tenant.pk):
        task = ReviewTask.objects.order_by("pk")[0]
        rubric = task.drawn.draw.plan.rubric_id
    done = review(tenant, task, user("ann"))
    assert done.is_random
    with tenant_context(tenant.pk):
        task.refresh_from_db()
        assert (task.state, task.call_review_id) == ("done", done.pk)
        since = now - timedelta(days=30)
        assert recall.by_rule(tenant.pk, rubric, since=since, until=now).calls == 1
        row = review_tasks.draw_row(task.drawn.draw, now)
    assert (row.done, row.wanted, row.overdue) == (1, CALLS, 0)


def test_the_second_of_two_judges_for_itself_and_changes_no_finding(tenant: Tenant) -> None:
    people = [user("ann").pk, user("bob").pk]
    drawn(tenant, reviewers=people, double_share=100)
    assert len(given(tenant)) == 2 * CALLS
    with tenant_context(tenant.pk):
        one = DrawnCall.objects.order_by("place")[0]
        first, second = ReviewTask.objects.filter(drawn=one).order_by("is_second")
        evaluation = Evaluation.objects.get(transcript=one.transcript_id)
    review(tenant, first, first.reviewer, wrong={"promise": "allowed"})
    with tenant_context(tenant.pk):
        member = Membership.objects.get(user=second.reviewer)
        form = review_form.form(member, one.transcript_id, evaluation.pk)
        assert (form.is_blind, form.failed[0].is_decided) == (True, False)
        assert review_tasks.blind_task(member, one.transcript_id) == second
    theirs = review(tenant, second, second.reviewer)
    with tenant_context(tenant.pk):
        item = QueueItem.objects.get(finding__evaluation=evaluation)
        assert item.standing == Standing.DISMISSED, "by the first"
        assert CallReviewRule.objects.get(call_review=theirs).is_violation, "by the second"
        assert review_tasks.blind_task(member, one.transcript_id) is None


def test_a_task_is_skipped_or_given_to_another_with_a_reason(tenant: Tenant) -> None:
    drawn(tenant, reviewers=[user("ann").pk])
    now, by = timezone.now(), user("eve")
    with tenant_context(tenant.pk):
        one, two = ReviewTask.objects.order_by("pk")[:2]
        with pytest.raises(ReasonRefused):
            sampling.skip(task=one, reason="because", by=by, now=now)
        sampling.skip(task=one, reason="unusable", by=by, now=now)
        with pytest.raises(NotPossible):
            sampling.skip(task=one, reason="unusable", by=by, now=now)
        with pytest.raises(NotPossible):
            sampling.replace(task=two, reviewer_id=user("ann").pk, reason="away", by=by, now=now)
        made = sampling.replace(task=two, reviewer_id=user("bob").pk, reason="away", by=by, now=now)
        two.refresh_from_db()
        assert (two.state, two.reason_code, made.reviewer.name) == ("replaced", "away", "bob")
        assert sampling.assign(draw=one.drawn.draw, by=by, now=now) == 0, "each call has its one"


def test_a_weekly_plan_draws_by_its_job_once_a_week(tenant: Tenant) -> None:
    plan = planned(tenant, is_weekly=True)
    with pytest.raises(PlanRefused):
        planned(tenant)
    with tenant_context(tenant.pk):
        job = Job.objects.get(kind=JobKind.SAMPLE)
        assert job.due_at.astimezone(timezone.get_current_timezone()).weekday() == 0
    for _ in range(2):
        with tenant_context(tenant.pk):
            Job.objects.filter(pk=job.pk).update(due_at=timezone.now())
        claim = ledger.claim(tenant_id=tenant.pk, job_id=job.pk)
        assert claim is not None
        tasks.work(claim)
    with tenant_context(tenant.pk):
        job.refresh_from_db()
        assert (job.state, job.last_error_code) == (JobState.QUEUED, "")
        assert job.due_at > timezone.now()
        assert (Draw.objects.get(plan=plan).by, len(given(tenant))) == (None, CALLS)
    assert told(tenant) == [(name, "calls_given") for name in ("ann", "bob", "eve")], "once each"
