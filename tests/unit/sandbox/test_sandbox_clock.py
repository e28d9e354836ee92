"""The sandbox by a clock that the test moves: what a transcript is, and when the list shows it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reviews.sandbox.account import Account
from reviews.sandbox.behaviour import Behaviour
from reviews.sandbox.clock import FakeClock, utc_now
from reviews.sandbox.server import Sandbox

KEY = "k"
LIST = "/v2/transcript"
WHOLE = {
    "text": "Hi.",
    "words": [{"text": "Hi.", "start": 0, "end": 9, "confidence": 0.9, "speaker": "A"}],
    "audio_duration": 7,
    "confidence": 0.9,
    "speaker_labels": True,
}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def account(clock: FakeClock) -> Account:
    return Account(now=clock.now, behaviour=Behaviour())


@pytest.fixture
def sandbox(clock: FakeClock, account: Account) -> Sandbox:
    return Sandbox(accounts={KEY: account}, now=clock.now)


def _ask(sandbox: Sandbox, target: str, method: str = "GET") -> Any:
    return json.loads(sandbox.answer(method, target, KEY, b"").body)


def _listed(sandbox: Sandbox, query: str = "?limit=200") -> dict[str, str]:
    return {row["id"]: row["status"] for row in _ask(sandbox, LIST + query)["transcripts"]}


def _in(clock: FakeClock, **passed: float) -> datetime:
    return clock.now() + timedelta(**passed)


def test_the_real_clock_is_utc() -> None:
    assert abs((utc_now() - datetime.now(UTC)).total_seconds()) < 5


def test_the_fake_clock_moves_by_what_sleeps_and_never_back(clock: FakeClock) -> None:
    began = clock.now()
    clock.sleep(1.5)
    clock.advance(-9)
    assert (clock.monotonic(), clock.now() - began) == (1.5, timedelta(seconds=1.5))


def test_a_transcript_goes_from_queued_to_processing_to_its_end(
    clock: FakeClock, account: Account, sandbox: Sandbox
) -> None:
    account.add(
        {"id": "a"} | WHOLE, begins_at=_in(clock, seconds=10), completes_at=_in(clock, seconds=30)
    )
    seen = []
    for seconds in (0, 9, 1, 19, 1):
        clock.advance(seconds)
        seen.append((_ask(sandbox, f"{LIST}/a")["status"], _listed(sandbox)["a"]))
    by_time = ["queued", "queued", "processing", "processing", "completed"]
    assert seen == [(status, status) for status in by_time]


def test_what_was_heard_is_there_at_the_end_only(
    clock: FakeClock, account: Account, sandbox: Sandbox
) -> None:
    account.add({"id": "a"} | WHOLE, completes_at=_in(clock, seconds=30))
    before = _ask(sandbox, f"{LIST}/a")
    assert [before[key] for key in ("text", "words", "audio_duration", "confidence")] == [None] * 4
    assert before["speaker_labels"] is True
    assert _ask(sandbox, LIST)["transcripts"][0]["completed"] is None
    clock.advance(30)
    assert _ask(sandbox, f"{LIST}/a")["text"] == "Hi."
    assert _ask(sandbox, LIST)["transcripts"][0]["completed"] == "2026-01-06T09:00:30"


def test_an_error_shows_itself_at_the_end_only(
    clock: FakeClock, account: Account, sandbox: Sandbox
) -> None:
    ends = _in(clock, seconds=30)
    account.add({"id": "a", "status": "error", "error": "No audio."}, completes_at=ends)
    assert _ask(sandbox, LIST)["transcripts"][0]["error"] is None
    assert _ask(sandbox, f"{LIST}/a")["error"] is None
    clock.advance(30)
    assert _ask(sandbox, LIST)["transcripts"][0]["error"] == "No audio."
    assert _ask(sandbox, f"{LIST}/a")["status"] == "error"


def test_calls_end_in_another_order_than_they_came(
    clock: FakeClock, account: Account, sandbox: Sandbox
) -> None:
    for name, minutes in (("a", 60), ("b", 5), ("c", 30)):
        clock.advance(1)
        account.add({"id": name}, completes_at=_in(clock, minutes=minutes))
    assert list(_listed(sandbox)) == ["c", "b", "a"]
    clock.advance(6 * 60)
    assert _listed(sandbox, "?status=completed") == {"b": "completed"}
    clock.advance(30 * 60)
    assert list(_listed(sandbox, "?status=completed")) == ["c", "b"]


def test_a_transcript_of_the_future_is_not_there_yet(
    clock: FakeClock, account: Account, sandbox: Sandbox
) -> None:
    account.add({"id": "a"}, created=_in(clock, hours=1))
    assert _listed(sandbox) == {}
    assert "not found" in _ask(sandbox, f"{LIST}/a")["error"]
    assert account.ids() == []
    clock.advance(3600)
    assert account.ids() == list(_listed(sandbox)) == ["a"]


def test_an_earlier_transcript_added_later_stands_in_its_place(
    clock: FakeClock, account: Account, sandbox: Sandbox
) -> None:
    account.add({"id": "new"})
    account.add({"id": "old"}, created=_in(clock, days=-2))
    assert list(_listed(sandbox)) == ["new", "old"]
    assert list(_listed(sandbox, "?before_id=new")) == ["old"]


@pytest.mark.parametrize(("hours", "listed"), [(89 * 24, True), (90 * 24, False), (91 * 24, False)])
def test_the_list_shows_ninety_days_and_the_rest_can_be_fetched(
    clock: FakeClock, account: Account, sandbox: Sandbox, hours: int, listed: bool
) -> None:
    account.add({"id": "a"} | WHOLE)
    clock.advance(hours * 3600)
    assert ("a" in _listed(sandbox)) is listed
    assert _ask(sandbox, f"{LIST}/a")["text"] == "Hi."


def test_calls_with_fixed_dates_are_listed_however_old_they_are() -> None:
    sandbox = Sandbox(accounts={KEY: [{"id": "a", "created": "2001-01-01T00:00:00"}]})
    assert _listed(sandbox) == {"a": "completed"}


def test_what_is_submitted_ends_after_the_turnaround(clock: FakeClock) -> None:
    accounts: dict[str, list[dict[str, Any]]] = {KEY: []}
    sandbox = Sandbox(accounts=accounts, now=clock.now, turnaround=timedelta(seconds=20))
    body = b'{"audio_url": "https://a.example/1.wav"}'
    made = json.loads(sandbox.answer("POST", LIST, KEY, body).body)
    assert (made["status"], "created" in made) == ("queued", False)
    clock.advance(19)
    assert _ask(sandbox, f"{LIST}/{made['id']}")["status"] == "processing"
    clock.advance(1)
    assert _ask(sandbox, f"{LIST}/{made['id']}")["text"]


def test_a_page_stands_still_while_calls_end_and_arrive(
    clock: FakeClock, account: Account, sandbox: Sandbox
) -> None:
    for number in range(6):
        clock.advance(1)
        account.add({"id": f"t{number}"}, completes_at=_in(clock, minutes=6 - number))
    first = list(_listed(sandbox, "?limit=3"))
    clock.advance(120)
    account.add({"id": "newer"})
    second = list(_listed(sandbox, f"?limit=3&before_id={first[-1]}"))
    assert first + second == [f"t{number}" for number in reversed(range(6))]
