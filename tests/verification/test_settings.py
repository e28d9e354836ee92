"""What the vendor leaves undocumented may be either way: the product ends with the same calls."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from pytest_django import Settings

from reviews.models import Source, Tenant
from reviews.sandbox.account import Account
from reviews.sandbox.behaviour import Behaviour, settings
from reviews.sandbox.clock import FakeClock
from reviews.sandbox.server import Sandbox
from reviews.sandbox.wire import Wire
from reviews.sources.assemblyai.client import AssemblyAI
from tests.factories.loop import KEY, begin, connected, drain, payloads, transcripts

pytestmark = pytest.mark.verification
each_setting = pytest.mark.parametrize("behaviour", settings().values(), ids=settings())
CALLS = 45


@pytest.fixture
def client(behaviour: Behaviour) -> Iterator[AssemblyAI]:
    clock = FakeClock()
    account = Account(now=clock.now, behaviour=behaviour)
    for number in range(CALLS):
        created = clock.now() - timedelta(minutes=number)
        account.add({"id": f"t{number:02}", "text": "Hi."}, created=created)
    wire = Wire(Sandbox(accounts={KEY: account}, now=clock.now), clock=clock)
    with AssemblyAI(key=KEY, surroundings=wire.surroundings()) as client:
        yield client


@each_setting
def test_the_client_walks_over_every_call_and_reads_its_time(
    client: AssemblyAI, behaviour: Behaviour
) -> None:
    items = [item for page in client.walk(limit=10) for item in page.items]
    assert [item.id for item in items] == [f"t{number:02}" for number in range(CALLS)]
    times = [item.created_at for item in items if item.created_at is not None]
    assert len(times) == CALLS
    assert {late - early for late, early in pairwise(times)} == {timedelta(minutes=1)}
    assert all(item.completed_at == item.created_at for item in items)


@each_setting
@pytest.mark.django_db(transaction=True)
def test_a_backfill_takes_in_every_call(behaviour: Behaviour, settings: Settings) -> None:
    rows = payloads(4)
    tenant = Tenant.objects.create(slug="a", name="A")
    with Sandbox(accounts={KEY: rows}, behaviour=replace(behaviour, list_days=None)) as sandbox:
        settings.EGRESS_ALLOW_PRIVATE = frozenset({f"127.0.0.1:{sandbox.port}"})
        source: Source = connected(tenant, sandbox.base_url)
        begin(source)
        drain()
    assert set(transcripts(tenant)) == {row["id"] for row in rows}
