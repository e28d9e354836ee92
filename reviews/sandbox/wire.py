"""HTTP/1.1 to sandboxes in process: the product's own client, no socket, a clock that is moved.

What the client waits for moves the fake clock instead: a read timeout of 30 s costs no time.
"""

import ipaddress
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from reviews.egress import Surroundings
from reviews.sandbox.answers import Answer
from reviews.sandbox.clock import FakeClock
from reviews.sandbox.faults import FaultKind
from reviews.sandbox.server import Sandbox
from reviews.sandbox.stream import CLOSE, Reset, Step, Wait, closes, steps

_ADDRESS = "44.238.19.{}"
"""Public, so that the client's check of addresses lets it pass; nothing is ever sent there."""


class Broken(StrEnum):
    """What befalls a connection before anything is asked."""

    TIMEOUT = "no connection comes about in time"
    REFUSED = "nothing listens"
    TLS = "the certificate is refused; over plain HTTP the connection is reset"


_BROKEN = {
    FaultKind.CONNECT_TIMEOUT: Broken.TIMEOUT,
    FaultKind.CONNECT_REFUSED: Broken.REFUSED,
    FaultKind.TLS_ERROR: Broken.TLS,
}


class Wire:
    """Takes the connections to the addresses of `sandboxes`, by their `base_url`."""

    def __init__(self, *sandboxes: Sandbox, clock: FakeClock) -> None:
        self.clock = clock
        self._next: list[Broken] = []
        self._addresses: dict[str, str] = {}
        self._sandboxes: dict[tuple[str, int], Sandbox] = {}
        for number, sandbox in enumerate(sandboxes, 1):
            host = urlsplit(sandbox.base_url).hostname or ""
            address = host if _is_address(host) else _ADDRESS.format(number)
            self._addresses[host] = address
            self._sandboxes[address, sandbox.port] = sandbox

    def surroundings(self, *, chance: Callable[[], float] = lambda: 1.0) -> Surroundings:
        """For a client of reviews.egress; `chance` spreads its waits."""
        return Surroundings(
            clock=self.clock.monotonic,
            now=self.clock.now,
            sleep=self.clock.sleep,
            chance=chance,
            resolve=self.resolve,
            connect=self.connect,
        )

    def resolve(self, host: str, port: int) -> tuple[str, ...]:
        del port
        if host not in self._addresses:
            raise OSError("the name is not known")
        return (self._addresses[host],)

    def break_next(self, *broken: Broken) -> None:
        """The next connections do not come about; those that stand are not touched."""
        self._next += broken

    def connect(self, address: str, port: int, seconds: float) -> "Line":
        """Raises TimeoutError and OSError as a socket does."""
        broken = self._next.pop(0) if self._next else None
        sandbox = self._sandboxes.get((address, port))
        if broken is Broken.TIMEOUT:
            self.clock.advance(seconds)
            raise TimeoutError("timed out")
        if broken is Broken.REFUSED or sandbox is None:
            raise ConnectionRefusedError("connection refused")
        return Line(self, sandbox, has_bad_tls=broken is Broken.TLS)


class Line:
    """One connection: requests are written to it, answers are read from it, one after another."""

    def __init__(self, wire: Wire, sandbox: Sandbox, *, has_bad_tls: bool) -> None:
        self._wire = wire
        self._sandbox = sandbox
        self._has_bad_tls = has_bad_tls
        self._sent = bytearray()
        self._steps: Iterator[Step] = iter(())
        self._held = b""
        self._is_open = True

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> "Line":
        """There is nothing to encrypt; the refusal of a certificate is all that can go wrong."""
        del ssl_context, server_hostname, timeout
        if self._has_bad_tls:
            raise ssl.SSLCertVerificationError("certificate verify failed")
        return self

    def get_extra_info(self, info: str) -> Any:
        # A connection that the other side has closed is readable while nothing was asked.
        return not self._is_open if info == "is_readable" else None

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        del timeout
        if not self._is_open or self._has_bad_tls:
            raise ConnectionResetError("connection reset by peer")
        self._sent += buffer

    def close(self) -> None:
        self._is_open = False

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if not self._held:
            self._held = self._more(timeout)
        piece, self._held = self._held[:max_bytes], self._held[max_bytes:]
        return piece

    def _more(self, timeout: float | None) -> bytes:
        """The next bytes; none where the other side closes."""
        for step in self._asked():
            if isinstance(step, bytes) and step:
                return step
            if isinstance(step, Wait):
                self._wait(step.seconds, timeout)
            if isinstance(step, Reset):
                self._is_open = False
                raise ConnectionResetError("connection reset by peer")
        return b""

    def _asked(self) -> Iterator[Step]:
        request = _taken(self._sent)
        if request is not None:
            answer = self._answer(*request)
            self._is_open = not closes(answer)
            self._steps = steps(answer)
        return self._steps

    def _answer(self, line: str, headers: dict[str, str], body: bytes) -> Answer:
        method, target, _ = line.split(" ")
        answer = self._sandbox.answer(method, target, headers.get("authorization"), body)
        script = self._sandbox.script
        kind = None if script is None else script.connection()
        if kind is None:
            return answer
        # The connection ends here, so that there is a next one for the fault to befall.
        self._wire.break_next(_BROKEN[kind])
        return replace(answer, headers=(*answer.headers, CLOSE))

    def _wait(self, seconds: float, timeout: float | None) -> None:
        if timeout is not None and seconds > timeout:
            self._wire.clock.advance(timeout)
            raise TimeoutError("timed out")
        self._wire.clock.advance(seconds)


def _taken(sent: bytearray) -> tuple[str, dict[str, str], bytes] | None:
    """A whole request off the front of what was sent; None while there is none."""
    head, end, _ = bytes(sent).partition(b"\r\n\r\n")
    if not end:
        return None
    first, *rows = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): text for name, _, text in (row.partition(": ") for row in rows)}
    size = len(head) + len(end) + int(headers.get("content-length", "0"))
    if len(sent) < size:
        return None
    body = bytes(sent[len(head) + len(end) : size])
    del sent[:size]
    return first, headers, body


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
