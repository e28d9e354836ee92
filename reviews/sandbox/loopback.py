"""A vendor on a port of this machine, over HTTP/1.1."""

import contextlib
import socket
import struct
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

from reviews.sandbox.answers import Answer, error
from reviews.sandbox.stream import Reset, Step, Wait, closes, steps

_MAX_BODY = 50_000_000
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Vendor(Protocol):
    def answer(self, method: str, target: str, key: str | None, body: bytes) -> Answer: ...

    def pause(self, seconds: float) -> bool:
        """Wait so long, or until it ends: True then."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, vendor: Vendor, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.vendor = vendor

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 30

    def _serve(self) -> None:
        if self.server.vendor.pause(0):
            # A connection kept alive must not go on answering for a server that is gone.
            self.close_connection = True
            return
        length = self.headers.get("Content-Length", "0")
        size = int(length) if length.isdecimal() else _MAX_BODY + 1
        if size > _MAX_BODY:
            self.close_connection = True
            self._send(error(413, "Payload too large"))
            return
        body = self.rfile.read(size)
        key = self.headers.get("Authorization")
        self._send(self.server.vendor.answer(self.command, self.path, key, body))

    def _send(self, answer: Answer) -> None:
        self.close_connection = self.close_connection or closes(answer)
        with contextlib.suppress(ConnectionError):  # the client may have gone
            for step in steps(answer):
                if self._is_last(step):
                    return

    def _is_last(self, step: Step) -> bool:
        if isinstance(step, Wait):
            return self.server.vendor.pause(step.seconds)
        if isinstance(step, Reset):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            # Here, because the server would say a polite goodbye first.
            socket.close(self.connection.detach())
            return True
        self.wfile.write(step)
        return False

    do_GET = do_POST = do_DELETE = _serve

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 # the base class names it so
        """Keep request lines out of the terminal of the demo."""
