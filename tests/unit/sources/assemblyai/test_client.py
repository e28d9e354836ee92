"""The client against the sandbox: paging, refusals, foreign links, faults."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from reviews.egress import (
    BadReply,
    DestinationRefused,
    KeyRefused,
    Limits,
    NotFound,
    RateLimited,
    Surroundings,
    VendorDown,
)
from reviews.errors import Refused
from reviews.sandbox.server import Fault, Sandbox
from reviews.sources.assemblyai.client import EU, US, AssemblyAI
from reviews.sources.intake import PayloadRefused

KEY = "sandbox-key"
LIST = "/v2/transcript"


def _id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


@pytest.fixture
def faults() -> list[Fault]:
    return []


@pytest.fixture
def sandbox(faults: list[Fault]) -> Iterator[Sandbox]:
    payloads = [{"id": _id(number), "text": "Hello."} for number in range(45)]
    with Sandbox(accounts={KEY: payloads}, faults=faults) as sandbox:
        yield sandbox


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def client(sandbox: Sandbox, slept: list[float]) -> Iterator[AssemblyAI]:
    with _client(sandbox, slept) as client:
        yield client


def _client(sandbox: Sandbox, slept: list[float], key: str = KEY) -> AssemblyAI:
    return AssemblyAI(
        key=key,
        base_url=sandbox.base_url,
        allow_private={f"127.0.0.1:{sandbox.port}"},
        limits=Limits(tries=3, total_seconds=60),
        surroundings=Surroundings(sleep=slept.append, chance=lambda: 1.0),
    )


def _list_body(prev_url: object, *ids: str) -> bytes:
    rows = [{"id": each, "status": "completed", "created": "2026-01-01"} for each in ids]
    value: dict[str, Any] = {"page_details": {"prev_url": prev_url}, "transcripts": rows}
    return json.dumps(value).encode()


def test_walk_reaches_every_transcript_once_from_newest_to_oldest(client: AssemblyAI) -> None:
    pages = list(client.walk(limit=20))
    seen = [item.id for page in pages for item in page.items]
    assert seen == [_id(number) for number in reversed(range(45))]
    assert [page.before_id for page in pages] == [_id(25), _id(5), None]


def test_walk_loses_nothing_while_new_transcripts_arrive(slept: list[float]) -> None:
    statuses = ("completed", "error", "processing", "queued")
    truth = {_id(number): statuses[number % 7 % 4] for number in range(1_003)}
    payloads = [{"id": key, "status": status} for key, status in truth.items()]
    seen: list[str] = []
    with Sandbox(accounts={KEY: payloads}) as sandbox, _client(sandbox, slept) as client:
        for page in client.walk():
            seen += [item.id for item in page.items]
            sandbox.accounts[KEY].submit({"audio_url": "https://a.example/new.wav"})
    assert len(seen) == len(set(seen))
    assert set(seen) == set(truth)


def test_list_page_goes_on_from_a_cursor(client: AssemblyAI) -> None:
    page = client.list_page(before_id=_id(3), limit=2)
    assert [item.id for item in page.items] == [_id(2), _id(1)]


def test_walk_keeps_to_a_day(client: AssemblyAI) -> None:
    pages = list(client.walk(created_on=date(2026, 1, 5), limit=20))
    assert [len(page.items) for page in pages] == [20, 20, 5]
    assert next(client.walk(created_on=date(2026, 1, 6))).items == ()


def test_list_page_asks_for_two_hundred(client: AssemblyAI) -> None:
    page = client.list_page()
    assert len(page.items) == 45
    assert client.follow(page) is None


def test_list_page_reads_times_as_utc(client: AssemblyAI) -> None:
    newest = client.list_page(limit=1).items[0]
    assert newest.created_at == datetime(2026, 1, 5, 9, 44, tzinfo=UTC)


def test_list_page_keeps_going_when_a_row_is_junk(client: AssemblyAI, faults: list[Fault]) -> None:
    rows: list[Any] = [{"id": "a", "completed": "foo"}, None, {"id": "../../x"}, {"status": 3}]
    faults.append(Fault(LIST, 200, body=json.dumps({"transcripts": rows}).encode()))
    page = client.list_page()
    assert [(item.id, item.status, item.completed_at) for item in page.items] == [
        ("a", "unknown", None)
    ]
    assert (page.unreadable, page.before_id) == (3, None)


@pytest.mark.parametrize(
    "link",
    [
        "https://collector.example/v2/transcript?before_id=a",
        "http://127.0.0.1:1/v2/transcript",
        "http://localhost/v2/transcript",
        "//collector.example/v2",
        "file:///etc/passwd",
        "http://127.0.0.1\\@collector.example/",
    ],
)
def test_follow_refuses_a_link_to_another_origin(
    client: AssemblyAI, sandbox: Sandbox, faults: list[Fault], link: str
) -> None:
    faults.append(Fault(LIST, 200, body=_list_body(link, "a")))
    page = client.list_page()
    with pytest.raises(DestinationRefused):
        client.follow(page)
    assert sandbox.requests.total() == 1


def test_walk_refuses_links_that_lead_in_a_circle(
    client: AssemblyAI, sandbox: Sandbox, faults: list[Fault]
) -> None:
    link = f"{sandbox.base_url}{LIST}?before_id=a"
    faults.append(Fault(LIST, 200, times=10, body=_list_body(link, "a")))
    with pytest.raises(BadReply, match="earlier page"):
        list(client.walk())
    assert sandbox.requests[LIST] == 2


@pytest.mark.parametrize("body", [b"{}", b'{"transcripts": null}', b'{"transcripts": {"a": 1}}'])
def test_list_page_refuses_a_reply_that_is_no_list(
    client: AssemblyAI, faults: list[Fault], body: bytes
) -> None:
    faults.append(Fault(LIST, 200, body=body))
    with pytest.raises(BadReply, match="transcripts"):
        client.list_page()


@pytest.mark.parametrize("body", [b"", b'{"transcripts": [{"id": "a"', b"[" * 100_000, b"<html>"])
def test_list_page_refuses_a_broken_reply(
    client: AssemblyAI, faults: list[Fault], body: bytes
) -> None:
    faults.append(Fault(LIST, 200, body=body))
    with pytest.raises(PayloadRefused):
        client.list_page()


def test_get_gives_the_bytes_as_they_came(client: AssemblyAI) -> None:
    assert json.loads(client.get(_id(7)))["text"] == "Hello."


def test_get_says_not_found_for_an_id_the_account_does_not_have(client: AssemblyAI) -> None:
    with pytest.raises(NotFound):
        client.get("nowhere")


def test_get_does_not_take_another_400_for_not_found(
    client: AssemblyAI, faults: list[Fault]
) -> None:
    faults.append(Fault(LIST, 400, body=b'{"error": "the account balance is negative"}'))
    with pytest.raises(BadReply, match="400"):
        client.get(_id(1))


@pytest.mark.parametrize("external_id", ["", "..", "a/b", "a?x=1", "a%2fb", "a b", "é", "a" * 101])
def test_get_refuses_an_id_that_would_change_the_path(
    client: AssemblyAI, sandbox: Sandbox, external_id: str
) -> None:
    with pytest.raises(NotFound, match="id is refused"):
        client.get(external_id)
    assert sandbox.requests.total() == 0


def test_a_key_of_another_region_is_refused(sandbox: Sandbox, slept: list[float]) -> None:
    with (
        Sandbox(accounts={"eu-key": []}) as europe,
        _client(europe, slept) as client,
        pytest.raises(KeyRefused),
    ):
        client.list_page()
    assert US.removeprefix("https://api.") == EU.removeprefix("https://api.eu.")


@pytest.mark.parametrize(
    ("fault", "refusal"),
    [
        (Fault(LIST, 401), KeyRefused),
        (Fault(LIST, 429, times=9), RateLimited),
        (Fault(LIST, 500, times=9), VendorDown),
        (Fault(LIST, 503, times=9), VendorDown),
        (Fault(LIST, 504, times=9), VendorDown),
    ],
)
def test_the_walk_stops_with_a_typed_refusal_at_its_nth_request(
    client: AssemblyAI, faults: list[Fault], fault: Fault, refusal: type[Refused]
) -> None:
    faults.append(Fault(fault.path, fault.status, times=fault.times, skip=2))
    pages = client.walk(limit=10)
    assert [len(next(pages).items), len(next(pages).items)] == [10, 10]
    with pytest.raises(refusal):
        next(pages)


def test_the_walk_survives_a_storm_of_429(
    client: AssemblyAI, faults: list[Fault], slept: list[float]
) -> None:
    faults += [Fault(LIST, 429, times=2, skip=1, retry_after="3"), Fault(LIST, 503, skip=4)]
    assert sum(len(page.items) for page in client.walk(limit=10)) == 45
    assert slept == [3.0, 3.0, 1.0]


def _redacted(faults: list[Fault], body: bytes, status: int = 200) -> None:
    faults.append(Fault(f"{LIST}/{_id(1)}/redacted-audio", status, times=9, body=body))


def test_redacted_audio_is_an_address_or_not_ready_yet(
    client: AssemblyAI, faults: list[Fault]
) -> None:
    url = "https://recordings.example/1.mp3?signature=s"
    _redacted(faults, json.dumps({"redacted_audio_url": url}).encode())
    assert client.redacted_audio(_id(1)) == url
    for body in (b"", b'{"status": "processing"}'):
        faults.clear()
        _redacted(faults, body, 202)
        assert client.redacted_audio(_id(1)) is None


@pytest.mark.parametrize(
    ("status", "body", "refused"),
    [
        (400, b'{"error": "gone"}', NotFound),
        (404, b"", NotFound),
        (200, b'{"redacted_audio_url": null}', BadReply),
        (200, b"{}", BadReply),
        (418, b"", BadReply),
    ],
)
def test_redacted_audio_that_is_not_there_is_told_from_an_odd_reply(
    client: AssemblyAI, faults: list[Fault], status: int, body: bytes, refused: type[Refused]
) -> None:
    _redacted(faults, body, status)
    with pytest.raises(refused):
        client.redacted_audio(_id(1))
