"""One tenant's flood and another's single job: who has much to do makes room."""

import pytest
from django.utils import timezone
from pytest_django import Settings

from reviews import tasks
from reviews.jobs import ledger, turn
from reviews.jobs.turn import Turn
from reviews.models import Job, JobKind, ListedCall, ListedState, Tenant
from reviews.models.tenancy import tenant_context
from reviews.sandbox.server import Sandbox
from tests.factories.loop import KEY, begin, connected, payloads

pytestmark = pytest.mark.django_db(transaction=True)
CALLS = 4


def _due(tenant: Tenant, key: str) -> Job:
    with tenant_context(tenant.pk):
        return ledger.enqueue(
            tenant_id=tenant.pk,
            kind=JobKind.EVALUATE,
            key=key,
            subject_id=tenant.pk,
            now=timezone.now(),
        )


def test_only_another_tenants_due_job_is_somebody_who_waits() -> None:
    one, other = (Tenant.objects.create(slug=slug, name=slug) for slug in "ab")
    for key in "xyz":
        _due(one, key)
    assert not ledger.others_wait(one.pk)
    assert ledger.others_wait(other.pk)
    theirs = _due(other, "x")
    assert ledger.others_wait(one.pk)
    ledger.claim(tenant_id=other.pk, job_id=theirs.pk)
    assert not ledger.others_wait(one.pk), "it is being done"


def test_a_turn_ends_with_its_time_or_where_another_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, other = (Tenant.objects.create(slug=slug, name=slug) for slug in "ab")
    assert Turn(one.pk, seconds=-1).is_over()
    _due(other, "x")
    assert not Turn(one.pk, seconds=60).is_over(), "it has not looked yet"
    monkeypatch.setattr(turn, "LOOK_EVERY_S", 0)
    assert Turn(one.pk, seconds=60).is_over()
    assert not Turn(other.pk, seconds=60).is_over()


@pytest.mark.parametrize("is_awaited", [True, False])
def test_a_slice_of_a_flood_is_one_call_long_where_another_waits(
    is_awaited: bool, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes on with the next call when the other was served."""
    monkeypatch.setattr(turn, "LOOK_EVERY_S", 0)
    one, other = (Tenant.objects.create(slug=slug, name=slug) for slug in "ab")
    with Sandbox(accounts={KEY: payloads(CALLS)}) as sandbox:
        settings.EGRESS_ALLOW_PRIVATE = frozenset({f"127.0.0.1:{sandbox.port}"})
        settings.FETCH_THREADS = 1
        source = connected(one, sandbox.base_url)
        _work(begin(source))
        if is_awaited:
            waits = _due(other, "x")
        _work(_fetching(one))
        assert _held(one) == (1 if is_awaited else CALLS)
        if is_awaited:
            ledger.claim(tenant_id=other.pk, job_id=waits.pk)
            _work(_fetching(one))
            assert _held(one) == CALLS


def _work(job: Job) -> None:
    claim = ledger.claim(tenant_id=job.tenant_id, job_id=job.pk)
    assert claim is not None
    tasks.work(claim)


def _fetching(tenant: Tenant) -> Job:
    with tenant_context(tenant.pk):
        return Job.objects.get(kind=JobKind.FETCH)


def _held(tenant: Tenant) -> int:
    with tenant_context(tenant.pk):
        return ListedCall.objects.filter(state=ListedState.HELD).count()
