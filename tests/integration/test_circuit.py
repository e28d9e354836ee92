"""One account's circuit: who is held back says nothing of the vendor, who probes closes it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone
from pytest_django import Settings

from reviews import tasks
from reviews.egress import BadReply, DestinationRefused, Limits, RateLimited, VendorDown
from reviews.errors import Refused
from reviews.ingest import pacer, vendor
from reviews.jobs import ledger
from reviews.models import Job, JobKind, ListedCall, ListedState, Source, Tenant, VendorAccount
from reviews.models.tenancy import tenant_context
from reviews.sandbox.server import Fault, Sandbox
from tests.factories.loop import KEY, begin, connected, drain, payloads

pytestmark = pytest.mark.django_db(transaction=True)
AWAY = 503


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="a", name="A")


@pytest.fixture
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each request is tried once: no wait between tries."""
    monkeypatch.setattr(vendor, "Limits", partial(Limits, tries=1))


@contextmanager
def _sandbox(settings: Settings, *faults: Fault) -> Iterator[Sandbox]:
    with Sandbox(accounts={KEY: payloads(8)}, faults=faults) as made:
        settings.EGRESS_ALLOW_PRIVATE = frozenset({f"127.0.0.1:{made.port}"})
        settings.FETCH_THREADS = 4
        yield made


def _account(**changes: object) -> VendorAccount:
    if changes:
        VendorAccount.objects.update(**changes)
    return VendorAccount.objects.get()


def _claimed(source: Source) -> ledger.Claim:
    job = begin(source)
    claim = ledger.claim(tenant_id=source.tenant_id, job_id=job.pk)
    assert claim is not None
    return claim


def _again(tenant: Tenant) -> None:
    """Let every job that waits be due, and run them."""
    with tenant_context(tenant.pk):
        Job.objects.filter(state="queued").update(due_at=timezone.now())
    drain()


def _run(tenant: Tenant, kind: JobKind) -> None:
    with tenant_context(tenant.pk):
        job = Job.objects.get(kind=kind)
    tasks.run_job(str(tenant.pk), str(job.pk))


def _held(tenant: Tenant) -> int:
    with tenant_context(tenant.pk):
        return ListedCall.objects.filter(state=ListedState.HELD).count()


@pytest.mark.parametrize("kind", [pacer.PutOff, pacer.CircuitOpen, DestinationRefused])
def test_who_did_not_ask_the_vendor_says_nothing_of_it(kind: type[Refused], tenant: Tenant) -> None:
    source = connected(tenant, "http://127.0.0.1:9")
    closed = timezone.now() + timedelta(seconds=20)
    _account(failures=4, closed_until=closed)
    refusal = kind("refused", "so", "wait")
    if isinstance(refusal, RateLimited | VendorDown):
        refusal.retry_after = 40
    with pytest.raises(kind), vendor.asking(_claimed(source), source):
        raise refusal
    account = _account()
    assert (account.failures, account.closed_until, account.limited_at) == (4, closed, None)


def test_an_answer_of_any_kind_ends_an_outage(tenant: Tenant) -> None:
    source = connected(tenant, "http://127.0.0.1:9")
    claim = _claimed(source)
    for kind in (BadReply, RateLimited):
        _account(failures=2)
        with pytest.raises(kind), vendor.asking(claim, source):
            raise kind("refused", "so", "wait")
        assert _account().failures == 0


def test_jobs_that_try_while_the_circuit_is_open_do_not_keep_it_open(
    tenant: Tenant, settings: Settings, once: None
) -> None:
    with _sandbox(settings, Fault("/v2/transcript", AWAY, times=99)) as sandbox:
        begin(connected(tenant, sandbox.base_url))
        for _ in range(pacer.FAILURES):
            _again(tenant)
        account, asked = _account(), sum(sandbox.requests.values())
        for _ in range(3):
            _again(tenant)
        assert sum(sandbox.requests.values()) == asked == account.failures == pacer.FAILURES
    assert _account().closed_until == account.closed_until
    with tenant_context(tenant.pk):
        waits_until = Job.objects.get(kind=JobKind.BACKFILL).due_at
    assert account.closed_until is not None
    assert abs(waits_until - account.closed_until) < timedelta(seconds=2)


def test_one_lane_probes_and_all_go_on_when_it_is_answered(
    tenant: Tenant, settings: Settings, once: None
) -> None:
    lanes, probes = 4, 1
    away = Fault("/v2/transcript/", AWAY, times=pacer.FAILURES * lanes + probes)
    with _sandbox(settings, away) as sandbox:
        begin(connected(tenant, sandbox.base_url))
        for _ in range(pacer.FAILURES):
            _again(tenant)
        assert (_account().failures, _held(tenant)) == (pacer.FAILURES, 0)
        _account(closed_until=timezone.now())
        _again(tenant)
        assert (_account().failures, _held(tenant)) == (pacer.FAILURES + 1, 0)
        _account(closed_until=timezone.now())
        _again(tenant)
    account = _account()
    assert (_held(tenant), account.failures, account.closed_until) == (8, 0, None)


def test_a_fetch_job_begins_no_call_after_its_slice_but_one_a_lane(
    tenant: Tenant, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _sandbox(settings) as sandbox:
        begin(connected(tenant, sandbox.base_url))
        _run(tenant, JobKind.BACKFILL)
        monkeypatch.setattr(vendor, "slice_s", lambda: -1.0)
        _run(tenant, JobKind.FETCH)
    assert _held(tenant) == 4
