"""Webhooks by the clock: the vendor's rule for trying again, and what may befall them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from reviews.sandbox.account import Account
from reviews.sandbox.behaviour import Behaviour
from reviews.sandbox.clock import FakeClock
from reviews.sandbox.faults import FaultKind, FaultScript
from reviews.sandbox.server import Sandbox
from reviews.sandbox.webhooks import Webhooks

KEY = "k"
HOOK = "https://hooks.example/in?queue=claims"


@dataclass
class Receiver:
    """Answers in turn, the last one again and again; None: no answer; (n, s): s after n seconds."""

    clock: FakeClock
    answers: list[Any] = field(default_factory=lambda: [200])
    seen: list[tuple[float, str, dict[str, str], Any]] = field(default_factory=list)

    def deliver(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        self.seen.append((self.clock.monotonic(), url, dict(headers), json.loads(body)))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer is None:
            self.clock.advance(10)
            raise TimeoutError("timed out")
        seconds, status = answer if isinstance(answer, tuple) else (0, answer)
        self.clock.advance(seconds)
        return int(status)

    @property
    def times(self) -> list[float]:
        return [at for at, *_ in self.seen]

    @property
    def ids(self) -> list[str]:
        return [body["transcript_id"] for *_, body in self.seen]


@dataclass
class World:
    script: FaultScript | None = None
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        self.account = Account(now=self.clock.now, behaviour=Behaviour())
        self.sandbox = Sandbox(accounts={KEY: self.account}, now=self.clock.now, script=self.script)
        self.receiver = Receiver(self.clock)
        self.hooks = Webhooks(self.sandbox, deliver=self.receiver.deliver)

    def add(self, name: str, seconds: float = 30, **given: Any) -> datetime:
        ends = self.clock.now() + timedelta(seconds=seconds)
        self.account.add({"id": name, "webhook_url": HOOK} | given, completes_at=ends)
        return ends

    def pass_by(self, seconds: int) -> None:
        """One second after another, whatever is due in each."""
        until = self.clock.monotonic() + seconds
        while self.clock.monotonic() < until:
            self.clock.advance(1)
            self.hooks.run_due()

    def status_code(self, name: str) -> object:
        body = self.sandbox.answer("GET", f"/v2/transcript/{name}", KEY, b"").body
        return json.loads(body).get("webhook_status_code")


@pytest.fixture
def world() -> World:
    return World()


def test_a_webhook_comes_when_the_call_ends_and_says_id_and_status_alone(world: World) -> None:
    world.add("a", webhook_auth_header_name="X-Secret", webhook_auth_header_value="s3")
    world.add("b", 40, status="error", error="No audio.")
    assert world.hooks.next_at is None
    world.pass_by(120)
    assert world.receiver.seen == [
        (30, HOOK, {"Content-Type": "application/json", "X-Secret": "s3"},
         {"transcript_id": "a", "status": "completed"}),
        (40, HOOK, {"Content-Type": "application/json"},
         {"transcript_id": "b", "status": "error"}),
    ]  # fmt: skip
    assert (world.status_code("a"), world.status_code("b")) == (200, 200)


def test_the_secret_of_the_header_is_never_served(world: World) -> None:
    world.add("a", webhook_auth_header_name="X-Secret", webhook_auth_header_value="s3")
    body = json.loads(world.sandbox.answer("GET", "/v2/transcript/a", KEY, b"").body)
    assert (body["webhook_auth"], body["webhook_auth_header_name"]) == (True, "X-Secret")
    assert "s3" not in json.dumps(body)


def test_calls_that_were_there_before_send_nothing() -> None:
    sandbox = Sandbox(accounts={KEY: [{"id": "a", "webhook_url": HOOK}]})
    receiver = Receiver(FakeClock())
    assert Webhooks(sandbox, deliver=receiver.deliver).run_due() == 0


def test_a_submitted_call_sends_one(world: World) -> None:
    body = json.dumps({"audio_url": "https://a.example/1.wav", "webhook_url": HOOK}).encode()
    made = json.loads(world.sandbox.answer("POST", "/v2/transcript", KEY, body).body)["id"]
    world.pass_by(5)
    assert world.receiver.seen == []
    for _ in range(2):
        world.account.get(made)
    world.pass_by(5)
    assert world.receiver.ids == [made]


@pytest.mark.parametrize("status", [200, 204, 400, 404, 410, 429])
def test_success_and_refusal_end_it(world: World, status: int) -> None:
    world.receiver.answers = [status]
    world.add("a")
    world.pass_by(400)
    assert world.receiver.times == [30]
    assert world.status_code("a") == status


@pytest.mark.parametrize("status", [500, 503, 302])
def test_other_answers_are_tried_ten_times_ten_seconds_apart(world: World, status: int) -> None:
    world.receiver.answers = [status]
    world.add("a")
    world.pass_by(400)
    assert world.receiver.times == [30 + 10 * number for number in range(10)]
    assert world.status_code("a") == status


def test_it_ends_when_the_receiver_is_back(world: World) -> None:
    world.receiver.answers = [503, 503, 200]
    world.add("a")
    world.pass_by(400)
    assert (world.receiver.times, world.status_code("a")) == ([30, 40, 50], 200)


def test_no_answer_within_ten_seconds_is_tried_again(world: World) -> None:
    world.receiver.answers = [None, 200]
    world.add("a")
    world.pass_by(400)
    assert (world.receiver.times, world.status_code("a")) == ([30, 50], 200)


def test_a_slow_success_comes_twice(world: World) -> None:
    world.receiver.answers = [(11, 200), 200]
    world.add("a")
    world.pass_by(400)
    assert (len(world.receiver.seen), world.status_code("a")) == (2, 200)


def test_nobody_there_is_given_up_after_ten_attempts(world: World) -> None:
    world.receiver.answers = [None]
    world.add("a")
    world.pass_by(900)
    assert len(world.receiver.seen) == 10
    assert world.receiver.times[-1] - world.receiver.times[0] == 180
    assert world.status_code("a") is None


def test_redacted_audio_says_its_own_without_an_id(world: World) -> None:
    ends = world.clock.now() + timedelta(seconds=30)
    world.account.add(
        {"id": "a", "webhook_url": HOOK, "redact_pii_audio": True},
        completes_at=ends,
        audio_ready_at=ends + timedelta(seconds=60),
    )
    world.pass_by(200)
    (_, _, _, first), (at, url, _, second) = world.receiver.seen
    assert first == {"transcript_id": "a", "status": "completed"}
    assert (at, url, set(second)) == (90, HOOK, {"status", "redacted_audio_url"})
    assert second["status"] == "redacted_audio_ready"


def test_a_deleted_call_sends_nothing(world: World) -> None:
    world.add("a")
    world.account.delete("a")
    world.pass_by(60)
    assert world.receiver.seen == []


def _scripted(kind: FaultKind) -> World:
    return World(FaultScript(1, 0.0 if kind is FaultKind.HOOK_LOST else 1.0, kinds={kind}))


def test_three_of_ten_webhooks_are_lost() -> None:
    world = _scripted(FaultKind.HOOK_LOST)
    for number in range(1000):
        world.add(f"t{number}")
    world.pass_by(60)
    lost = world.script.hits[FaultKind.HOOK_LOST] if world.script else 0
    assert 250 < lost < 350
    assert len(world.receiver.seen) == 1000 - lost


def test_a_webhook_comes_ten_times() -> None:
    world = _scripted(FaultKind.HOOK_DUPLICATED)
    world.add("a")
    world.pass_by(60)
    assert world.receiver.ids == ["a"] * 10


def test_a_webhook_comes_after_the_next_one() -> None:
    world = _scripted(FaultKind.HOOK_REORDERED)
    world.add("a")
    world.pass_by(35)
    if world.script:
        world.script.rate = 0.0
    world.add("b", 4)
    world.pass_by(60)
    assert world.receiver.ids == ["b", "a"]


def test_a_webhook_comes_for_an_id_that_nobody_knows() -> None:
    world = _scripted(FaultKind.HOOK_UNKNOWN_ID)
    world.add("a")
    world.pass_by(60)
    stranger = next(name for name in world.receiver.ids if name != "a")
    assert len(world.receiver.ids) == 2
    assert world.account.get(stranger) is None


def _is_listed(world: World) -> bool:
    return [row["id"] for row in world.account.page({}, 10)[0]] == ["a"]


def test_a_webhook_comes_before_the_list_shows_the_call() -> None:
    world = _scripted(FaultKind.HOOK_BEFORE_LIST)
    world.add("a")
    world.pass_by(31)
    assert (world.receiver.ids, _is_listed(world)) == (["a"], False)
    assert world.account.get("a") is not None
    world.pass_by(60)
    assert _is_listed(world)


def test_the_list_shows_a_call_a_minute_before_its_webhook() -> None:
    world = _scripted(FaultKind.LIST_BEFORE_HOOK)
    world.add("a")
    world.pass_by(89)
    assert (world.receiver.ids, _is_listed(world)) == ([], True)
    world.pass_by(1)
    assert world.receiver.ids == ["a"]


def test_every_kind_of_webhook_fault_hits_in_a_hundred_calls() -> None:
    script = FaultScript(4, 0.5)
    world = World(script)
    for number in range(100):
        world.add(f"t{number}", number)
    world.pass_by(300)
    assert set(script.hits) == {kind for kind in FaultKind if "HOOK" in kind.name}
