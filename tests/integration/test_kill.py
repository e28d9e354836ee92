"""Kill anything, lose nothing: 300 calls evaluated exactly once, whatever died on the way."""

import os
import random
import signal
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from django.db import Error, connection
from pytest_django import DjangoDbBlocker

from compliance_app.run.postgres import Server
from reviews.demo import build
from reviews.evaluation import run
from reviews.models import Transcript
from reviews.models.tenancy import tenant_context
from tests.factories import demo
from tests.integration.killing import Worker, done, leases, stopped, until

CALLS = 300
DRAIN_S = 30.0
SEEDS = range(int(os.environ.get("KILL_SEEDS", "1")))
COUNT = """
CREATE TABLE IF NOT EXISTS insert_count (transcript uuid);
CREATE OR REPLACE FUNCTION count_insert() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
  $f$ BEGIN INSERT INTO public.insert_count VALUES (NEW.transcript_id); RETURN NULL; END $f$;
CREATE OR REPLACE TRIGGER count_insert AFTER INSERT ON reviews_evaluation
  FOR EACH ROW EXECUTE FUNCTION count_insert();
"""
RESET = """
TRUNCATE insert_count, reviews_evaluation, reviews_finding, reviews_queueitem, reviews_review,
  reviews_reviewnote, reviews_job, django_q_ormq CASCADE
"""
pytestmark = [
    pytest.mark.kill,
    pytest.mark.timeout(180),
    pytest.mark.usefixtures("counting"),
]


@pytest.fixture(scope="module")
def tenants(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, server: Server
) -> Iterator[list[UUID]]:
    """Three tenants with 300 stored calls between them, made once."""
    with django_db_blocker.unblock():
        rows = demo.tenants()
        for call in build.calls(CALLS, seed=7):
            demo.keep(next(row for row in rows if row.slug == call.tenant), call)
        with server.connect() as admin:
            admin.execute(COUNT)
            admin.execute("ALTER ROLE verbatim_app SET synchronous_commit = on")
        yield [row.pk for row in rows]
        with server.connect() as admin:
            admin.execute("DROP TABLE insert_count CASCADE")
            admin.execute("DROP FUNCTION count_insert CASCADE")


@pytest.fixture
def counting(
    tenants: list[UUID], server: Server, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """300 queued jobs and no evaluation."""
    with django_db_blocker.unblock():
        with server.connect() as admin:
            admin.execute(RESET)
        for tenant in tenants:
            with tenant_context(tenant):
                for row in Transcript.objects.defer("payload"):
                    run.schedule(row)
        yield


@pytest.fixture
def worker() -> Iterator[Worker]:
    made = Worker().start()
    yield made
    made.kill()


def busy_worker(worker: Worker, tenants: list[UUID], server: Server, chance: random.Random) -> bool:
    """Kill a worker that holds a lease; False where the one looked at holds none."""
    pid = chance.choice(worker.named("queue-worker"))
    with stopped(pid):
        if not leases(tenants, pid):
            return False
        os.kill(pid, signal.SIGKILL)
    return True


def idle_worker(worker: Worker, tenants: list[UUID], server: Server, chance: random.Random) -> bool:
    """Kill a worker between two jobs, which may hold the queue's lock; another holds a lease."""
    pid = chance.choice(worker.named("queue-worker"))
    with stopped(pid):
        if leases(tenants, pid) or not leases(tenants):
            return False
        os.kill(pid, signal.SIGKILL)
    return True


def whole_group(worker: Worker, tenants: list[UUID], server: Server, chance: random.Random) -> bool:
    """Kill supervisor, cluster and all its processes at once; start anew, as the owner does."""
    guard = worker.guard()
    os.killpg(guard, signal.SIGSTOP)
    if not leases(tenants):
        os.killpg(guard, signal.SIGCONT)
        return False
    worker.kill()
    worker.start()
    return True


def hung_cluster(
    worker: Worker, tenants: list[UUID], server: Server, chance: random.Random
) -> bool:
    """Freeze the cluster and leave it so: all its processes live, and nothing gets done."""
    guard = worker.guard()
    os.killpg(guard, signal.SIGSTOP)
    if leases(tenants):
        return True
    os.killpg(guard, signal.SIGCONT)
    return False


def postgres(worker: Worker, tenants: list[UUID], server: Server, chance: random.Random) -> bool:
    """Kill the database's main process and start it again, as its owner does."""
    if not leases(tenants):
        return False
    assert server.process is not None
    server.process.kill()
    server.process.wait()
    server.restart()
    return True


VICTIMS = [busy_worker, idle_worker, whole_group, postgres, hung_cluster]
Kill = Callable[[Worker, list[UUID], Server, random.Random], bool]


@pytest.mark.parametrize("number", SEEDS)
@pytest.mark.parametrize("kill", VICTIMS, ids=lambda kill: kill.__name__)
def test_every_call_is_evaluated_exactly_once_when_something_is_killed(
    kill: Kill, number: int, worker: Worker, tenants: list[UUID], server: Server
) -> None:
    chance = random.Random(f"{kill.__name__} {number}")
    moment = chance.randrange(10, 200)
    until(lambda: done(tenants) >= moment)
    until(lambda: kill(worker, tenants, server, chance))
    at_kill = _settled(tenants)
    assert 0 < at_kill < CALLS
    until(lambda: _settled(tenants) == CALLS, DRAIN_S)
    with server.connect() as admin:
        inserted = admin.execute(
            "SELECT count(*), count(DISTINCT transcript) FROM insert_count"
        ).fetchone()
    assert inserted == (CALLS, CALLS)
    assert worker.stop() < 10


def _settled(tenants: list[UUID]) -> int:
    """Jobs done; a connection that died with the database is made anew."""
    try:
        return done(tenants)
    except Error:
        connection.close()
        return done(tenants)


def test_twenty_jobs_pass_through_the_real_cluster_and_two_signals_stop_it(
    worker: Worker, tenants: list[UUID]
) -> None:
    until(lambda: done(tenants) >= 20)
    assert worker.stop(signals=2) < 5
