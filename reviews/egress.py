"""The only outgoing HTTP: one origin per client, the checked address pinned, bodies capped.

Nothing here logs or raises a body, a header or a key. A redirect is never followed and the
environment's proxies are never used. The name is resolved here, every address it has is checked,
and the connection goes to the very address that was checked: a name that answers differently the
second time gains nothing.
"""

import ipaddress
import random
import re
import socket
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import ClassVar, Protocol, Self
from urllib.parse import urlencode, urlsplit

import httpx

from reviews.deadline import Connect, Transport, connect
from reviews.errors import ErrorCode, Refused
from reviews.retry_after import retry_after_seconds

MAX_BODY_BYTES = 50_000_000
_SLOW = "it answers too slowly"
_JSON, _BYTES = "application/json", "application/octet-stream"
_PORTS = {"https": 443, "http": 80}
_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?:\.(?!-)[a-z0-9-]{1,63})*", re.ASCII)
_PLAIN_URL = re.compile(r"[!-\[\]-~]+", re.ASCII)  # printable, no blank, no backslash
_KEY = re.compile(r"[!-~]{1,4000}", re.ASCII)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], tuple[str, ...]]

# What `is_global` of Python 3.11 calls public and is not: relays, embedded IPv4, groups.
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(text)
    for text in (
        *("192.0.0.0/24", "192.88.99.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        *("2001::/23", "2002::/16", "3fff::/20"),
    )
)
_UNICAST = ipaddress.ip_network("2000::/3")


class DestinationRefused(Refused):
    code = ErrorCode.DESTINATION_REFUSED


class KeyRefused(Refused):
    code = ErrorCode.KEY_REFUSED


class NotFound(Refused):
    code = ErrorCode.NOT_FOUND


class VendorDown(Refused):
    code = ErrorCode.VENDOR_DOWN
    retry_after: float | None = None
    """Seconds before a try makes sense; None where that is not known."""


class BadReply(Refused):
    code = ErrorCode.BAD_REPLY
    status: int | None = None
    """Of the reply, where that is what is bad."""


class Rejected(BadReply):
    """It has read the request and will not have it (4xx): nothing came of it."""


class TooLarge(Refused):
    code = ErrorCode.TOO_LARGE


class RateLimited(Refused):
    code = ErrorCode.RATE_LIMITED
    retry_after: float | None = None
    """Seconds the server asked for, capped; None where it asked for nothing readable."""


class Pacer(Protocol):
    """Spreads the requests of one account; called before every single try."""

    def wait_turn(self, *, longest: float) -> None:
        """Wait for the turn. Raises RateLimited or VendorDown where it is not to be had."""


class Unpaced:
    """The pacer for a destination that asks for no pacing."""

    def wait_turn(self, *, longest: float) -> None:
        del longest


@dataclass(frozen=True, slots=True)
class Limits:
    connect_seconds: float = 5.0
    read_seconds: float = 30.0
    total_seconds: float = 120.0
    """From the call of `get` to its end: every try, name look-up and wait is cut to it."""
    tries: int = 5
    body_bytes: int = MAX_BODY_BYTES
    first_wait_seconds: float = 0.5
    longest_wait_seconds: float = 30.0
    longest_retry_after_seconds: float = 900.0


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with a 2xx status, its body whole."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Stream:
    """A body of `size` bytes that is read piece by piece while it is sent."""

    size: int
    open: Callable[[], Iterator[bytes]]
    """Begins it anew."""

    def pieces(self) -> Iterator[bytes]:
        """Raises OSError where they are not of its size, which is told before them."""
        left = self.size
        for piece in self.open():
            left -= len(piece)
            yield piece
        if left:
            raise OSError("the stream has another size")


@dataclass(frozen=True, slots=True)
class Sent:
    """What goes out: a body has a kind."""

    method: str
    body: bytes | Stream | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    scheme: str
    host: str
    port: int

    @property
    def entry(self) -> str:
        """`host:port`, as an operator writes it into the list of private destinations."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def _absent_by_status(status: int, body: bytes) -> bool:
    del body
    return status == httpx.codes.NOT_FOUND


def resolve(host: str, port: int) -> tuple[str, ...]:
    """Every address of a name, in the system's order. Raises OSError where it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(row[4][0]) for row in found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What one client may reach, and how. `base_url` may have a path, where a proxy needs one."""

    base_url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    bearer: str = field(default="", repr=False)
    """A key that goes as `Authorization: Bearer …`."""
    allow_private: Collection[str] = frozenset()
    """`host:port` entries the operator opened although not public; each opens itself only."""
    limits: Limits = Limits()
    is_absent: Callable[[int, bytes], bool] = _absent_by_status
    """Tells from status and body of a 4xx that the thing asked for is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Clock, sleep, chance, names and connections, so that tests own them.

    A connection is made to an address that was checked; TLS and every limit stay on top of it.
    """

    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random
    resolve: Resolve = resolve
    connect: Connect = connect


def _look_up(around: Surroundings, origin: Origin, seconds: float) -> tuple[str, ...]:
    """The name's addresses. Raises TimeoutError after `seconds`: the system itself has no limit."""
    found: Future[tuple[str, ...]] = Future()

    def look_up() -> None:
        try:
            found.set_result(around.resolve(origin.host, origin.port))
        except Exception as error:  # noqa: BLE001 # the rim of a thread: raised again by its caller
            found.set_exception(error)

    threading.Thread(target=look_up, daemon=True).start()
    return found.result(timeout=seconds)


def is_public(address: Address) -> bool:
    """True for an address of the open internet: not private, shared, embedded or a group."""
    if isinstance(address, ipaddress.IPv6Address) and address not in _UNICAST:
        return False
    return address.is_global and not any(address in network for network in _NOT_PUBLIC)


def parse_origin(url: str, *, allow_private: Collection[str] = frozenset()) -> Origin:
    """The origin of `url`, checked as far as its spelling goes. Raises DestinationRefused."""
    if not _PLAIN_URL.fullmatch(url):
        raise _destination("its characters", "Write a plain URL: printable ASCII, no blanks.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _destination("a URL that cannot be read", "Write https://host or a port.") from None
    if parts.scheme not in _PORTS:
        raise _destination(f"scheme {parts.scheme[:20]!r}", "Use https.")
    if "@" in parts.netloc or "#" in url:
        raise _destination("user information or a fragment", "Write scheme, host and path alone.")
    origin = Origin(parts.scheme, _plain_host(parts.hostname or ""), port or _PORTS[parts.scheme])
    _check_entry(origin, allow_private)
    return origin


def _plain_host(host: str) -> str:
    """Refuse spellings that one reader takes for a name and the next for an address."""
    if ":" in host or host.replace(".", "").isdigit():
        if _canonical(host) != host:
            raise _destination(f"host {host[:100]!r}", "Write the address in its usual form.")
        return host
    last = host.rsplit(".", 1)[-1]
    if not _NAME.fullmatch(host) or len(host) > 253 or not last[:1].isalpha():
        raise _destination(f"host {host[:100]!r}", "Write a plain host name, no trailing dot.")
    return host


def _canonical(host: str) -> str | None:
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return None


def _check_entry(origin: Origin, allow_private: Collection[str]) -> None:
    if origin.entry in allow_private:
        return
    if origin.scheme != "https":
        raise _destination(f"{origin.scheme} to {origin.entry}", "Use https; the key goes with it.")
    literal = _canonical(origin.host)
    if literal is not None:
        _check_public(origin, (literal,))


def _check_public(origin: Origin, addresses: tuple[str, ...]) -> None:
    # One private address among public ones is refused whole: which one is used is chance.
    for text in addresses:
        if not is_public(ipaddress.ip_address(text)):
            raise _destination(
                f"{origin.entry}, which is not on the open internet",
                f"An operator may open it by adding {origin.entry} to the private destinations.",
            )


def _destination(seen: str, remedy: str) -> DestinationRefused:
    return DestinationRefused("The destination is refused", seen, remedy)


@dataclass(frozen=True, slots=True)
class _Failed:
    """A try that may be tried again."""

    error: Refused
    wait: float | None = None


class Client:
    """HTTP against one origin, by one thread. Raises only the refusals of this module."""

    _DOWN: ClassVar[str] = "Wait and try again; nothing was lost."

    def __init__(
        self,
        config: Config,
        *,
        pacer: Pacer | None = None,
        surroundings: Surroundings | None = None,
    ) -> None:
        for value in (*config.headers.values(), config.bearer or "none"):
            if not _KEY.fullmatch(value):
                # The HTTP library would name the value in its own error.
                raise KeyRefused("The key is refused", "its characters", "Paste the key again.")
        self.config = config
        self.origin = parse_origin(config.base_url, allow_private=config.allow_private)
        self._pacer = pacer or Unpaced()
        self._around = surroundings or Surroundings()
        self._deadline = 0.0
        each = httpx.Timeout(config.limits.read_seconds, connect=config.limits.connect_seconds)
        transport = Transport(self._left, self._around.connect)
        # It follows no redirect unless it is told to.
        self._http = httpx.Client(transport=transport, trust_env=False, timeout=each)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def get(self, target: str, *, params: Mapping[str, str] | None = None) -> Reply:
        """Fetch a path (`/…`) or an absolute URL of this client's own origin.

        Takes at most `total_seconds` of its limits, waits and name look-ups included.
        """
        path = self._path(target)
        if params:
            path += ("&" if "?" in path else "?") + urlencode(params)
        return self._send(path, Sent("GET"))

    def post(self, target: str, body: bytes) -> Reply:
        """Send JSON to a path or URL as `get` takes it. It is sent again as `tries` allows."""
        return self._send(self._path(target), Sent("POST", body, _JSON))

    def post_once(self, target: str, body: bytes | Stream, *, kind: str = "") -> Reply:
        """Send JSON, or bytes as they are, and never again: the other side may have acted on it.

        Whatever is raised but Rejected, NotFound, KeyRefused, RateLimited leaves that open.
        """
        kind = kind or (_BYTES if isinstance(body, Stream) else _JSON)
        return self._send(self._path(target), Sent("POST", body, kind), tries=1)

    def delete(self, target: str) -> Reply:
        """Delete what is at a path or URL as `get` takes it. It is sent again as `tries` allows."""
        return self._send(self._path(target), Sent("DELETE"))

    def _send(self, path: str, sent: Sent, *, tries: int | None = None) -> Reply:
        self._deadline = self._around.clock() + self.config.limits.total_seconds
        attempt = 0
        while True:
            outcome = self._try(path, sent, attempt)
            if isinstance(outcome, Reply):
                return outcome
            attempt += 1
            self._wait_or_raise(outcome, attempt, tries or self.config.limits.tries)

    def _left(self) -> float:
        return self._deadline - self._around.clock()

    def _path(self, target: str) -> str:
        if target.startswith("/") and not target.startswith("//"):
            target = self.config.base_url.rstrip("/") + target
        origin = parse_origin(target, allow_private=self.config.allow_private)
        if origin != self.origin:
            raise _destination(
                f"{origin.entry} instead of {self.origin.entry}",
                "Only the source's own address is asked; check what answers there.",
            )
        parts = urlsplit(target)
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    def _wait_or_raise(self, failed: _Failed, attempt: int, tries: int) -> None:
        limits = self.config.limits
        wait = failed.wait
        if wait is None:
            ceiling = min(limits.first_wait_seconds * 2**attempt, limits.longest_wait_seconds)
            wait = ceiling * (0.5 + self._around.chance() / 2)
        if attempt >= tries or wait > self._left():
            raise failed.error
        self._around.sleep(wait)

    def _try(self, path: str, sent: Sent, attempt: int) -> Reply | _Failed:
        self._pacer.wait_turn(longest=self._left())
        try:
            request = self._request(path, sent, self._address(attempt))
            reply = self._http.send(request, stream=True)
            try:
                return self._read(reply)
            finally:
                reply.close()
        except (httpx.TransportError, OSError) as error:
            return _Failed(self._down(_SLOW if self._left() <= 0 else type(error).__name__))

    def _address(self, attempt: int) -> str:
        """The address for this try: checked now, another one of the name at the next try."""
        if _canonical(self.origin.host) is not None:
            return self.origin.host
        found = _look_up(self._around, self.origin, self._left())
        if not found:
            raise OSError("no address")
        if self.origin.entry not in self.config.allow_private:
            _check_public(self.origin, found)
        return found[attempt % len(found)]

    def _request(self, path: str, sent: Sent, address: str) -> httpx.Request:
        pinned = Origin(self.origin.scheme, address, self.origin.port)
        host = self.origin.entry.removesuffix(f":{_PORTS[self.origin.scheme]}")
        # Identity: what is counted against the cap is then what is held in memory.
        headers = {**self.config.headers, "Host": host, "Accept-Encoding": "identity"}
        if self.config.bearer:
            headers["Authorization"] = f"Bearer {self.config.bearer}"
        if sent.kind:
            headers["Content-Type"] = sent.kind
        if isinstance(sent.body, Stream):
            headers["Content-Length"] = str(sent.body.size)
        return self._http.build_request(
            sent.method,
            f"{pinned.scheme}://{pinned.entry}{path}",
            headers=headers,
            content=sent.body.pieces() if isinstance(sent.body, Stream) else sent.body,
            extensions={"sni_hostname": self.origin.host},
        )

    def _read(self, reply: httpx.Response) -> Reply | _Failed:
        body = self._body(reply)
        if body is None:
            return _Failed(self._down(_SLOW))
        return self._judge(reply, body)

    def _body(self, reply: httpx.Response) -> bytes | None:
        held = bytearray()
        for chunk in self._plain(reply).iter_raw():
            held += chunk
            self._check_size(len(held))
            if self._left() < 0:
                return None
        return bytes(held)

    def _plain(self, reply: httpx.Response) -> httpx.Response:
        if reply.headers.get("content-encoding", "identity") != "identity":
            raise self._bad("an encoded body", "Ask the operator of that server for plain replies.")
        return reply

    def _check_size(self, size: int) -> None:
        if size > self.config.limits.body_bytes:
            raise TooLarge(
                f"The reply of {self.origin.entry} is refused",
                f"more than {self.config.limits.body_bytes:,} bytes",
                "Nothing was stored; see whether the call is of a usual length.",
            )

    def _judge(self, reply: httpx.Response, body: bytes) -> Reply | _Failed:
        status = reply.status_code
        if reply.is_success:
            return Reply(status, body)
        if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            raise KeyRefused(
                f"{self.origin.entry} refuses the key",
                f"status {status}",
                "Enter a valid key for this source; the checkpoint stays where it was.",
            )
        if status == httpx.codes.TOO_MANY_REQUESTS:
            return self._limited(reply)
        if reply.is_server_error:
            return _Failed(self._down(f"status {status}"), self._asked(reply))
        if reply.is_client_error and self.config.is_absent(status, body):
            raise NotFound(
                f"{self.origin.entry} does not have it",
                f"status {status}",
                "It may have been deleted there, or belong to another account.",
            )
        kind = Rejected if reply.is_client_error else BadReply
        what, remedy = "is not usable", "Check the address and the settings of the source."
        bad = kind(f"The reply of {self.origin.entry} {what}", f"status {status}", remedy)
        bad.status = status
        raise bad

    def _limited(self, reply: httpx.Response) -> _Failed:
        what = f"{self.origin.entry} asks for fewer requests"
        error = RateLimited(what, "status 429", self._DOWN)
        error.retry_after = self._asked(reply)
        return _Failed(error, error.retry_after)

    def _asked(self, reply: httpx.Response) -> float | None:
        longest = self.config.limits.longest_retry_after_seconds
        header = reply.headers.get("retry-after")
        return retry_after_seconds(header, now=self._around.now(), longest=longest)

    def _down(self, seen: str) -> VendorDown:
        return VendorDown(f"{self.origin.entry} does not answer", seen, self._DOWN)

    def _bad(self, seen: str, remedy: str) -> BadReply:
        return BadReply(f"The reply of {self.origin.entry} is not usable", seen, remedy)
