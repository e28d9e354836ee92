"""Outgoing webhooks: what happened reaches its receiver, once by id, whatever goes wrong."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from reviews import outbox, tasks
from reviews.egress import DestinationRefused
from reviews.export import deliver, hooks, sending, signing
from reviews.jobs import ledger
from reviews.models import (
    AuditEvent,
    Delivery,
    Event,
    EventKind,
    Hook,
    HookOrigin,
    Job,
    JobKind,
    MemberRole,
    Membership,
    Notification,
    Tenant,
    User,
)
from reviews.models.ids import uuid7
from reviews.models.tenancy import tenant_context
from reviews.outbox import Said
from tests.factories.receiver import Receiver, receiving

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    with receiving() as own:
        settings.EGRESS_ALLOW_PRIVATE = frozenset({own.entry})
        yield own


@dataclass
class Clock:
    at: datetime = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    own = Clock()
    monkeypatch.setattr(timezone, "now", lambda: own.at)
    return own


@dataclass
class World:
    tenant: Tenant
    admin: User
    clock: Clock
    commit: Callable[..., Any]

    def hook(self, url: str, *events: EventKind, name: str = "flow") -> Hook:
        return self.made(url, *events, name=name).row

    def made(self, url: str, *events: EventKind, name: str = "flow") -> hooks.Made:
        wanted = hooks.Wanted(name, url, [each.value for each in events])
        return hooks.create(
            tenant_id=self.tenant.pk,
            wanted=wanted,
            origin=HookOrigin.PAGE,
            by=self.admin,
            now=self.clock.at,
        )

    def happen(self, count: int = 1, kind: EventKind = EventKind.SOURCE_UNHEALTHY) -> None:
        """So many events of rows of their own, committed."""
        said = [Said(kind, uuid7(), outbox.SHAPES[kind]) for _ in range(count)]
        with self.commit(execute=True):
            outbox.emit(self.tenant.pk, said, at=self.clock.at)

    def work(self) -> None:
        """Every hook's job that is due, until it rests."""
        for job in Job.objects.filter(kind=JobKind.DELIVER):
            while claim := ledger.claim(tenant_id=self.tenant.pk, job_id=job.pk):
                tasks.work(claim)

    def pass_time(self, longest: timedelta) -> None:
        """Work whenever something is due, until so much time has passed or nothing waits."""
        end = self.clock.at + longest
        self.work()
        while (at := self._next()) is not None and at <= end:
            self.clock.at = at
            self.work()
        self.clock.at = end

    def _next(self) -> datetime | None:
        due = Delivery.objects.filter(state="waiting").order_by("due_at").first()
        if due is None:
            return None
        paused = due.hook.paused_until or due.due_at
        # Not before the job looks again.
        return max(due.due_at, paused, self.clock.at + timedelta(minutes=1))

    def states(self) -> list[str]:
        return sorted(Delivery.objects.values_list("state", flat=True))


@pytest.fixture
def world(
    clock: Clock, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> Iterator[World]:
    tenant = Tenant.objects.create(slug="a", name="A")
    admin = User.objects.create_user("bob@example.test")
    with tenant_context(tenant.pk):
        Membership.objects.create(tenant=tenant, user=admin, role=MemberRole.TENANT_ADMIN)
        yield World(tenant, admin, clock, django_capture_on_commit_callbacks)


def test_what_happens_reaches_the_receiver_signed(world: World, receiver: Receiver) -> None:
    made = world.made(receiver.url)
    world.happen()
    world.work()
    ((headers, body),) = receiver.got
    event = Event.objects.get()
    assert headers["webhook-id"] == f"msg_{event.pk.hex}"
    at = int(headers["webhook-timestamp"])
    signed = signing.sign(made.secret, headers["webhook-id"], at, body)
    assert headers["webhook-signature"] == signed
    assert receiver.bodies == [
        {
            "type": "source.unhealthy",
            "timestamp": "2026-11-01T12:00:00.000+00:00",
            "data": {"id": str(event.about_id), "sequence": 1, "code": "key_refused"},
        }
    ]
    row = Delivery.objects.get()
    assert (row.state, row.tries, row.last_status) == ("delivered", 1, 204)


def test_an_act_that_is_undone_tells_nobody(world: World, receiver: Receiver) -> None:
    world.hook(receiver.url)
    said = Said(EventKind.SOURCE_UNHEALTHY, uuid7(), {"code": "key_refused"})
    with transaction.atomic():
        outbox.emit(world.tenant.pk, [said], at=world.clock.at)
        assert Event.objects.count() == 1
        transaction.set_rollback(True)
    assert (Event.objects.count(), Delivery.objects.count()) == (0, 0)


def test_nothing_is_written_where_no_hook_wants_it(
    world: World, receiver: Receiver, django_assert_num_queries: Any
) -> None:
    off = world.hook(receiver.url, name="off")
    Hook.objects.filter(pk=off.pk).update(state="off", off_code="gone")
    world.hook(receiver.url, EventKind.FINDING_CREATED)
    with django_assert_num_queries(1):
        world.happen(5)
    assert Event.objects.count() == 0
    world.happen(2, EventKind.FINDING_CREATED)
    assert Delivery.objects.values_list("hook__name", flat=True).distinct().get() == "flow"


def test_events_of_one_row_are_counted_and_those_of_another_apart(
    world: World, receiver: Receiver
) -> None:
    world.hook(receiver.url)
    one, other = uuid7(), uuid7()
    for about in ([one, one], [other, one]):
        said = [Said(EventKind.SOURCE_UNHEALTHY, each, {"code": "x"}) for each in about]
        outbox.emit(world.tenant.pk, said, at=world.clock.at)
    numbers = Event.objects.order_by("pk").values_list("about_id", "sequence")
    assert list(numbers) == [(one, 1), (one, 2), (other, 1), (one, 3)]


def test_a_receiver_that_is_down_for_72_hours_gets_every_event_once(
    world: World, receiver: Receiver
) -> None:
    world.hook(receiver.url)
    receiver.answer = lambda _body: (503, {})
    for _ in range(12):
        world.happen(3)
        world.pass_time(6 * HOUR)
    assert receiver.taken == []
    tried = len(receiver.got)
    receiver.answer = lambda _body: (200, {})
    world.pass_time(27 * HOUR)
    assert sorted(receiver.taken) == sorted({f"msg_{row.pk.hex}" for row in Event.objects.all()})
    assert len(receiver.taken) == 36
    assert tried < 2 * 36, "a paused hook is tried by one event, not by all"
    hook = Hook.objects.get()
    assert (hook.state, hook.failures, hook.failing_since) == ("active", 0, None)


def test_whoever_dies_before_it_is_noted_has_it_sent_again_under_the_same_id(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.hook(receiver.url)
    world.happen()
    job = Job.objects.get(kind=JobKind.DELIVER, subject_id=Hook.objects.get().pk)
    claim = ledger.claim(tenant_id=world.tenant.pk, job_id=job.pk)
    assert claim is not None
    monkeypatch.setattr("reviews.export.deliver._round", _die)
    with pytest.raises(KeyboardInterrupt):
        tasks.work(claim)
    monkeypatch.setattr("reviews.export.deliver._round", ROUND)
    assert world.states() == ["waiting"]
    world.work()
    assert len(receiver.got) == 1, "its lease holds"
    world.clock.at = claim.lease_until + timedelta(seconds=1)
    world.work()
    assert len(receiver.got) == 2
    assert len(set(receiver.ids)) == 1
    assert world.states() == ["delivered"]


ROUND = deliver._round


def _die(*_: object) -> None:
    raise KeyboardInterrupt


def test_an_event_whose_wake_died_with_its_process_is_sent_within_a_minute(
    world: World, receiver: Receiver
) -> None:
    world.hook(receiver.url)
    world.happen()
    world.work()
    said = Said(EventKind.SOURCE_UNHEALTHY, uuid7(), {"code": "x"})
    outbox.emit(world.tenant.pk, [said], at=world.clock.at)  # and no wake
    world.clock.at += timedelta(minutes=1)
    world.work()
    assert len(receiver.taken) == 2


def test_an_event_that_always_fails_does_not_stop_the_others(
    world: World, receiver: Receiver
) -> None:
    world.hook(receiver.url)
    receiver.answer = lambda body: (500 if body["type"] == "dispute.opened" else 200, {})
    world.happen(kind=EventKind.DISPUTE_OPENED)
    for _ in range(20):
        world.happen()
        world.pass_time(5 * HOUR)
        waiting = Delivery.objects.filter(state="waiting").exclude(event__kind="dispute.opened")
        assert not waiting.exists()
    assert len(receiver.taken) == 20
    assert world.states() == ["delivered"] * 20 + ["failed"]
    assert Delivery.objects.get(state="failed").tries == 10


def test_many_events_go_over_a_few_connections(world: World, receiver: Receiver) -> None:
    world.hook(receiver.url)
    world.happen(150)
    world.work()
    assert len(set(receiver.taken)) == 150
    assert 0 < receiver.connections <= sending.AT_ONCE


def test_410_turns_the_hook_off_and_tells_its_admins(world: World, receiver: Receiver) -> None:
    world.hook(receiver.url)
    receiver.answer = lambda _body: (410, {})
    world.happen()
    world.work()
    hook = Hook.objects.get()
    assert (hook.state, hook.off_code) == ("off", "gone")
    assert Notification.objects.get().kind == "hook_off"
    assert AuditEvent.objects.filter(event="webhook.off").count() == 1
    world.happen()
    assert Event.objects.count() == 1, "nothing is kept for a hook that is off"


def test_a_hook_is_off_after_five_days_and_what_waits_goes_out_when_it_is_on_again(
    world: World, receiver: Receiver
) -> None:
    hook = world.hook(receiver.url)
    receiver.answer = lambda _body: (500, {})
    since = world.clock.at - timedelta(days=5)
    Hook.objects.update(state="paused", failures=9, failing_since=since, paused_until=since)
    world.happen(12)
    world.work()
    assert len(receiver.got) == 1, "a paused hook is tried by one event"
    hook.refresh_from_db()
    assert (hook.state, hook.off_code) == ("off", "failing")
    receiver.answer = lambda _body: (200, {})
    hooks.resume(hook, by=world.admin, now=world.clock.at)
    world.work()
    assert len(receiver.taken) == len(set(receiver.taken)) == 12


def test_what_waited_for_more_than_30_days_is_dropped(world: World, receiver: Receiver) -> None:
    hook = world.hook(receiver.url)
    world.happen()
    hooks.pause(hook, by=world.admin, now=world.clock.at)
    world.clock.at += timedelta(days=31)
    world.happen()
    hooks.resume(hook, by=world.admin, now=world.clock.at)
    world.work()
    assert world.states() == ["delivered", "dropped"]
    assert Delivery.objects.get(state="dropped").last_code == "too_old"


def test_a_receiver_that_asks_for_time_is_left_alone(world: World, receiver: Receiver) -> None:
    world.hook(receiver.url)
    receiver.answer = lambda _body: (429, {"Retry-After": "600"})
    world.happen(3)
    world.work()
    assert len(receiver.got) == 3
    receiver.answer = lambda _body: (200, {})
    world.pass_time(timedelta(seconds=599))
    assert len(receiver.got) == 3
    world.pass_time(timedelta(seconds=70))
    assert len(receiver.taken) == 3


def test_a_redirect_is_not_followed(world: World, receiver: Receiver) -> None:
    world.hook(receiver.url)
    receiver.answer = lambda _body: (302, {"Location": receiver.url + "/elsewhere"})
    world.happen()
    world.work()
    assert len(receiver.got) == 1
    row = Delivery.objects.get()
    assert (row.state, row.last_code, row.last_status) == ("waiting", "redirected", 302)


def test_a_private_address_is_refused_when_a_hook_is_made_and_when_it_is_sent_to(
    world: World, receiver: Receiver, settings: Settings
) -> None:
    world.hook(receiver.url)
    world.happen()
    settings.EGRESS_ALLOW_PRIVATE = frozenset()
    for url in (
        receiver.url,
        "https://127.0.0.1/",
        "https://169.254.169.254/latest",
        "http://a.b/",
    ):
        with pytest.raises(DestinationRefused):
            world.hook(url)
    world.work()
    assert receiver.got == []
    assert Delivery.objects.get().last_code == "destination_refused"


def test_after_a_rotation_the_old_secret_signs_for_a_day(world: World, receiver: Receiver) -> None:
    made = world.made(receiver.url)
    new = hooks.rotate(made.row, by=world.admin, now=world.clock.at)
    world.happen()
    world.work()
    world.clock.at += timedelta(hours=25)
    world.happen()
    world.work()
    first, second = receiver.got
    assert first[0]["webhook-signature"] == " ".join(_signed(first, new, made.secret))
    assert second[0]["webhook-signature"] == " ".join(_signed(second, new))
    assert new != made.secret


def _signed(got: tuple[dict[str, str], bytes], *secrets: str) -> list[str]:
    headers, body = got
    at = int(headers["webhook-timestamp"])
    return [signing.sign(each, headers["webhook-id"], at, body) for each in secrets]


def test_what_failed_is_sent_again_under_its_id(world: World, receiver: Receiver) -> None:
    hook = world.hook(receiver.url)
    receiver.answer = lambda _body: (400, {})
    world.happen(2)
    world.pass_time(90 * HOUR)
    assert world.states() == ["failed", "failed"]
    receiver.answer = lambda _body: (200, {})
    assert hooks.redeliver_failed(hook, by=world.admin, now=world.clock.at) == 2
    world.work()
    assert world.states() == ["delivered", "delivered"]
    row = Delivery.objects.select_related("hook").first()
    assert row is not None
    hooks.redeliver(row, by=world.admin, now=world.clock.at)
    world.work()
    assert len(receiver.taken) == 3
    assert len(set(receiver.taken)) == 2


def test_a_test_event_goes_to_its_hook_alone(world: World, receiver: Receiver) -> None:
    hook = world.hook(receiver.url, EventKind.FINDING_CREATED)
    world.hook(receiver.url, name="other")
    with world.commit(execute=True):
        hooks.ping(hook, by=world.admin, now=world.clock.at)
    world.work()
    assert [body["type"] for body in receiver.bodies] == ["ping"]


def test_a_hook_is_deleted_with_its_deliveries(world: World, receiver: Receiver) -> None:
    hook = world.hook(receiver.url)
    world.happen()
    hooks.delete(hook, by=world.admin, now=world.clock.at)
    world.work()
    assert receiver.got == []
    assert (Hook.objects.count(), Delivery.objects.count()) == (0, 0)
    assert AuditEvent.objects.filter(event="webhook.deleted").count() == 1


def test_what_is_older_than_90_days_is_taken_away_but_the_last_of_a_row(
    world: World, receiver: Receiver
) -> None:
    hook = world.hook(receiver.url)
    about, kind = uuid7(), EventKind.SOURCE_UNHEALTHY
    real = datetime.now(UTC)
    for days in (95, 92, 91, 10):
        world.clock.at = real - timedelta(days=days)
        own = about if days != 91 else uuid7()
        with world.commit(execute=True):
            outbox.emit(world.tenant.pk, [Said(kind, own, outbox.SHAPES[kind])], at=world.clock.at)
    hooks.ping(hook, by=None, now=real - timedelta(days=93))
    Delivery.objects.filter(event__created_at__lt=real - timedelta(days=90)).update(state="failed")
    Hook.objects.update(state="off", off_code="gone")
    world.clock.at = real
    world.work()
    left = sorted(Event.objects.values_list("kind", "sequence"))
    assert left == [(kind, 1), (kind, 3)]
    assert [row.event.sequence for row in Delivery.objects.all()] == [3]
    sweep = Job.objects.get(kind=JobKind.DELIVER, subject_id=world.tenant.pk)
    assert sweep.due_at == real + timedelta(days=1), "though every webhook is off"
