"""The fault script: every kind hits, a seed gives the same again, and the truth comes through."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, TypeVar

import pytest

from reviews.egress import NotFound
from reviews.errors import Refused
from reviews.sandbox.account import Account
from reviews.sandbox.answers import Answer, Trouble
from reviews.sandbox.behaviour import Behaviour
from reviews.sandbox.clock import FakeClock
from reviews.sandbox.faults import CONNECTION, HOOKS, FaultKind, FaultScript
from reviews.sandbox.server import Sandbox
from reviews.sandbox.wire import Wire
from reviews.sources.assemblyai.client import AssemblyAI
from reviews.sources.assemblyai.wire import parse
from reviews.sources.intake import receive

KEY = "k"
LIST = "/v2/transcript"
Given = TypeVar("Given")
LASTING = {FaultKind.GONE_400, FaultKind.GONE_404, FaultKind.TOMBSTONE}
AUDIO = {FaultKind.AUDIO_LATE, FaultKind.AUDIO_EXPIRED}
OF_HOOKS = {*HOOKS, FaultKind.HOOK_LOST}


def _payload(number: int) -> dict[str, Any]:
    word = {"text": f"word{number}", "start": 10, "end": 90, "confidence": 0.9, "speaker": "A"}
    said = {"text": word["text"], "start": 10, "end": 90, "confidence": 0.9, "speaker": "A"}
    return {
        "id": f"t{number:03}",
        "text": word["text"],
        "words": [word],
        "utterances": [said | {"words": [word]}],
        "audio_duration": 60 + number,
        "confidence": 0.9,
        "language_confidence": None,
        "redact_pii_audio": True,
    }


class World:
    """A vendor with `calls` and a script, and a client that does not give up."""

    def __init__(self, script: FaultScript, calls: int = 150) -> None:
        self.clock = FakeClock()
        self.script = script
        self.account = Account(now=self.clock.now, behaviour=Behaviour())
        for number in range(calls):
            created = self.clock.now() - timedelta(minutes=number)
            self.account.add(_payload(number), created=created, completes_at=self.clock.now())
        self.sandbox = Sandbox(accounts={KEY: self.account}, now=self.clock.now, script=script)
        self.wire = Wire(self.sandbox, clock=self.clock)
        self.got: dict[str, bytes] = {}
        self.lost: set[str] = set()
        self.seen: Counter[str] = Counter()

    @contextmanager
    def client(self) -> Iterator[AssemblyAI]:
        with AssemblyAI(key=KEY, surroundings=self.wire.surroundings()) as client:
            yield client

    def patiently(self, ask: Callable[[], Given]) -> Given:
        for _ in range(8):
            try:
                return ask()
            except NotFound:
                raise
            except (Refused, ValueError) as error:
                self.seen[type(error).__name__] += 1
                self.clock.advance(5)
        return ask()

    def run(self) -> None:
        """Until a whole walk finds nothing new, and nothing befell it."""
        with self.client() as client:
            before = -1
            while self._walk(client) or self.script.hits.total() != before:
                before = self.script.hits.total()

    def _walk(self, client: AssemblyAI) -> int:
        before, fresh = None, 0
        while True:
            page = self.patiently(partial(client.list_page, before_id=before, limit=10))
            for item in page.items:
                fresh += self._take(client, item.id)
            if page.before_id is None:
                return fresh
            before = page.before_id

    def _take(self, client: AssemblyAI, external_id: str) -> bool:
        if external_id in self.got or external_id in self.lost:
            return False
        try:
            self.got[external_id] = self.patiently(partial(_ended, client, external_id))
        except NotFound:
            self.lost.add(external_id)
        return True


def _ended(client: AssemblyAI, external_id: str) -> bytes:
    body = client.get(external_id)
    if parse(receive(body).value, expected_id=external_id).status != "completed":
        raise ValueError("it has not ended")
    return body


def _heard(body: bytes) -> tuple[object, ...]:
    read = parse(receive(body).value)
    return read.external_id, read.transcript.words, read.transcript.duration_ms, read.is_tombstone


@pytest.mark.parametrize("seed", range(5))
def test_a_patient_client_ends_with_the_truth_and_meets_every_kind(seed: int) -> None:
    world = World(FaultScript(seed, 0.6))
    world.run()
    assert set(FaultKind) - set(world.script.hits) == OF_HOOKS | AUDIO
    assert world.lost <= world.script.gone
    truth = world.account.ids()
    assert set(truth) <= set(world.got)
    kept = set(truth) - world.script.gone
    whole = {name: world.account.body(name) for name in kept}
    assert {name: _heard(world.got[name]) for name in kept} == {
        name: _heard(body) for name, body in whole.items() if body is not None
    }
    assert set(world.script.added) - world.script.gone <= kept
    assert len(world.script.added) > 0
    assert len(world.script.gone) > 0


def test_without_a_lasting_kind_nothing_is_lost() -> None:
    world = World(FaultScript(3, 0.5, kinds=set(FaultKind) - LASTING))
    world.run()
    assert world.lost == world.script.gone == set()
    assert set(world.account.ids()) == set(world.got)


def test_a_seed_gives_the_same_again_and_another_one_does_not() -> None:
    runs = []
    for seed in (7, 7, 8):
        world = World(FaultScript(seed, 0.4), calls=40)
        world.run()
        runs.append((world.script.hits, world.script.gone, world.clock.monotonic(), world.seen))
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]


def test_a_rate_of_nothing_gives_the_truth_at_once() -> None:
    world = World(FaultScript(1, 0.0, lost_hooks=0.0), calls=20)
    world.run()
    assert (world.script.hits, world.seen) == (Counter(), Counter())


def test_every_kind_says_what_it_is() -> None:
    assert len(FaultKind) >= 35
    assert len({kind.value for kind in FaultKind}) == len(FaultKind)


def _one(kind: FaultKind, target: str = LIST, seed: int = 1) -> tuple[Answer, World]:
    world = World(FaultScript(seed, 1.0, kinds={kind}), calls=30)
    return world.sandbox.answer("GET", target, KEY, b""), world


ONE = f"{LIST}/t003"
SHAPES = {
    FaultKind.LIMITED_SECONDS: (429, "2"),
    FaultKind.LIMITED_BARE: (429, None),
    FaultKind.LIMITED_ABSURD: (429, "1000000000"),
    FaultKind.LIMITED_NEGATIVE: (429, "-5"),
    FaultKind.LIMITED_GARBAGE: (429, "soon"),
    FaultKind.SERVER_ERROR: (500, None),
    FaultKind.BAD_GATEWAY: (502, None),
    FaultKind.UNAVAILABLE: (503, None),
    FaultKind.GATEWAY_TIMEOUT: (504, None),
    FaultKind.GONE_400: (400, None),
    FaultKind.GONE_404: (404, None),
}


@pytest.mark.parametrize("kind", SHAPES)
def test_a_refusal_has_its_status_and_its_wait(kind: FaultKind) -> None:
    answer, world = _one(kind, ONE)
    assert (answer.status, answer.retry_after) == SHAPES[kind]
    assert world.script.hits == {kind: 1}


@pytest.mark.parametrize("seed", range(6))
def test_a_date_to_wait_for_is_near_or_an_hour_off(seed: int) -> None:
    near, world = _one(FaultKind.LIMITED_DATE)
    skewed, _ = _one(FaultKind.CLOCK_SKEW, seed=seed)
    waits = [
        (parsedate_to_datetime(answer.retry_after or "") - world.clock.now()).total_seconds()
        for answer in (near, skewed)
    ]
    assert waits[0] == 2
    assert waits[1] in (3602, -3598)


@pytest.mark.parametrize(
    ("kind", "trouble"),
    [
        (FaultKind.READ_TIMEOUT, Trouble.SILENCE),
        (FaultKind.SLOW_DRIP, Trouble.DRIP),
        (FaultKind.RESET, Trouble.RESET),
        (FaultKind.CUT_BODY, Trouble.CUT),
        (FaultKind.ENDLESS_BODY, Trouble.ENDLESS),
    ],
)
def test_a_trouble_befalls_the_true_answer(kind: FaultKind, trouble: Trouble) -> None:
    answer, _ = _one(kind, ONE)
    assert answer.trouble is trouble
    assert json.loads(answer.body)["text"] == "word3"


@pytest.mark.parametrize("kind", [FaultKind.QUOTA_CUT, FaultKind.KEY_REVOKED])
def test_some_faults_take_several_requests_of_the_key_and_end(kind: FaultKind) -> None:
    first, world = _one(kind)
    world.script.rate = 0.0
    after = [world.sandbox.answer("GET", ONE, KEY, b"").status for _ in range(4)]
    longer = 2 if kind is FaultKind.QUOTA_CUT else 1
    assert after == [first.status] * longer + [200] * (4 - longer)


def _page(kind: FaultKind, query: str = "?limit=10") -> tuple[Any, World]:
    answer, world = _one(kind, LIST + query)
    return json.loads(answer.body), world


def test_a_page_may_lead_to_itself_or_elsewhere() -> None:
    loop = _page(FaultKind.PAGE_LOOP)[0]["page_details"]
    assert loop["prev_url"] == loop["current_url"]
    foreign = _page(FaultKind.FOREIGN_LINK)[0]["page_details"]["prev_url"]
    assert foreign.startswith("https://collector.example/v2/transcript?")


def test_a_page_that_shrinks_goes_on_where_it_ends() -> None:
    page, world = _page(FaultKind.PAGE_SHRINKS)
    rows = [row["id"] for row in page["transcripts"]]
    assert 0 < len(rows) == page["page_details"]["result_count"] < 10
    link = page["page_details"]["prev_url"].removeprefix(world.sandbox.base_url)
    following = json.loads(world.sandbox.answer("GET", link, KEY, b"").body)["transcripts"]
    assert following[0]["id"] == f"t{len(rows):03}"


def test_a_call_arrives_while_a_page_is_read() -> None:
    page, world = _page(FaultKind.PAGE_GROWS)
    assert [row["id"] for row in page["transcripts"]] == [f"t{n:03}" for n in range(10)]
    assert world.account.ids()[0] == world.script.added[0]


def test_rows_come_twice_or_in_no_order() -> None:
    straight = [f"t{n:03}" for n in range(10)]
    twice = [row["id"] for row in _page(FaultKind.DUPLICATE_ITEMS)[0]["transcripts"]]
    assert (len(twice), set(twice)) == (11, set(straight))
    shuffled = [row["id"] for row in _page(FaultKind.OUT_OF_ORDER)[0]["transcripts"]]
    assert shuffled != straight
    assert sorted(shuffled) == straight


def test_a_transcript_may_be_taken_away_for_good() -> None:
    for kind in LASTING:
        first, world = _one(kind, ONE)
        world.script.rate = 0.0
        again = world.sandbox.answer("GET", ONE, KEY, b"")
        assert world.script.gone == {"t003"}
        is_tombstone = kind is FaultKind.TOMBSTONE
        assert (again.status, b"Deleted by user." in again.body) == (
            (200, True) if is_tombstone else (400, False)
        )
        assert first.status in (200, 400, 404)


@pytest.mark.parametrize(
    ("kind", "status"),
    [(FaultKind.STATUS_BACK, "processing"), (FaultKind.STATUS_UNKNOWN, "moderating")],
)
def test_a_status_goes_back_and_comes_again(kind: FaultKind, status: str) -> None:
    answer, world = _one(kind, ONE)
    shown = json.loads(answer.body)
    assert (shown["status"], shown["text"]) == (status, None)
    assert json.loads(world.sandbox.answer("GET", ONE, KEY, b"").body)["text"] == "word3"


@pytest.mark.parametrize(
    "kind", [FaultKind.MISSING_FIELD, FaultKind.EXTRA_FIELD, FaultKind.RETYPED_FIELD]
)
@pytest.mark.parametrize("target", [LIST, ONE])
def test_fields_change_and_say_the_same(kind: FaultKind, target: str) -> None:
    answer, world = _one(kind, target)
    truth = world.sandbox.answer("GET", target, KEY, b"")
    assert answer.body != truth.body
    if target == ONE:
        assert _heard(answer.body) == _heard(truth.body)
    else:
        ids = [[row["id"] for row in json.loads(a.body)["transcripts"]] for a in (answer, truth)]
        assert ids[0] == ids[1]


@pytest.mark.parametrize(
    ("kind", "status", "after"),
    [(FaultKind.AUDIO_LATE, 202, 200), (FaultKind.AUDIO_EXPIRED, 400, 400)],
)
def test_redacted_audio_is_late_or_over(kind: FaultKind, status: int, after: int) -> None:
    answer, world = _one(kind, f"{ONE}/redacted-audio")
    assert answer.status == status
    assert world.sandbox.answer("GET", f"{ONE}/redacted-audio", KEY, b"").status == after


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_a_request_that_changes_something_does_so_once_at_most(method: str) -> None:
    for seed in range(40):
        world = World(FaultScript(seed, 1.0), calls=3)
        target = LIST if method == "POST" else f"{LIST}/t001"
        for _ in range(3):
            before = world.account.ids()
            answer = world.sandbox.answer(method, target, KEY, b'{"audio_url": "https://a.test"}')
            assert len(world.account.ids()) - len(before) in ((0, 1) if method == "POST" else (0,))
            assert answer.status in (200, 400, 401, 429, 500, 502, 503, 504)


def test_a_connection_fault_befalls_the_connection_after_an_answer() -> None:
    script = FaultScript(2, 1.0, kinds=CONNECTION)
    world = World(script, calls=60)
    world.run()
    assert set(script.hits) == set(CONNECTION)
    assert world.seen == {}, "the client itself tries again"


def test_a_key_that_opens_nothing_is_refused_all_the_same() -> None:
    world = World(FaultScript(1, 0.0))
    assert world.sandbox.answer("GET", LIST, "other", b"").status == 401
