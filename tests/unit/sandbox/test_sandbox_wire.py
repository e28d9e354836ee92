"""The product's client over the wire in process: troubles cost time of the clock only."""

import json
import time
from typing import Any

import pytest

from reviews.egress import (
    BadReply,
    Client,
    Config,
    DestinationRefused,
    KeyRefused,
    Limits,
    NotFound,
    TooLarge,
    VendorDown,
)
from reviews.sandbox.answers import Trouble
from reviews.sandbox.clock import FakeClock
from reviews.sandbox.server import Fault, Sandbox
from reviews.sandbox.wire import Broken, Wire
from reviews.sources.assemblyai.client import EU, US, AssemblyAI

KEY = "wire-key"
LIST = "/v2/transcript"
ROWS: list[dict[str, Any]] = [{"id": f"t{number}", "text": "Hi."} for number in range(25)]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def faults() -> list[Fault]:
    return []


@pytest.fixture
def sandbox(clock: FakeClock, faults: list[Fault]) -> Sandbox:
    return Sandbox(accounts={KEY: ROWS}, faults=faults, now=clock.now)


@pytest.fixture
def wire(clock: FakeClock, sandbox: Sandbox) -> Wire:
    return Wire(sandbox, clock=clock)


def _client(wire: Wire, base_url: str = US, **limits: Any) -> Client:
    config = Config(base_url=base_url, headers={"Authorization": KEY}, limits=Limits(**limits))
    return Client(config, surroundings=wire.surroundings())


def test_a_walk_over_the_pages_gives_every_id_once(wire: Wire, sandbox: Sandbox) -> None:
    with AssemblyAI(key=KEY, surroundings=wire.surroundings()) as client:
        pages = list(client.walk(limit=10))
        seen = [item.id for page in pages for item in page.items]
        assert json.loads(client.get("t3"))["text"] == "Hi."
    assert seen == [f"t{number}" for number in reversed(range(25))]
    assert sandbox.requests == {LIST: 3, f"{LIST}/t3": 1}


def test_a_body_is_sent(wire: Wire, sandbox: Sandbox) -> None:
    with _client(wire) as client:
        made = client.post(LIST, b'{"audio_url": "https://a.example/1.wav"}')
        assert json.loads(client.get(f"{LIST}/{json.loads(made.body)['id']}").body)
    assert sandbox.accounts[KEY].page({}, 1)[0][0]["audio_url"] == "https://a.example/1.wav"


def test_regions_are_two_vendors_and_a_key_is_of_one(clock: FakeClock, sandbox: Sandbox) -> None:
    eu = Sandbox(accounts={"eu-key": []}, base_url=EU, now=clock.now)
    wire = Wire(sandbox, eu, clock=clock)
    with _client(wire) as client:
        assert client.get(LIST).status == 200
    with _client(wire, EU) as client, pytest.raises(KeyRefused):
        client.get(LIST)
    assert (sandbox.requests[LIST], eu.requests[LIST]) == (1, 1)


def test_a_name_that_no_sandbox_has_is_not_known(wire: Wire) -> None:
    with _client(wire, "https://other.example") as client, pytest.raises(VendorDown):
        client.get(LIST)


def test_the_client_still_refuses_what_is_not_of_the_open_internet(clock: FakeClock) -> None:
    inner = Sandbox(accounts={KEY: ROWS}, base_url="https://127.0.0.1:8443", now=clock.now)
    wire = Wire(inner, clock=clock)
    with pytest.raises(DestinationRefused):
        _client(wire, "https://127.0.0.1:8443")
    config = Config(base_url="https://127.0.0.1:8443", allow_private={"127.0.0.1:8443"})
    with Client(config, surroundings=wire.surroundings()) as client, pytest.raises(KeyRefused):
        client.get(LIST)
    assert inner.requests.total() == 1


def test_a_language_model_is_asked_over_the_wire(clock: FakeClock) -> None:
    chat = Sandbox(accounts={KEY: []}, base_url="https://models.example", now=clock.now)
    wire = Wire(chat, clock=clock)
    config = Config(base_url="https://models.example/v1", bearer=KEY)
    with (
        Client(config, surroundings=wire.surroundings()) as client,
        pytest.raises(BadReply, match="400"),
    ):
        client.post("/chat/completions", b"{}")
    assert chat.requests == {"/v1/chat/completions": 1}


def test_an_id_that_is_not_known_is_not_found(wire: Wire) -> None:
    with (
        AssemblyAI(key=KEY, surroundings=wire.surroundings()) as client,
        pytest.raises(NotFound),
    ):
        client.get("t99")


def test_a_reset_after_any_byte_is_tried_again(
    clock: FakeClock, sandbox: Sandbox, wire: Wire, faults: list[Fault]
) -> None:
    whole = sandbox.answer("GET", f"{LIST}/t1", KEY, b"").body
    size = len(whole) + 74
    faults += [Fault(f"{LIST}/t1", 0, trouble=Trouble.RESET, at=k, skip=2 * k) for k in range(size)]
    sandbox.requests.clear()
    with _client(wire) as client:
        replies = {client.get(f"{LIST}/t1").body for _ in range(size)}
    assert replies == {whole}
    assert sandbox.requests[f"{LIST}/t1"] > size


@pytest.mark.parametrize(
    ("trouble", "seconds"),
    [
        (Trouble.SILENCE, 30.0),
        (Trouble.CUT, 0.0),
        (Trouble.RESET, 0.0),
    ],
)
def test_a_trouble_that_ends_is_tried_again(
    clock: FakeClock, wire: Wire, faults: list[Fault], trouble: Trouble, seconds: float
) -> None:
    faults.append(Fault(LIST, 0, trouble=trouble, at=3))
    with _client(wire) as client:
        assert client.get(LIST).status == 200
    assert clock.monotonic() == seconds + 1.0, "and one wait between the tries"


@pytest.mark.parametrize("trouble", [Trouble.DRIP, Trouble.ENDLESS])
def test_an_answer_that_trickles_ends_at_the_total(
    clock: FakeClock, wire: Wire, faults: list[Fault], trouble: Trouble
) -> None:
    faults.append(Fault(LIST, 0, trouble=trouble))
    began = time.monotonic()
    with _client(wire) as client, pytest.raises(VendorDown, match="slowly"):
        client.get(LIST)
    assert 118 <= clock.monotonic() <= 121
    assert time.monotonic() - began < 5


def test_an_endless_answer_ends_at_the_cap(wire: Wire, faults: list[Fault]) -> None:
    faults.append(Fault(LIST, 0, trouble=Trouble.ENDLESS))
    with _client(wire, body_bytes=20_000) as client, pytest.raises(TooLarge):
        client.get(LIST)


@pytest.mark.parametrize("broken", Broken)
def test_a_connection_that_does_not_come_about_is_tried_again(
    clock: FakeClock, wire: Wire, broken: Broken
) -> None:
    wire.break_next(broken)
    with _client(wire) as client:
        assert client.get(LIST).status == 200
    assert clock.monotonic() == (6.0 if broken is Broken.TIMEOUT else 1.0)


def test_over_plain_http_a_bad_certificate_is_a_reset(clock: FakeClock) -> None:
    plain = Sandbox(accounts={KEY: ROWS}, base_url="http://127.0.0.1:8080", now=clock.now)
    wire = Wire(plain, clock=clock)
    wire.break_next(Broken.TLS)
    config = Config(
        base_url=plain.base_url, headers={"Authorization": KEY}, allow_private={"127.0.0.1:8080"}
    )
    with Client(config, surroundings=wire.surroundings()) as client:
        assert client.get(LIST).status == 200
    assert plain.requests.total() == 1


def test_an_encoded_body_is_refused(wire: Wire, faults: list[Fault]) -> None:
    faults.append(Fault(LIST, 200, body=b"\x1f\x8b", headers=(("Content-Encoding", "gzip"),)))
    with _client(wire) as client, pytest.raises(BadReply, match="encoded"):
        client.get(LIST)


def test_a_line_that_was_closed_takes_nothing_more(wire: Wire, faults: list[Fault]) -> None:
    faults.append(Fault(LIST, 0, trouble=Trouble.CUT, at=1))
    line = wire.connect(wire.resolve("api.assemblyai.com", 443)[0], 443, 5.0)
    line.write(f"GET {LIST} HTTP/1.1\r\nAuthorization: {KEY}\r\n\r\n".encode())
    assert not line.get_extra_info("is_readable")
    assert line.read(65_536).endswith(b"\r\n\r\n{")
    assert (line.read(65_536), line.get_extra_info("is_readable")) == (b"", True)
    with pytest.raises(ConnectionResetError):
        line.write(b"GET / HTTP/1.1\r\n\r\n")


def test_the_line_answers_thousands_of_requests_a_second(wire: Wire) -> None:
    line = wire.connect(wire.resolve("api.assemblyai.com", 443)[0], 443, 5.0)
    request = f"GET {LIST}/t1 HTTP/1.1\r\nAuthorization: {KEY}\r\n\r\n".encode()
    began = time.perf_counter()
    for _ in range(4000):
        line.write(request)
        assert line.read(65_536).startswith(b"HTTP/1.1 200 OK")
    assert time.perf_counter() - began < 2.0
