"""Outgoing HTTP: where it may go, what it accepts, how often it tries."""

import contextlib
import ipaddress
import logging
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from reviews.deadline import Line
from reviews.egress import (
    BadReply,
    Client,
    Config,
    DestinationRefused,
    KeyRefused,
    Limits,
    NotFound,
    RateLimited,
    Rejected,
    Stream,
    Surroundings,
    TooLarge,
    VendorDown,
    is_public,
    parse_origin,
)
from reviews.errors import Refused
from reviews.retry_after import retry_after_seconds

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
KEY = "k-3f81-secret"
PUBLIC = "93.184.215.14"

NOT_PUBLIC = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.254 127.0.0.1 127.1.2.3
127.255.255.255 169.254.0.1 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.8
192.0.0.9 192.0.0.10 192.0.0.170 192.0.2.1 192.88.99.1 192.168.0.1 192.168.255.255 198.18.0.1
198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 233.252.0.1 239.255.255.255 240.0.0.1
255.255.255.255
:: ::1 ::127.0.0.1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254
::ffff:93.184.215.14 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 100::1 2001::1
2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1::
2002:c0a8:101::1 3fff::1 5f00::1 fc00::1 fd12:3456:789a::1 fe80::1 febf::1 fec0::1 feff::1
ff00::1 ff02::1 ff05::2 ff0e::1
"""

ODD_URLS = [
    "https://2130706433/",
    "https://0177.0.0.1/",
    "https://0x7f.0.0.1/",
    "https://0x7f000001/",
    "https://127.1/",
    "https://127.0.1/",
    "https://017700000001/",
    "https://①②⑦.⓪.⓪.①/",
    "https://127。0。0。1/",
    "https://[::ffff:7f00:1]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://[::1%25lo]/",
    "https://[::1",
    "https://user@api.example.com/",
    "https://api.example.com@127.0.0.1/",
    "https://api.example.com:443@127.0.0.1/",
    "https://api.example.com\\@127.0.0.1/",
    "https://api.example.com/#@127.0.0.1",
    "https://api.example.com./",
    "https://api..example.com/",
    "https://-api.example.com/",
    "https://api_x.example.com/",
    "https://münchen.example/",
    "https://api.example.com /",
    "https://api.example.com\n/",
    "https://api.example.com:99999/",
    "https://api.example.com:port/",
    "https://%31%32%37.0.0.1/",
    "https:///v2",
    "https:api.example.com",
    "http://api.example.com/",
    "ftp://api.example.com/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:70/x",
    "data:text/plain,x",
    "//api.example.com/",
    "",
]


@dataclass
class Script:
    """Answers (status, headers, body) in turn; the last one is repeated."""

    answers: list[tuple[int, dict[str, str], bytes]]
    seen: list[Any] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)

    def next(self) -> tuple[int, dict[str, str], bytes]:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@dataclass
class Around:
    """A clock that moves only when something sleeps."""

    at: float = 0.0
    slept: list[float] = field(default_factory=list)
    addresses: tuple[str, ...] = ("127.0.0.1",)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds

    def surroundings(self) -> Surroundings:
        return Surroundings(
            clock=lambda: self.at,
            now=lambda: NOW,
            sleep=self.sleep,
            chance=lambda: 1.0,
            resolve=lambda host, port: self.addresses,
        )


def _handler(script: Script) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer(b"")

        def do_DELETE(self) -> None:
            self.answer(b"DELETE")

        def do_POST(self) -> None:
            self.answer(self.rfile.read(int(self.headers["Content-Length"])))

        def answer(self, sent: bytes) -> None:
            script.seen.append((self.path, dict(self.headers)))
            script.sent.append(sent)
            status, headers, body = script.next()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 # the base class names it so
            pass

    return Handler


@pytest.fixture
def script() -> Script:
    return Script([(200, {}, b"{}")])


@pytest.fixture
def port(script: Script) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(script))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def around() -> Around:
    return Around()


@pytest.fixture
def client(port: int, around: Around) -> Iterator[Client]:
    with _client(f"http://127.0.0.1:{port}", around) as client:
        yield client


def _client(url: str, around: Around, **limits: Any) -> Client:
    entry = url.removeprefix("http://").removeprefix("https://")
    config = Config(
        base_url=url,
        headers={"Authorization": KEY},
        allow_private={entry},
        limits=Limits(**limits),
    )
    return Client(config, surroundings=around.surroundings())


@pytest.mark.parametrize("text", NOT_PUBLIC.split())
def test_is_public_says_no_for_every_address_that_is_not_of_the_open_internet(text: str) -> None:
    assert not is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", [PUBLIC, "1.1.1.1", "2606:4700::1111", "2a00:1450:4001::5"])
def test_is_public_says_yes_for_addresses_of_the_open_internet(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("url", ODD_URLS)
def test_parse_origin_refuses_odd_spellings(url: str) -> None:
    with pytest.raises(DestinationRefused):
        parse_origin(url)


@pytest.mark.parametrize("text", NOT_PUBLIC.split())
def test_parse_origin_refuses_addresses_that_are_not_public(text: str) -> None:
    host = f"[{text}]" if ":" in text else text
    with pytest.raises(DestinationRefused):
        parse_origin(f"https://{host}/v2")


def test_parse_origin_reads_a_plain_address() -> None:
    origin = parse_origin("https://api.example.com/v2/transcript?limit=200")
    assert (origin.scheme, origin.host, origin.port) == ("https", "api.example.com", 443)


def test_parse_origin_opens_only_the_entry_that_was_allowed() -> None:
    allowed = {"127.0.0.1:8123"}
    assert parse_origin("http://127.0.0.1:8123", allow_private=allowed).port == 8123
    for other in ("http://127.0.0.1:8124", "https://127.0.0.2:8123", "http://localhost:8123"):
        with pytest.raises(DestinationRefused):
            parse_origin(other, allow_private=allowed)


@pytest.mark.parametrize("address", NOT_PUBLIC.split())
def test_get_refuses_a_name_that_has_a_private_address_beside_a_public_one(address: str) -> None:
    around = Around(addresses=(PUBLIC, address))
    config = Config(base_url="https://api.example.com")
    client = Client(config, surroundings=around.surroundings())
    with client, pytest.raises(DestinationRefused):
        client.get("/v2/transcript")


def test_get_connects_to_the_checked_address_and_keeps_the_name(
    port: int, script: Script, around: Around
) -> None:
    with _client(f"http://calls.example:{port}", around) as client:
        client.get("/v2/transcript")
    assert script.seen[0][1]["Host"] == f"calls.example:{port}"


def test_only_an_address_that_was_checked_is_connected_to() -> None:
    asked: list[tuple[str, int]] = []

    def connect(address: str, port: int, seconds: float) -> Line:
        assert 0 < seconds <= Limits().connect_seconds
        asked.append((address, port))
        raise ConnectionRefusedError

    for addresses, seen in (((PUBLIC,), [(PUBLIC, 443)] * 5), (("10.0.0.1",), [])):
        asked.clear()
        around = replace(Around(addresses=addresses).surroundings(), connect=connect)
        client = Client(Config(base_url="https://api.example.com"), surroundings=around)
        with client, pytest.raises((VendorDown, DestinationRefused)):
            client.get("/v2")
        assert asked == seen


def test_get_checks_the_name_again_at_every_try(around: Around) -> None:
    answers = iter([(), ("10.0.0.1",)])
    surroundings = Surroundings(
        resolve=lambda host, port: next(answers), sleep=around.sleep, clock=lambda: around.at
    )
    client = Client(Config(base_url="https://api.example.com"), surroundings=surroundings)
    with client, pytest.raises(DestinationRefused):
        client.get("/v2")
    assert len(around.slept) == 1


def test_get_returns_the_body_and_sends_the_key(client: Client, script: Script) -> None:
    script.answers = [(200, {}, b'{"a": 1}')]
    assert client.get("/v2/transcript", params={"limit": "2"}).body == b'{"a": 1}'
    path, headers = script.seen[0]
    assert path == "/v2/transcript?limit=2"
    assert headers["Authorization"] == KEY


def test_get_takes_an_absolute_url_of_its_own_origin(client: Client, script: Script) -> None:
    client.get(f"{client.config.base_url}/v2/transcript?before_id=a")
    assert script.seen[0][0] == "/v2/transcript?before_id=a"


@pytest.mark.parametrize(
    "target",
    ["https://other.example/v2", "//127.0.0.1/x", "http://127.0.0.1:1/v2", "v2", "https://1.1.1.1"],
)
def test_get_refuses_another_origin(client: Client, script: Script, target: str) -> None:
    with pytest.raises(DestinationRefused):
        client.get(target)
    assert script.seen == []


def test_get_never_follows_a_redirect(client: Client, script: Script) -> None:
    script.answers = [(302, {"Location": "/elsewhere"}, b"")]
    with pytest.raises(BadReply, match="302"):
        client.get("/v2")
    assert len(script.seen) == 1


def test_get_ignores_the_proxies_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, port: int, script: Script, around: Around
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    with _client(f"http://127.0.0.1:{port}", around) as client:
        assert client.get("/v2").status == 200


@pytest.mark.parametrize(
    ("status", "refusal"),
    [(401, KeyRefused), (403, KeyRefused), (404, NotFound), (400, BadReply), (418, BadReply)],
)
def test_get_raises_at_once_when_trying_again_would_not_help(
    client: Client, script: Script, status: int, refusal: type[Refused]
) -> None:
    script.answers = [(status, {}, b"body-words")]
    with pytest.raises(refusal) as raised:
        client.get("/v2")
    assert len(script.seen) == 1
    assert "body-words" not in str(raised.value)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_get_tries_again_until_it_succeeds(
    client: Client, script: Script, around: Around, status: int
) -> None:
    script.answers = [*([(status, {}, b"")] * 3), (200, {}, b"{}")]
    assert client.get("/v2").status == 200
    assert around.slept == [1.0, 2.0, 4.0]


def test_get_gives_up_after_the_allowed_tries(client: Client, script: Script) -> None:
    script.answers = [(503, {}, b"")]
    with pytest.raises(VendorDown, match="503"):
        client.get("/v2")
    assert len(script.seen) == Limits().tries


def test_get_gives_up_when_the_waits_would_pass_the_total(
    port: int, script: Script, around: Around
) -> None:
    script.answers = [(429, {"Retry-After": "60"}, b"")]
    client = _client(f"http://127.0.0.1:{port}", around, total_seconds=50.0)
    with client, pytest.raises(RateLimited) as raised:
        client.get("/v2")
    assert raised.value.retry_after == 60.0
    assert around.slept == []


def test_get_waits_as_long_as_it_is_asked_to(
    client: Client, script: Script, around: Around
) -> None:
    script.answers = [(429, {"Retry-After": "7"}, b""), (200, {}, b"{}")]
    client.get("/v2")
    assert around.slept == [7.0]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        (" 12 ", 12.0),
        ("Sun, 01 Mar 2026 12:00:30 GMT", 30.0),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0.0),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 900.0),
        ("99999", 900.0),
        ("9" * 6000, 900.0),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("1e9", None),
        ("٣", None),
        (None, None),
    ],
)
def test_retry_after_seconds_reads_every_form(text: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(text, now=NOW, longest=900.0) == seconds


def test_get_waits_for_its_turn_before_every_try(port: int, script: Script, around: Around) -> None:
    script.answers = [(500, {}, b""), (200, {}, b"{}")]
    turns: list[int] = []

    class Counting:
        def wait_turn(self, *, longest: float) -> None:
            assert longest > 0
            turns.append(len(script.seen))

    config = Config(base_url=f"http://127.0.0.1:{port}", allow_private={f"127.0.0.1:{port}"})
    with Client(config, pacer=Counting(), surroundings=around.surroundings()) as client:
        client.get("/v2")
    assert turns == [0, 1]


def test_get_refuses_a_body_over_the_cap(port: int, script: Script, around: Around) -> None:
    script.answers = [(200, {}, b"x" * 2_001)]
    client = _client(f"http://127.0.0.1:{port}", around, body_bytes=2_000)
    with client, pytest.raises(TooLarge):
        client.get("/v2")


def test_get_refuses_an_encoded_body(client: Client, script: Script) -> None:
    script.answers = [(200, {"Content-Encoding": "gzip"}, b"\x1f\x8b")]
    with pytest.raises(BadReply, match="encoded"):
        client.get("/v2")


def test_get_tries_again_when_a_body_breaks_off(client: Client, script: Script) -> None:
    script.answers = [(200, {"Content-Length": "100"}, b"half"), (200, {}, b"{}")]
    assert client.get("/v2").body == b"{}"


def test_get_says_the_vendor_is_down_when_a_body_comes_too_slowly(
    client: Client, script: Script, around: Around, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter([0.0] + [1_000.0] * 10)
    monkeypatch.setattr(client, "_around", Surroundings(clock=lambda: next(times)))
    with pytest.raises(VendorDown, match="slowly"):
        client.get("/v2")


TRICKLES = {
    "nothing": (b"", b""),
    "headers": (b"HTTP/1.1 200 OK\r\nX: ", b"x"),
    "a body": (b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"x"),
}


@pytest.mark.parametrize("what", TRICKLES)
def test_get_ends_at_its_total_when_the_answer_trickles_in(what: str) -> None:
    first, then = TRICKLES[what]
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def trickle() -> None:
            with server.accept()[0] as peer, contextlib.suppress(OSError):
                peer.sendall(first)
                while not ended.wait(0.1):
                    peer.sendall(then)

        thread = threading.Thread(target=trickle)
        thread.start()
        entry = f"127.0.0.1:{server.getsockname()[1]}"
        limits = Limits(total_seconds=0.4)
        config = Config(base_url=f"http://{entry}", allow_private={entry}, limits=limits)
        began = time.monotonic()
        with Client(config) as client, pytest.raises(VendorDown, match="slowly"):
            client.get("/v2")
        assert 0.3 < time.monotonic() - began < 0.9
        ended.set()
        thread.join()


def test_get_ends_at_its_total_when_no_handshake_comes() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        entry = f"127.0.0.1:{server.getsockname()[1]}"
        limits = Limits(total_seconds=0.3)
        config = Config(base_url=f"https://{entry}", allow_private={entry}, limits=limits)
        began = time.monotonic()
        with Client(config) as client, pytest.raises(VendorDown, match="slowly"):
            client.get("/v2")
        assert time.monotonic() - began < 0.8


def test_get_ends_at_its_total_when_the_name_is_looked_up_for_ever() -> None:
    ended = threading.Event()

    def hanging(host: str, port: int) -> tuple[str, ...]:
        ended.wait(20)
        return ()

    config = Config(base_url="https://api.example.com", limits=Limits(total_seconds=0.3))
    began = time.monotonic()
    client = Client(config, surroundings=Surroundings(resolve=hanging))
    with client, pytest.raises(VendorDown, match="slowly"):
        client.get("/v2")
    assert time.monotonic() - began < 0.8
    ended.set()


def test_get_says_the_vendor_is_down_when_nothing_listens(around: Around) -> None:
    client = _client("http://127.0.0.1:9", around, tries=2)
    with client, pytest.raises(VendorDown, match="ConnectError"):
        client.get("/v2")
    assert around.slept == [1.0]


def test_get_says_the_vendor_is_down_when_the_name_has_no_address(around: Around) -> None:
    around.addresses = ()
    client = Client(
        Config(base_url="https://api.example.com", limits=Limits(tries=1)),
        surroundings=around.surroundings(),
    )
    with client, pytest.raises(VendorDown):
        client.get("/v2")


@pytest.mark.parametrize("key", ["", "line\nbreak", "blank inside", "käse", "\x00"])
def test_client_refuses_a_key_that_no_header_can_hold_and_does_not_show_it(key: str) -> None:
    with pytest.raises(KeyRefused) as raised:
        Client(Config(base_url="https://api.example.com", headers={"Authorization": key}))
    assert not key or key not in str(raised.value)


def test_client_shows_its_key_nowhere(
    client: Client, script: Script, caplog: pytest.LogCaptureFixture
) -> None:
    script.answers = [(500, {}, b"body-words")]
    with caplog.at_level(logging.DEBUG), pytest.raises(VendorDown) as raised:
        client.get("/v2")
    shown = caplog.text + repr(client.config) + repr(raised.value) + str(raised.value)
    assert KEY not in shown
    assert "body-words" not in shown


def test_post_sends_json_and_the_key_as_bearer(port: int, script: Script, around: Around) -> None:
    config = Config(
        base_url=f"http://127.0.0.1:{port}/v1",
        bearer=KEY,
        allow_private={f"127.0.0.1:{port}"},
    )
    with Client(config, surroundings=around.surroundings()) as client:
        assert client.post("/chat", b'{"a": 1}').body == b"{}"
    ((path, headers),) = script.seen
    assert (path, script.sent) == ("/v1/chat", [b'{"a": 1}'])
    assert (headers["Authorization"], headers["Content-Type"]) == (
        f"Bearer {KEY}",
        "application/json",
    )


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_is_posted_once_is_never_posted_again(
    client: Client, script: Script, status: int
) -> None:
    script.answers = [(status, {}, b""), (200, {}, b"{}")]
    with pytest.raises(Refused) as raised:
        client.post_once("/v2", b"{}")
    assert not isinstance(raised.value, Rejected)
    assert len(script.seen) == 1


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_refused_request_is_told_from_one_whose_end_is_open(
    client: Client, script: Script, status: int
) -> None:
    script.answers = [(status, {}, b"body-words")]
    with pytest.raises(Rejected) as raised:
        client.post_once("/v2", b"{}")
    assert "body-words" not in str(raised.value)


def test_a_stream_goes_out_piece_by_piece_with_its_size(client: Client, script: Script) -> None:
    pieces = [b"a" * 100_000, b"b" * 100_000, b"c"]
    client.post_once("/v2/upload", Stream(200_001, lambda: iter(pieces)))
    ((_, headers),) = script.seen
    assert script.sent == [b"".join(pieces)]
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["Content-Length"] == "200001"
    assert "Transfer-Encoding" not in headers


def test_a_stream_that_is_shorter_than_it_says_is_an_outage(client: Client) -> None:
    with pytest.raises(VendorDown):
        client.post_once("/v2/upload", Stream(10, lambda: iter([b"abc"])))


def test_delete_is_sent_again_as_get_is(client: Client, script: Script, around: Around) -> None:
    script.answers = [(503, {}, b""), (200, {}, b"{}")]
    assert client.delete("/v2/x").status == 200
    assert script.sent == [b"DELETE", b"DELETE"]
    assert around.slept == [1.0]


def test_post_never_goes_to_another_origin(client: Client, script: Script) -> None:
    with pytest.raises(DestinationRefused):
        client.post("https://elsewhere.example/chat", b"{}")
    assert script.seen == []


def test_a_bearer_that_is_no_header_is_refused() -> None:
    with pytest.raises(KeyRefused) as error:
        Client(Config(base_url="https://api.example.com", bearer="k\r\nX: y"))
    assert "X: y" not in str(error.value)
