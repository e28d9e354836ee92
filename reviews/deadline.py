"""A transport that waits for nothing beyond the time left, however the bytes trickle in."""

import ssl
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Protocol

import httpcore
import httpx


class Line(Protocol):
    """A connection. Reading and writing raise TimeoutError, OSError or the library's own."""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes: ...
    def write(self, buffer: bytes, timeout: float | None = None) -> None: ...
    def close(self) -> None: ...
    def get_extra_info(self, info: str) -> Any: ...
    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> "Line": ...


Connect = Callable[[str, int, float], Line]
"""(address, port, seconds) → a connection."""


def connect(address: str, port: int, seconds: float) -> Line:
    """Over the network."""
    return httpcore.SyncBackend().connect_tcp(address, port, seconds)


@cache
def _authorities() -> ssl.SSLContext:
    """Whom to trust; read once a process, for it takes longer than a request."""
    return httpx.create_ssl_context(trust_env=False)


class Transport(httpx.HTTPTransport):
    """The library's limits hold for a single read only; here all of them end with `left`."""

    def __init__(self, left: Callable[[], float], connect: Connect) -> None:
        context = _authorities()
        super().__init__(verify=context, trust_env=False)
        backend = _Backend(left, connect)
        # The library has no parameter for it.
        self._pool = httpcore.ConnectionPool(ssl_context=context, network_backend=backend)


class _Backend(httpcore.NetworkBackend):
    def __init__(self, left: Callable[[], float], connect: Connect) -> None:
        self._left = left
        self._connect = connect

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        del local_address, socket_options
        return _Stream(self._connect(host, port, _sooner(timeout, self._left())), self._left)


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: Line, left: Callable[[], float]) -> None:
        self._inner = inner
        self._left = left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _sooner(timeout, self._left()))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _sooner(timeout, self._left()))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        seconds = _sooner(timeout, self._left())
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, seconds), self._left)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _sooner(timeout: float | None, left: float) -> float:
    # Zero would mean "do not wait" to a socket, which it reports as another error.
    return max(left if timeout is None else min(timeout, left), 0.001)
