"""Downloads: passed on in pieces, within every limit of outgoing HTTP, one try."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from reviews.download import Downloader, NameUnknown
from reviews.egress import (
    BadReply,
    Config,
    DestinationRefused,
    KeyRefused,
    Limits,
    NotFound,
    Surroundings,
    TooLarge,
    VendorDown,
)
from reviews.errors import Refused

SIGNED = "/recordings/7.wav?signature=very-secret"


@dataclass
class Script:
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    seen: list[Any] = field(default_factory=list)


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def port(script: Script) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            script.seen.append((self.path, dict(self.headers)))
            self.send_response(script.status)
            for name, value in script.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(script.body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 # the base class names it so
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def downloader(port: int, around: Surroundings | None = None, **limits: Any) -> Downloader:
    config = Config(
        base_url=f"http://127.0.0.1:{port}",
        allow_private={f"127.0.0.1:{port}"},
        limits=Limits(**limits),
    )
    return Downloader(config, surroundings=around)


def test_a_body_comes_in_pieces_and_whole(port: int, script: Script) -> None:
    script.body = bytes(range(256)) * 4_000
    pieces: list[bytes] = []
    with downloader(port) as client:
        client.download(SIGNED, pieces.append)
    assert b"".join(pieces) == script.body
    assert len(pieces) > 1
    [(path, headers)] = script.seen
    assert path == SIGNED
    assert "Authorization" not in headers


def test_too_large_a_body_ends_at_its_limit(port: int, script: Script) -> None:
    script.body = bytes(1_000_000)
    pieces: list[bytes] = []
    with downloader(port, body_bytes=10_000) as client, pytest.raises(TooLarge):
        client.download(SIGNED, pieces.append)
    assert sum(map(len, pieces)) <= 10_000


@pytest.mark.parametrize(
    ("status", "headers", "refused"),
    [
        (403, {}, KeyRefused),
        (404, {}, NotFound),
        (410, {}, BadReply),
        (302, {"Location": "http://127.0.0.1:1/"}, BadReply),
        (503, {}, VendorDown),
        (200, {"Content-Encoding": "gzip"}, BadReply),
        (200, {"Content-Length": "50"}, VendorDown),
    ],
)
def test_each_refusal_takes_one_try_and_tells_nothing_of_the_address(
    port: int, script: Script, status: int, headers: dict[str, str], refused: type[Refused]
) -> None:
    script.status, script.headers, script.body = status, headers, b"partial"
    with downloader(port) as client, pytest.raises(refused) as seen:
        client.download(SIGNED, lambda data: None)
    assert len(script.seen) == 1
    assert "secret" not in str(seen.value)
    assert "recordings" not in str(seen.value)


def test_the_status_of_a_bad_reply_is_told_apart(port: int, script: Script) -> None:
    script.status = 410
    with downloader(port) as client, pytest.raises(BadReply) as seen:
        client.download(SIGNED, lambda data: None)
    assert seen.value.status == 410


def test_an_error_of_the_sink_is_no_outage(port: int, script: Script) -> None:
    script.body = b"x"

    def full(data: bytes) -> None:
        raise OSError(28, "no space")

    with downloader(port) as client, pytest.raises(OSError, match="no space"):
        client.download(SIGNED, full)


def test_a_download_that_trickles_ends_with_its_time(port: int, script: Script) -> None:
    script.body, times = bytes(500_000), iter(range(1_000))
    around = Surroundings(clock=lambda: float(next(times)))
    with downloader(port, around, total_seconds=8) as client, pytest.raises(VendorDown):
        client.download(SIGNED, lambda data: None)


def test_a_name_without_an_address_has_a_code_of_its_own() -> None:
    def resolve(host: str, port: int) -> tuple[str, ...]:
        raise socket.gaierror(-2, "unknown")

    client = Downloader(
        Config(base_url="https://calls.example"), surroundings=Surroundings(resolve=resolve)
    )
    with client, pytest.raises(NameUnknown):
        client.download(SIGNED, lambda data: None)


def test_a_private_address_and_another_origin_are_refused(port: int) -> None:
    around = Surroundings(resolve=lambda host, port: ("10.0.0.1",))
    client = Downloader(Config(base_url="https://calls.example"), surroundings=around)
    with client, pytest.raises(DestinationRefused):
        client.download(SIGNED, lambda data: None)
    with downloader(port) as client, pytest.raises(DestinationRefused):
        client.download("https://elsewhere.example/7.wav", lambda data: None)
