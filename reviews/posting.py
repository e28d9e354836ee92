"""One try of a request, whatever the other side answers: its status is the caller's to judge.

What holds for every other request (reviews/egress.py) holds for it: one origin, the checked
address, limits of seconds and bytes, no redirect.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from reviews.egress import Client, Sent, VendorDown

_DRAINED = 16_384
"""An answer up to this length keeps the connection; of a longer one it is closed."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    retry_after: float | None
    """Seconds that it asked for, capped by the limits of the client."""


class Poster(Client):
    """A client that posts. Its connection stays open for the next; for one thread.

    A body in answer is thrown away, unread where it is long.
    """

    def answer(
        self, target: str, body: bytes, headers: Mapping[str, str], *, method: str = "POST"
    ) -> Answer:
        """Post JSON once, or put what the headers say it is.

        Raises DestinationRefused, and VendorDown where nothing answered.
        """
        self._deadline = self._around.clock() + self.config.limits.total_seconds
        path = self._path(target)
        try:
            request = self._request(path, Sent(method, body, "application/json"), self._address(0))
            request.headers.update(headers)
            reply = self._http.send(request, stream=True)
            try:
                self._drain(reply)
            finally:
                reply.close()
        except (httpx.TransportError, OSError) as error:
            raise VendorDown(
                f"{self.origin.entry} does not answer", type(error).__name__, self._DOWN
            ) from None
        return Answer(reply.status_code, self._asked(reply))

    def _drain(self, reply: httpx.Response) -> None:
        """Read to the end what is short, so that the connection can be used again."""
        size = 0
        for chunk in reply.iter_raw():
            size += len(chunk)
            if size > _DRAINED or self._left() < 0:
                return


@dataclass(frozen=True, slots=True)
class Said:
    """An answer with any status, its body whole."""

    status: int
    body: bytes
    retry_after: float | None


class Asker(Client):
    """A client of an API that says in the body of a refusal what it refuses."""

    def ask(self, method: str, target: str, body: bytes | None = None, *, kind: str = "") -> Said:
        """Send it once. Raises DestinationRefused, TooLarge, BadReply and VendorDown."""
        self._deadline = self._around.clock() + self.config.limits.total_seconds
        path = self._path(target)
        self._pacer.wait_turn(longest=self._left())
        try:
            reply = self._http.send(
                self._request(path, Sent(method, body, kind), self._address(0)), stream=True
            )
            try:
                read = self._body(reply)
            finally:
                reply.close()
        except (httpx.TransportError, OSError) as error:
            raise self._down(type(error).__name__) from None
        if read is None:
            raise self._down("it answers too slowly")
        return Said(reply.status_code, read, self._asked(reply))
