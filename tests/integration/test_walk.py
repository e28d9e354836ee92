"""A walk over many rows: where it stops it goes on, what was counted is not counted again."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.utils import timezone
from pytest_django import Settings

from reviews.jobs import ledger
from reviews.jobs.walk import FIRST, Step, walk
from reviews.models import Job, JobKind, JobState, Tenant
from reviews.models.tenancy import tenant_context

pytestmark = pytest.mark.django_db(transaction=True)
IDS = [UUID(int=at + 1) for at in range(10)]
BATCH = 3


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="a", name="A")


def _made(tenant: Tenant) -> Job:
    with tenant_context(tenant.pk):
        return ledger.enqueue(
            tenant_id=tenant.pk,
            kind=JobKind.EVALUATE_ANEW,
            key="x",
            subject_id=FIRST,
            now=timezone.now(),
        )


def _now(job: Job) -> Job:
    with tenant_context(job.tenant_id):
        return Job.objects.get(pk=job.pk)


def _claimed(job: Job) -> ledger.Claim:
    with tenant_context(job.tenant_id):
        Job.objects.filter(pk=job.pk).update(due_at=timezone.now())
    claim = ledger.claim(tenant_id=job.tenant_id, job_id=job.pk)
    assert claim is not None
    return claim


def _batches(seen: list[UUID], dies_at: UUID | None = None) -> Callable[[UUID], Step]:
    def batch(after: UUID) -> Step:
        ids = [each for each in IDS if each > after][:BATCH]
        if dies_at in ids:
            raise KeyboardInterrupt
        seen.extend(ids)
        return Step(len(ids), ids[-1] if len(ids) == BATCH else None)

    return batch


def test_slices_go_on_where_they_were_and_count_on(tenant: Tenant, settings: Settings) -> None:
    settings.JOB_TIMEOUT_S = 0
    job, seen, counts = _made(tenant), list[UUID](), list[int]()
    while _now(job).state != JobState.DONE:
        walk(_claimed(job), _batches(seen))
        counts.append(_now(job).done_count)
    assert seen == IDS
    assert counts == [3, 6, 9, 10]
    assert _now(job).total_count == 10


def test_a_crash_repeats_its_batch_alone(tenant: Tenant) -> None:
    job, seen = _made(tenant), list[UUID]()
    with pytest.raises(KeyboardInterrupt):
        walk(_claimed(job), _batches(seen, dies_at=IDS[4]))
    walk(_claimed(job), _batches(seen))
    assert (seen, _now(job).done_count) == (IDS, 10)


def test_the_end_is_of_the_last_batch_s_transaction(tenant: Tenant) -> None:
    def refused(claim: ledger.Claim) -> None:
        raise KeyboardInterrupt

    job = _made(tenant)
    with pytest.raises(KeyboardInterrupt):
        walk(_claimed(job), _batches([]), finish=refused)
    assert (_now(job).done_count, _now(job).state) == (9, JobState.RUNNING)
