"""The sweeper helps a queue that lost its nudges and does not flood one that is long."""

import os
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from django.conf import settings
from django.utils import timezone
from django_q.models import OrmQ

from compliance_app.run import worker
from reviews.jobs import ledger
from reviews.jobs.ledger import Due
from reviews.jobs.nudge import nudge
from reviews.models.ids import uuid7

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Iterator[worker._Watch]:
    """A watch whose nudges count as lost at once."""
    monkeypatch.setattr(worker, "NUDGE_AGAIN_S", 0.0)
    monkeypatch.setattr(worker, "QUEUE_LIMIT", 5)
    with tempfile.TemporaryFile() as file:
        yield worker._Watch(file.fileno())


def test_a_sweep_fills_the_queue_to_its_limit_in_the_order_given(
    watch: worker._Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[UUID] = []

    def listen(*, tenant_id: UUID, job_id: UUID) -> None:
        told.append(job_id)
        nudge(tenant_id=tenant_id, job_id=job_id)

    monkeypatch.setattr(worker, "nudge", listen)
    overdue = [Due(uuid7(), uuid7(), timezone.now()) for _ in range(3)]
    for _ in range(4):
        watch._nudge(overdue)
    assert OrmQ.objects.count() == 5
    ids = [due.job_id for due in overdue]
    assert told == [*ids, *ids[:2]]


def test_a_cluster_is_stalled_by_its_last_sign_and_not_while_its_code_loads(
    watch: worker._Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "nudge", lambda **_: None)
    due = [Due(uuid7(), uuid7(), timezone.now() - timedelta(days=1))]
    monkeypatch.setattr(ledger, "due_jobs", lambda limit: due)
    now = time.time()

    def stalled_after(seconds: float) -> bool:
        monkeypatch.setattr(time, "time", lambda: now + seconds)
        return watch.sweep()

    assert not stalled_after(worker.START_S - 1)
    assert stalled_after(worker.START_S + 1)
    os.utime(watch._progress)
    assert not stalled_after(settings.JOB_STALL_S - 1)
    assert stalled_after(settings.JOB_STALL_S + 1)
    late = timezone.now() + timedelta(seconds=settings.JOB_STALL_S)
    monkeypatch.setattr(ledger, "due_jobs", lambda limit: [Due(uuid7(), uuid7(), late)])
    assert not stalled_after(settings.JOB_STALL_S + 5), "it had nothing to do until now"
    assert stalled_after(2 * settings.JOB_STALL_S + 5)
    monkeypatch.setattr(ledger, "due_jobs", lambda limit: [])
    assert not stalled_after(settings.JOB_STALL_S + 1), "without work nothing stalls"
