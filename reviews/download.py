"""A download: the body goes on as it comes, and nobody holds the whole of it.

What holds for every other request (reviews/egress.py) holds for it: one origin, the checked
address, a limit of bytes and of seconds, no redirect, nothing of the address in an error.
"""

import socket
from collections.abc import Callable, Iterator

import httpx

from reviews.egress import Client, Reply, Sent, VendorDown
from reviews.errors import ErrorCode

_SLOW = "it answers too slowly"


class NameUnknown(VendorDown):
    code = ErrorCode.NAME_UNKNOWN


class Downloader(Client):
    """A client for what is too large to be held. Raises NameUnknown besides."""

    def download(self, target: str, sink: Callable[[bytes], object]) -> None:
        """Hand what is under `target` to `sink` as it comes, `body_bytes` of it at most.

        One try, for what was handed over cannot be taken back: after an error throw it away.
        """
        self._deadline = self._around.clock() + self.config.limits.total_seconds
        reply = self._opened(self._path(target))
        try:
            if not reply.is_success:
                self._refuse(reply)
            for chunk in self._chunks(reply):
                sink(chunk)
        finally:
            reply.close()

    def _opened(self, path: str) -> httpx.Response:
        self._pacer.wait_turn(longest=self._left())
        try:
            return self._http.send(self._request(path, Sent("GET"), self._address(0)), stream=True)
        except socket.gaierror:
            seen = "its name has no address"
            raise NameUnknown(f"{self.origin.entry} is not found", seen, self._DOWN) from None
        except (httpx.TransportError, OSError) as error:
            raise self._down(type(error).__name__) from None

    def _refuse(self, reply: httpx.Response) -> None:
        """Raise what the status means; the body of such a reply is not read."""
        failed = self._judge(reply, b"")
        if not isinstance(failed, Reply):
            raise failed.error

    def _chunks(self, reply: httpx.Response) -> Iterator[bytes]:
        """Its own errors alone are those of the network: what the sink raises passes by."""
        size, chunks = 0, self._plain(reply).iter_raw()
        while chunk := self._next(chunks):
            size += len(chunk)
            self._check_size(size)
            yield chunk

    def _next(self, chunks: Iterator[bytes]) -> bytes:
        try:
            chunk = next(chunks, b"")
        except (httpx.TransportError, OSError) as error:
            raise self._down(type(error).__name__) from None
        if self._left() < 0:
            raise self._down(_SLOW)
        return chunk
