"""Kill whoever sends, lose no event: each that was committed reaches its receiver, under its id."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from compliance_app.run.processes import die_with_parent
from reviews import outbox
from reviews.export import deliver, hooks
from reviews.jobs import ledger
from reviews.models import Delivery, Event, EventKind, Hook, HookOrigin, Job, JobKind, Tenant
from reviews.models.ids import uuid7
from reviews.models.tenancy import tenant_context
from reviews.outbox import Said
from tests.factories.receiver import Receiver, receiving
from tests.integration.killing import FAST, ROOT, alive, children, stopped, until

EVENTS, KILLS = 200, 6
SEEDS = range(int(os.environ.get("KILL_SEEDS", "1")))
pytestmark = [
    pytest.mark.kill,
    pytest.mark.timeout(60),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def receiver(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """Slow enough that a round takes a quarter of a second."""
    with receiving() as own:
        own.answer = _late
        settings.EGRESS_ALLOW_PRIVATE = frozenset({own.entry})
        monkeypatch.setenv("EGRESS_ALLOW_PRIVATE", own.entry)
        yield own


def _late(_body: dict[str, Any]) -> tuple[int, dict[str, str]]:
    time.sleep(0.03)
    return 204, {}


@pytest.fixture
def hook(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Hook:
    """200 events are committed for it, and whoever did that died before anybody was woken."""
    tenant, now = Tenant.objects.create(slug="a", name="A"), timezone.now()
    monkeypatch.setattr(outbox, "wake", lambda *_: None)
    kind = EventKind.SOURCE_UNHEALTHY
    said = [Said(kind, uuid7(), outbox.SHAPES[kind]) for _ in range(EVENTS)]
    with tenant_context(tenant.pk):
        made = hooks.create(
            tenant_id=tenant.pk,
            wanted=hooks.Wanted("flow", receiver.url),
            origin=HookOrigin.API,
            by=None,
            now=now,
        )
        outbox.emit(tenant.pk, said, at=now)
        ledger.wake(tenant_id=tenant.pk, kind=JobKind.DELIVER, source_id=made.row.pk, at=now)
    return made.row


@pytest.fixture
def sender(hook: Hook) -> Iterator[int]:
    """The pid of the one whose children send."""
    code = "import django; django.setup(); from tests.integration import sender; sender.main()"
    own = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | FAST | {"DJANGO_SETTINGS_MODULE": "compliance_app.settings"},
        preexec_fn=die_with_parent(signal.SIGKILL),
    )
    yield own.pid
    own.kill()
    own.wait()


@pytest.mark.parametrize("number", SEEDS)
def test_every_event_arrives_though_its_sender_is_killed_again_and_again(
    number: int, hook: Hook, receiver: Receiver, sender: int
) -> None:
    chance = random.Random(number)
    for _ in range(KILLS):
        least = len(set(receiver.taken)) + chance.randrange(1, EVENTS // KILLS - 8)
        until(lambda: len(set(receiver.taken)) >= least)  # noqa: B023 # asked before the next round
        _kill(sender, hook)
    until(lambda: not _waiting(hook), 20)
    with tenant_context(hook.tenant_id):
        ids = {outbox.message_id(pk) for pk in Event.objects.values_list("pk", flat=True)}
        states = set(Delivery.objects.values_list("state", flat=True))
    assert (len(ids), states) == (EVENTS, {"delivered"})
    assert set(receiver.taken) == ids
    assert len(receiver.got) <= EVENTS + KILLS * deliver.BATCH, "a round alone is sent again"


def _kill(sender: int, hook: Hook) -> None:
    """Whoever sends, while something waits; the end of its lease is not waited for."""
    (pid,) = until(lambda: children(sender))
    with stopped(pid):
        assert _waiting(hook)
        os.kill(pid, signal.SIGKILL)
    until(lambda: not alive(pid) or pid not in children(sender))
    with tenant_context(hook.tenant_id):
        Job.objects.filter(subject_id=hook.pk).update(due_at=timezone.now())


def _waiting(hook: Hook) -> int:
    with tenant_context(hook.tenant_id):
        return Delivery.objects.filter(state="waiting").count()
