"""The backfill against the fault script: whatever comes in between, it ends with every call."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from reviews.ingest import backfill
from reviews.models import Job, JobState, Source, SourceState, Tenant, TranscriptState
from reviews.models.tenancy import tenant_context
from reviews.sandbox.account import Account
from reviews.sandbox.behaviour import Behaviour
from reviews.sandbox.clock import FakeClock
from reviews.sandbox.faults import FaultScript
from reviews.sandbox.server import Sandbox
from reviews.sandbox.wire import Wire
from reviews.sources.assemblyai.client import AssemblyAI
from tests.factories.loop import KEY, begin, connected, drain, payloads, transcripts

pytestmark = [pytest.mark.verification, pytest.mark.django_db(transaction=True)]
CALLS = 40
ROUNDS = 60
"""More than any seed needs: what never ends is a failure."""


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(timezone.now())


@pytest.fixture
def account(clock: FakeClock) -> Account:
    account = Account(now=clock.now, behaviour=Behaviour())
    for number, row in enumerate(payloads(CALLS)):
        account.add(row, created=clock.now() - timedelta(minutes=number))
    return account


def go_on(source: Source) -> bool:
    """What an admin and the clock do: restore the key, let what waits be due, look once more.

    True where something was left to do.
    """
    with tenant_context(source.tenant_id):
        waiting = Job.objects.filter(state=JobState.QUEUED).update(due_at=timezone.now())
        paused = Source.objects.filter(state=SourceState.PAUSED).update(
            state=SourceState.ACTIVE, paused_code=""
        )
        if not waiting:
            backfill.start(Source.objects.get(pk=source.pk))
    drain()
    return bool(waiting or paused)


def is_done(source: Source) -> bool:
    with tenant_context(source.tenant_id):
        return Source.objects.get(pk=source.pk).backfill_done_at is not None


@pytest.mark.parametrize("seed", [3, 11, 20])
def test_a_backfill_ends_with_every_call_whatever_the_vendor_does(
    seed: int, clock: FakeClock, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = FaultScript(seed, 0.45)
    sandbox = Sandbox(accounts={KEY: account}, now=clock.now, script=script)
    around = Wire(sandbox, clock=clock).surroundings()
    monkeypatch.setattr(backfill, "AssemblyAI", partial(AssemblyAI, surroundings=around))
    tenant = Tenant.objects.create(slug="a", name="A")
    source = connected(tenant, sandbox.base_url)
    begin(source)
    drain()
    before = -1
    for _ in range(ROUNDS):
        if not go_on(source) and is_done(source) and script.hits.total() == before:
            break
        before = script.hits.total()
    held = transcripts(tenant)
    assert set(account.ids()) <= set(held)
    assert set(held) <= set(account.ids()) | script.gone
    whole = {name for name, row in held.items() if row.state == TranscriptState.READY}
    assert set(account.ids()) - script.gone <= whole
    assert len(script.hits) > 15
