"""The sandbox as a server: answers, faults, counts, and how it ends."""

import json
import socket
import threading
from collections.abc import Iterator
from http.client import HTTPConnection, RemoteDisconnected
from typing import Any

import pytest

from reviews.sandbox.answers import Trouble
from reviews.sandbox.server import Fault, Sandbox

KEY = "sandbox-key"
LIST = "/v2/transcript"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    payloads = [{"id": f"t{number}", "text": "Hi.", "words": []} for number in range(3)]
    with Sandbox(accounts={KEY: payloads, "other-key": []}) as sandbox:
        yield sandbox


@pytest.fixture
def line(sandbox: Sandbox) -> Iterator[HTTPConnection]:
    connection = HTTPConnection("127.0.0.1", sandbox.port)
    yield connection
    connection.close()


def _ask(
    line: HTTPConnection, path: str, method: str = "GET", key: str = KEY, body: str | None = None
) -> tuple[int, Any]:
    line.request(method, path, body=body, headers={"Authorization": key})
    with line.getresponse() as reply:
        text = reply.read()
    return reply.status, json.loads(text) if text.startswith(b"{") else text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v2/transcript?limit=0", 400),
        ("GET", "/v2/transcript?limit=201", 400),
        ("GET", "/v2/transcript?limit=x", 400),
        ("GET", "/v2/transcript?limit=200", 200),
        ("GET", "/v2/transcript/none", 400),
        ("DELETE", "/v2/transcript/none", 400),
        ("DELETE", "/v2/transcript/t1/srt", 400),
        ("GET", "/v2/transcript/t1/word-search", 400),
        ("GET", "/v2/transcript/t1/word-search?words=,", 400),
        ("GET", "/v2/transcript/t1/srt?chars_per_caption=0", 400),
        ("GET", "/v2/transcript/t1/vtt", 200),
        ("GET", "/v2/transcript/t1/nothing", 404),
        ("GET", "/v3/transcript", 404),
        ("POST", "/v2/transcript", 400),
        ("POST", "/v2/upload", 200),
    ],
)
def test_answer_has_the_documented_status(
    line: HTTPConnection, method: str, path: str, status: int
) -> None:
    assert _ask(line, path, method)[0] == status


@pytest.mark.parametrize("key", ["", "wrong", f"Bearer {KEY}"])
def test_answer_is_401_for_a_key_it_does_not_know(line: HTTPConnection, key: str) -> None:
    status, body = _ask(line, LIST, key=key)
    assert status == 401
    assert body["error"].startswith("Authentication error")


def test_an_account_sees_only_its_own_transcripts(line: HTTPConnection) -> None:
    assert _ask(line, LIST, key="other-key")[1]["transcripts"] == []
    assert _ask(line, f"{LIST}/t1", key="other-key")[0] == 400


def test_the_list_links_to_older_and_newer_pages(line: HTTPConnection, sandbox: Sandbox) -> None:
    details = _ask(line, f"{LIST}?limit=2")[1]["page_details"]
    assert details["prev_url"] == f"{sandbox.base_url}{LIST}?limit=2&before_id=t1"
    assert details["next_url"] == f"{sandbox.base_url}{LIST}?limit=2&after_id=t2"
    older = _ask(line, details["prev_url"].removeprefix(sandbox.base_url))[1]
    assert [row["id"] for row in older["transcripts"]] == ["t0"]
    assert older["page_details"]["prev_url"] is None


def test_the_list_filters_by_status_and_day(line: HTTPConnection) -> None:
    assert len(_ask(line, f"{LIST}?status=completed")[1]["transcripts"]) == 3
    assert _ask(line, f"{LIST}?status=error")[1]["transcripts"] == []
    assert len(_ask(line, f"{LIST}?created_on=2026-01-05")[1]["transcripts"]) == 3
    assert _ask(line, f"{LIST}?created_on=2026-01-06")[1]["transcripts"] == []


def test_only_the_list_has_times(line: HTTPConnection) -> None:
    assert _ask(line, LIST)[1]["transcripts"][0]["created"] == "2026-01-05T09:02:00"
    assert "created" not in _ask(line, f"{LIST}/t1")[1]


def test_a_submitted_recording_moves_on_each_time_it_is_fetched(line: HTTPConnection) -> None:
    submitted = _ask(line, LIST, "POST", body='{"audio_url": "https://a.example/1.wav"}')[1]
    seen = [submitted["status"]]
    seen += [_ask(line, f"{LIST}/{submitted['id']}")[1]["status"] for _ in range(3)]
    assert seen == ["queued", "processing", "completed", "completed"]
    assert _ask(line, LIST)[1]["transcripts"][0]["id"] == submitted["id"]


def test_a_fault_replaces_only_the_requests_it_names() -> None:
    faults = [
        Fault(f"{LIST}/", 429, retry_after="5", skip=1),
        Fault(LIST, 503, times=2, skip=2),
        Fault(f"{LIST}/t1", 200, body=b'{"cut'),
    ]
    with Sandbox(accounts={KEY: [{"id": "t1"}]}, faults=faults) as sandbox:
        answers = [sandbox.answer("GET", f"{LIST}/t1", KEY, b"") for _ in range(6)]
        assert [answer.status for answer in answers] == [200, 429, 200, 503, 503, 200]
        assert [answer.body for answer in answers[3:5]] == [b"", b""]
        assert answers[0].body == b'{"cut'
        assert answers[1].retry_after == "5"
        assert sandbox.requests == {f"{LIST}/t1": 6}


def _begin(sandbox: Sandbox) -> socket.socket:
    """A connection that has asked for the list."""
    peer = socket.create_connection(("127.0.0.1", sandbox.port), timeout=30)
    peer.sendall(f"GET {LIST} HTTP/1.1\r\nHost: x\r\nAuthorization: {KEY}\r\n\r\n".encode())
    return peer


def _rest(peer: socket.socket) -> bytes:
    got = b""
    while piece := peer.recv(65_536):
        got += piece
    return got


def test_a_connection_is_reset_on_the_loopback() -> None:
    fault = Fault(LIST, 0, trouble=Trouble.RESET, at=9)
    with (
        Sandbox(accounts={KEY: []}, faults=[fault]) as sandbox,
        _begin(sandbox) as peer,
        pytest.raises(ConnectionResetError),
    ):
        _rest(peer)


def test_a_body_is_cut_on_the_loopback() -> None:
    fault = Fault(LIST, 0, trouble=Trouble.CUT, at=9)
    with Sandbox(accounts={KEY: []}, faults=[fault]) as sandbox, _begin(sandbox) as peer:
        head, _, body = _rest(peer).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert body == b'{"page_de'


@pytest.mark.parametrize("trouble", [Trouble.SILENCE, Trouble.DRIP, Trouble.ENDLESS])
def test_an_answer_that_keeps_waiting_ends_with_the_server(trouble: Trouble) -> None:
    asked = threading.Event()

    class Telling(Sandbox):
        def answer(self, *request: Any) -> Any:
            asked.set()
            return super().answer(*request)

    with Telling(accounts={KEY: []}, faults=[Fault(LIST, 0, trouble=trouble)]) as sandbox:
        peer = _begin(sandbox)
        assert asked.wait(10)
    with peer:
        assert len(_rest(peer)) < 200


def test_one_connection_serves_many_requests(line: HTTPConnection) -> None:
    _ask(line, LIST)
    first = line.sock
    _ask(line, f"{LIST}/t1")
    assert first is not None
    assert line.sock is first


def test_a_request_of_unreasonable_length_is_refused(line: HTTPConnection) -> None:
    line.putrequest("POST", "/v2/upload")
    line.putheader("Content-Length", "99999999999")
    line.endheaders()
    assert line.getresponse().status == 413


def test_a_connection_kept_alive_is_not_served_after_the_end() -> None:
    with Sandbox(accounts={KEY: []}) as sandbox:
        line = HTTPConnection("127.0.0.1", sandbox.port)
        assert _ask(line, LIST)[0] == 200
    with pytest.raises(RemoteDisconnected):
        _ask(line, LIST)
    line.close()


def test_nothing_listens_after_the_end() -> None:
    with Sandbox(accounts={}) as sandbox:
        port = sandbox.port
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
