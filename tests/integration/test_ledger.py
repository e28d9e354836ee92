"""The job ledger: claim, lease, fence, retry, dead letter; the queue may lose every nudge."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from django_q.models import OrmQ

from reviews import tasks
from reviews.jobs import ledger
from reviews.models import Job, JobKind, JobState, Tenant
from reviews.models.ids import uuid7
from reviews.models.tenancy import tenant_context
from tests.factories.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="a", name="A")


def make(tenant: Tenant, key: str = "k") -> Job:
    with tenant_context(tenant.pk):
        return ledger.enqueue(
            tenant_id=tenant.pk,
            kind=JobKind.EVALUATE,
            key=key,
            subject_id=uuid7(),
            now=timezone.now(),
        )


def claim(job: Job) -> ledger.Claim | None:
    return ledger.claim(tenant_id=job.tenant_id, job_id=job.pk)


def taken(job: Job) -> ledger.Claim:
    found = claim(job)
    assert found is not None
    return found


def state(job: Job) -> Job:
    with tenant_context(job.tenant_id):
        return Job.objects.get(pk=job.pk)


def expire(job: Job) -> None:
    with tenant_context(job.tenant_id):
        Job.objects.filter(pk=job.pk).update(due_at=timezone.now() - timedelta(seconds=1))


def within(job: Job, act: Callable[[], Any]) -> Any:
    with tenant_context(job.tenant_id):
        return act()


def test_a_job_with_the_same_key_is_made_and_nudged_once(tenant: Tenant) -> None:
    assert make(tenant).pk == make(tenant).pk
    assert OrmQ.objects.count() == 1


def test_a_job_of_a_transaction_that_is_undone_leaves_no_nudge(tenant: Tenant) -> None:
    with tenant_context(tenant.pk):
        make(tenant)
        transaction.set_rollback(True)
    assert OrmQ.objects.count() == 0


def test_a_claim_counts_the_attempt_and_takes_the_lease_before_any_work(tenant: Tenant) -> None:
    job = make(tenant)
    first = taken(job)
    assert (first.attempt, first.fence) == (1, 1)
    assert first.lease_until > timezone.now()
    assert claim(job) is None, "the lease is held"


def test_of_eight_claims_at_once_one_wins(tenant: Tenant) -> None:
    job = make(tenant)
    won = at_once(8, lambda: claim(job))
    assert sum(one is not None for one in won) == 1


def test_a_result_is_refused_under_an_older_fence(tenant: Tenant) -> None:
    job = make(tenant)
    old = taken(job)
    expire(job)
    new = taken(job)
    with pytest.raises(ledger.LeaseLost):
        within(job, lambda: ledger.finish(old))
    within(job, lambda: ledger.finish(new))
    assert state(job).state == JobState.DONE
    assert claim(job) is None


def test_a_job_that_kills_its_worker_five_times_is_a_dead_letter(tenant: Tenant) -> None:
    job = make(tenant)
    for _ in range(ledger.MOST_ATTEMPTS):
        taken(job)
        expire(job)
    assert claim(job) is None
    assert (state(job).state, state(job).last_error_code) == (JobState.DEAD, "worker_died")


def test_a_failed_attempt_waits_longer_each_time_and_the_fifth_is_buried(tenant: Tenant) -> None:
    job = make(tenant)
    waits = []
    for _ in range(ledger.MOST_ATTEMPTS):
        ledger.fail(taken(job), code="ValueError")
        waits.append((state(job).due_at - timezone.now()).total_seconds())
        if state(job).state == JobState.QUEUED:
            expire(job)
    assert (state(job).state, state(job).last_error_code) == (JobState.DEAD, "ValueError")
    assert 0.9 < waits[0] <= 2 < waits[2] <= 8


def test_an_outage_never_buries_a_job(tenant: Tenant) -> None:
    job = make(tenant)
    for _ in range(3 * ledger.MOST_ATTEMPTS):
        ledger.postpone(taken(job), code="vendor_down")
        expire(job)
    assert (state(job).state, state(job).last_error_code) == (JobState.QUEUED, "vendor_down")


def test_a_crash_after_an_outage_is_the_first_attempt(tenant: Tenant) -> None:
    job = make(tenant)
    for _ in range(ledger.MOST_ATTEMPTS):
        ledger.postpone(taken(job), code="vendor_down")
        expire(job)
    taken(job)
    expire(job)
    assert claim(job) is not None


def test_a_step_gives_the_job_all_its_attempts_again(tenant: Tenant) -> None:
    job = make(tenant)
    for _ in range(ledger.MOST_ATTEMPTS):
        held = taken(job)
        expire(job)
    within(job, lambda: ledger.extend(held, done=1, total=None))
    assert state(job).attempts == 1


def test_a_flood_of_one_tenant_does_not_delay_the_other(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[Any] = []

    def handler(held: ledger.Claim) -> None:
        done.append(held.tenant_id)
        with tenant_context(held.tenant_id):
            ledger.finish(held)

    monkeypatch.setattr(tasks, "HANDLERS", {JobKind.EVALUATE: handler})
    flood = [make(tenant, str(at)) for at in range(30)]
    job = make(Tenant.objects.create(slug="b", name="B"))
    for one in flood[:20]:
        tasks.run_job(str(one.tenant_id), str(one.pk))
    assert job.tenant_id in done


def test_a_postponed_job_waits_as_long_as_the_other_side_asked(tenant: Tenant) -> None:
    job = make(tenant)
    ledger.postpone(taken(job), code="rate_limited", wait_s=100)
    assert 95 < (state(job).due_at - timezone.now()).total_seconds() <= 100


def test_a_failure_under_an_older_fence_changes_nothing(tenant: Tenant) -> None:
    job = make(tenant)
    old = taken(job)
    expire(job)
    taken(job)
    ledger.fail(old, code="late")
    ledger.bury(old, code="late")
    ledger.postpone(old, code="late")
    assert (state(job).state, state(job).last_error_code) == (JobState.RUNNING, "")


def test_progress_gives_the_job_all_its_attempts_again(tenant: Tenant) -> None:
    job = make(tenant)
    held = taken(job)
    within(job, lambda: ledger.again(held, done=7, total=10))
    assert (state(job).state, state(job).attempts, state(job).done_count) == ("queued", 0, 7)
    assert taken(job).fence == 2


def test_an_extension_moves_the_end_of_the_lease(tenant: Tenant) -> None:
    job = make(tenant)
    held = taken(job)
    within(job, lambda: ledger.extend(held, done=1, total=None))
    assert state(job).due_at > held.lease_until


def test_due_jobs_come_from_all_tenants_in_turn_and_hold_no_more_than_ids(tenant: Tenant) -> None:
    other = Tenant.objects.create(slug="b", name="B")
    mine = [make(tenant, str(n)) for n in range(20)]
    theirs = make(other)
    taken(mine[0])
    due = ledger.due_jobs(limit=4)
    assert theirs.pk in {one.job_id for one in due}
    assert mine[0].pk not in {one.job_id for one in due}
    assert set(ledger.Due.__slots__) == {"tenant_id", "job_id", "due_at"}


def test_another_tenants_job_cannot_be_claimed(tenant: Tenant) -> None:
    other = Tenant.objects.create(slug="b", name="B")
    assert ledger.claim(tenant_id=other.pk, job_id=make(tenant).pk) is None
