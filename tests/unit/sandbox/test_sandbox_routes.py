"""Paths beside the list: redacted audio, uploads, projects, what is refused, each setting."""

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest

from reviews.sandbox.account import Access, Account
from reviews.sandbox.answers import Answer
from reviews.sandbox.behaviour import Behaviour, settings
from reviews.sandbox.clock import FakeClock
from reviews.sandbox.server import Sandbox

KEY, OTHER = "k", "other"
LIST = "/v2/transcript"
WORDS = [
    {"text": text, "start": at, "end": at + 1, "confidence": 0.9, "speaker": None}
    for at, text in enumerate(["Smoke", "rises."])
]


class World:
    """One account with two projects, a key for each; nothing in it."""

    def __init__(self, behaviour: Behaviour | None = None) -> None:
        self.clock = FakeClock()
        self.account = Account(now=self.clock.now, behaviour=behaviour or Behaviour())
        accounts = {KEY: Access(self.account, "sales"), OTHER: Access(self.account, "service")}
        self.sandbox = Sandbox(accounts=accounts, now=self.clock.now)

    def ask(self, target: str, method: str = "GET", key: str | None = KEY, body: Any = b"") -> Any:
        answer = self.answer(target, method, key, body)
        return answer.status, json.loads(answer.body or b"null")

    def answer(
        self, target: str, method: str = "GET", key: str | None = KEY, body: Any = b""
    ) -> Answer:
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.sandbox.answer(method, target, key, sent)

    def listed(self, query: str = "", key: str = KEY) -> list[str]:
        return [row["id"] for row in self.ask(f"{LIST}{query}", key=key)[1]["transcripts"]]

    def submit(self, key: str = KEY, **wanted: Any) -> Any:
        request = {"audio_url": "https://a.example/1.wav"} | wanted
        return self.ask(LIST, "POST", key, request)


@pytest.fixture
def world() -> World:
    return World()


def _with(**switches: Any) -> World:
    return World(Behaviour(**switches))


def test_redacted_audio_is_awaited_fetched_without_a_key_and_over_after_a_day(world: World) -> None:
    ready = world.clock.now() + timedelta(minutes=1)
    world.account.add(
        {"id": "a", "redact_pii_audio": True}, audio_ready_at=ready, audio=b"RIFF redacted"
    )
    path = f"{LIST}/a/redacted-audio"
    assert world.ask(path) == (202, {"status": "processing"})
    world.clock.advance(60)
    status, found = world.ask(path)
    assert (status, found["status"]) == (200, "redacted_audio_ready")
    plain = found["redacted_audio_url"].removeprefix(world.sandbox.base_url)
    got = world.answer(plain, key=None)
    assert (got.status, got.kind, got.body) == (200, "audio/wav", b"RIFF redacted")
    world.clock.advance(24 * 3600 - 1)
    assert world.ask(path)[0] == 200
    world.clock.advance(1)
    assert world.ask(path)[0] == 400
    assert world.answer(plain, key=None).status == 403


def test_redacted_audio_that_nobody_asked_for_is_400(world: World) -> None:
    world.account.add({"id": "a"})
    assert world.ask(f"{LIST}/a/redacted-audio")[0] == 400
    assert world.answer("/audio/a.wav", key=None).status == 404


def test_an_upload_is_named_by_its_bytes_and_heard_in_the_redacted_audio(world: World) -> None:
    status, made = world.ask("/v2/upload", "POST", body=b"RIFF of ours")
    name = hashlib.sha256(b"RIFF of ours").hexdigest()
    assert (status, made["upload_url"]) == (200, f"{world.sandbox.base_url}/upload/{name}")
    again = world.ask("/v2/upload", "POST", body=b"RIFF of ours")[1]
    assert again == made
    call = world.submit(
        audio_url=made["upload_url"],
        redact_pii=True,
        redact_pii_audio=True,
        redact_pii_policies=["date"],
    )[1]
    for _ in range(2):
        world.ask(f"{LIST}/{call['id']}")
    assert world.answer(f"/audio/{call['id']}.wav", key=None).body == b"RIFF of ours"


def test_an_upload_of_another_project_is_refused(world: World) -> None:
    made = world.ask("/v2/upload", "POST", OTHER, b"RIFF of ours")[1]
    assert world.submit(audio_url=made["upload_url"]) == (
        403,
        {"error": "Cannot access uploaded file"},
    )
    assert world.submit(OTHER, audio_url=made["upload_url"])[0] == 200


def test_two_keys_of_one_account_see_the_same_or_each_its_own() -> None:
    for is_per_project, seen in ((False, 2), (True, 1)):
        world = _with(is_list_per_project=is_per_project)
        mine, theirs = world.submit()[1]["id"], world.submit(OTHER)[1]["id"]
        assert len(world.listed()) == len(world.listed(key=OTHER)) == seen
        assert (mine in world.listed(), theirs in world.listed(key=OTHER)) == (True, True)


@pytest.mark.parametrize(
    "wanted",
    [
        {"content_safety_confidence": 24},
        {"content_safety_confidence": 101},
        {"content_safety_confidence": "50"},
        {"redact_pii": True},
        {"redact_pii": True, "redact_pii_policies": []},
        {"redact_pii": True, "redact_pii_policies": ["date"], "redact_pii_sub": "entity_type"},
        {"audio_url": None},
    ],
)
def test_a_submission_the_vendor_refuses_is_400(world: World, wanted: dict[str, Any]) -> None:
    assert world.submit(**wanted)[0] == 400
    assert world.listed() == []


def test_the_list_of_what_was_throttled_goes_before_the_status(world: World) -> None:
    world.account.add({"id": "a", "throttled": True, "status": "error", "error": "No audio."})
    world.account.add({"id": "b"})
    assert world.listed("?throttled_only=true&status=completed") == ["a"]
    assert world.listed("?throttled_only=false&status=completed") == ["b"]


def test_a_call_is_deleted_after_its_end_only_or_at_any_time() -> None:
    for is_deletable in (False, True):
        world = _with(is_unfinished_deletable=is_deletable)
        ends = world.clock.now() + timedelta(minutes=1)
        world.account.add({"id": "a", "text": "Hi."}, completes_at=ends)
        assert world.ask(f"{LIST}/a", "DELETE")[0] == (200 if is_deletable else 400)
        world.clock.advance(60)
        assert world.ask(f"{LIST}/a", "DELETE")[1]["text"] == "Deleted by user."
        assert world.listed() == ["a"]


def test_a_call_past_its_retention_is_unknown_or_a_tombstone() -> None:
    for is_tombstone in (False, True):
        world = _with(is_expired_tombstone=is_tombstone)
        ends = world.clock.now() + timedelta(hours=72)
        world.account.add({"id": "a", "text": "Hi."}, expires_at=ends)
        world.clock.advance(72 * 3600 - 1)
        assert (world.listed(), world.ask(f"{LIST}/a")[1]["text"]) == (["a"], "Hi.")
        world.clock.advance(1)
        assert (world.listed(), world.account.ids()) == ([], [])
        status, body = world.ask(f"{LIST}/a")
        assert (status, body.get("text")) == (
            (200, "Deleted by user.") if is_tombstone else (400, None)
        )


def _ten(world: World) -> World:
    for number in range(10):
        world.clock.advance(1)
        world.account.add({"id": f"t{number}", "words": WORDS})
    return world


def test_after_id_gives_the_newest_or_the_nearest() -> None:
    query = "?limit=3&after_id=t2"
    assert _ten(_with()).listed(query) == ["t9", "t8", "t7"]
    nearest = _ten(_with(is_after_id_nearest=True))
    assert nearest.listed(query) == ["t5", "t4", "t3"]
    assert nearest.ask(LIST + query)[1]["page_details"]["prev_url"].endswith("before_id=t3")


def test_an_unknown_cursor_bounds_nothing_or_is_refused() -> None:
    assert _ten(_with()).listed("?limit=1&before_id=none") == ["t9"]
    refusing = _ten(_with(is_unknown_cursor_refused=True))
    assert refusing.ask(f"{LIST}?before_id=none")[0] == 400
    assert refusing.listed("?limit=1&before_id=t3") == ["t2"]


def test_a_cursor_past_its_retention_still_bounds_the_list_or_does_not() -> None:
    for is_unknown, listed in ((False, "t2"), (True, "t9")):
        world = _ten(_with(is_expired_cursor_unknown=is_unknown))
        world.account.vanish("t3")
        assert world.listed("?limit=1&before_id=t3") == [listed]


@pytest.mark.parametrize("suffix", ["", "Z", "+00:00"])
def test_times_end_in_what_the_setting_says(suffix: str) -> None:
    world = _ten(_with(time_suffix=suffix))
    row = world.ask(f"{LIST}?limit=1")[1]["transcripts"][0]
    assert row["created"] == row["completed"] == f"2026-01-06T09:00:10{suffix}"


@pytest.mark.parametrize(("hours", "day"), [(0, "2026-01-06"), (-10, "2026-01-05")])
def test_a_day_begins_where_the_setting_says(hours: int, day: str) -> None:
    world = _ten(_with(day_offset_hours=hours))
    assert len(world.listed(f"?created_on={day}")) == 10


def test_words_without_a_hit_are_left_out_or_counted() -> None:
    path = f"{LIST}/t1/word-search?words=smoke,absent"
    found = [_ten(_with(are_zero_hits_listed=on)).ask(path)[1] for on in (False, True)]
    assert [each["total_count"] for each in found] == [1, 1]
    assert [[row["count"] for row in each["matches"]] for each in found] == [[1], [1, 0]]


def test_a_phrase_has_the_index_of_its_first_word_or_of_each() -> None:
    path = f"{LIST}/t1/word-search?words=smoke+rises"
    found = [_ten(_with(is_every_index_listed=on)).ask(path)[1] for on in (False, True)]
    assert [each["total_count"] for each in found] == [1, 1]
    assert [each["matches"][0]["indexes"] for each in found] == [[0], [0, 1]]


def test_redacted_audio_in_work_has_a_body_or_none() -> None:
    world = _with(is_pending_audio_empty=True)
    ready = world.clock.now() + timedelta(minutes=1)
    world.account.add({"id": "a", "redact_pii_audio": True}, audio_ready_at=ready)
    answer = world.answer(f"{LIST}/a/redacted-audio")
    assert (answer.status, answer.body) == (202, b"")


def test_a_model_must_be_named_where_the_setting_says() -> None:
    world = _with(needs_speech_models=True)
    assert world.submit()[0] == 400
    assert world.submit(speech_models=["universal-2"])[0] == 200


def test_answers_tell_the_limit_where_the_setting_says() -> None:
    names = [name for name, _ in _ten(_with(has_limit_headers=True)).answer(LIST).headers]
    assert names == ["X-RateLimit-Limit", "X-RateLimit-Remaining"]
    assert _ten(_with()).answer(LIST).headers == ()


def test_there_is_a_setting_for_each_side_of_each_switch() -> None:
    named = settings()
    assert named["default"] == Behaviour()
    others = {name.partition("=")[0] for name in named} - {"default"}
    assert others == set(Behaviour.__dataclass_fields__) - {"list_days"}
    assert len(set(named.values())) == len(named)
