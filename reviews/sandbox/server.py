"""An AssemblyAI-compatible vendor, held to the published contract: in process or on the loopback.

For the demo, the tests and anyone who wants to try the product without an account. It keeps all
in memory; what is heard of it is a tone, unless a recording was given.
"""

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from reviews.sandbox import chat
from reviews.sandbox.account import Access, Account
from reviews.sandbox.answers import AUTHENTICATION, Answer, Trouble, error, in_json, plain_error
from reviews.sandbox.behaviour import ALL_DAYS, Behaviour
from reviews.sandbox.clock import Now, utc_now
from reviews.sandbox.faults import FaultScript
from reviews.sandbox.loopback import Server
from reviews.sandbox.routes import AUDIO, RECORDING, Request, Route, original, recording
from reviews.sandbox.rows import Payload
from reviews.sandbox.scene import Scene

_US = "https://api.assemblyai.com"
_CHAT = "/v1/chat/completions"


@dataclass(frozen=True, slots=True)
class Fault:
    """An answer that replaces the real one, for requests whose path begins with `path`."""

    path: str
    status: int
    times: int = 1
    retry_after: str | None = None
    skip: int = 0
    """So many matching requests that no earlier fault took are served before it begins."""
    body: bytes | None = None
    """The raw body; None gives the vendor's error text, or nothing for 503 and 504."""
    trouble: Trouble | None = None
    """The real answer comes, and this befalls it on its way; `status` is not used then."""
    at: int = 0
    headers: tuple[tuple[str, str], ...] = ()


class Sandbox:
    """`with Sandbox(accounts={key: [payload, …]}) as sandbox: sandbox.base_url` serves on a port;
    without `with` it answers in process, as the vendor at `base_url`.

    An account is given by its payloads or made before; two keys of one account are two Access of
    it. Port 0 takes a free one. Two sandboxes are two regions: a key of one is refused by the
    other.
    """

    def __init__(
        self,
        *,
        accounts: Mapping[str, Sequence[Payload] | Account | Access],
        port: int = 0,
        faults: Sequence[Fault] = (),
        base_url: str = _US,
        now: Now = utc_now,
        behaviour: Behaviour = ALL_DAYS,
        turnaround: timedelta | None = None,
        script: FaultScript | None = None,
    ) -> None:
        """`now`, `behaviour` and `turnaround` are those of the accounts that are made here."""
        self.access = {
            key: _access(given, now, behaviour, turnaround) for key, given in accounts.items()
        }
        self.accounts = {key: access.account for key, access in self.access.items()}
        self.base_url = base_url
        self.script = script
        self.now = now
        self.requests: Counter[str] = Counter()
        """How often each path was asked for, its query aside, faults included."""
        self._faults = faults
        self._matched: Counter[int] = Counter()
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._wanted_port = port
        self._served: tuple[Server, threading.Thread] | None = None

    @property
    def port(self) -> int:
        """The port it serves on, or that of its address."""
        parts = urlsplit(self.base_url)
        return parts.port or (443 if parts.scheme == "https" else 80)

    def __enter__(self) -> Self:
        server = Server(self, self._wanted_port)
        self.base_url = server.base_url
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        self._served = server, thread
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        if self._served is not None:
            server, thread = self._served
            server.shutdown()
            thread.join()
            server.server_close()

    def pause(self, seconds: float) -> bool:
        """Wait so long, or until it ends: True then."""
        return self._ended.wait(seconds)

    def wait(self) -> None:
        """Serve until the calling thread is interrupted."""
        if self._served is not None:
            self._served[1].join()

    def answer(self, method: str, target: str, key: str | None, body: bytes) -> Answer:
        """The answer to one request; faults go first, then the key, then the route."""
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query))
        request = Request(method, parts.path, query, key or "", body)
        fault = self._count(parts.path)
        if fault is None:
            script = self.script
            return self._serve(request) if script is None else script.meet(self._scene(request))
        if fault.trouble is not None:
            return replace(self._serve(request), trouble=fault.trouble, at=fault.at)
        plain = replace(plain_error(fault.status, fault.retry_after), headers=fault.headers)
        return plain if fault.body is None else replace(plain, body=fault.body)

    def _scene(self, request: Request) -> Scene:
        access = self.access.get(request.key)
        return Scene(
            request,
            access.account if access else None,
            serve=lambda: self._serve(request),
            base_url=self.base_url,
            now=self.now(),
        )

    def _serve(self, request: Request) -> Answer:
        if request.path == _CHAT and request.method == "POST":
            return self._complete(request)
        if request.path.startswith(AUDIO):
            return self._recording(request.path)
        if request.path.startswith(RECORDING):
            return self._original(request)
        access = self.access.get(request.key)
        if access is None:
            return error(401, AUTHENTICATION)
        return Route(access, self.base_url, request).answer()

    def _recording(self, path: str) -> Answer:
        found = (recording(account, path) for account in self.accounts.values())
        return next((answer for answer in found if answer is not None), error(404, "Not found"))

    def _original(self, request: Request) -> Answer:
        accounts = self.accounts.values()
        found = (original(account, request.path, request.query) for account in accounts)
        return next((answer for answer in found if answer is not None), error(404, "Not found"))

    def _complete(self, request: Request) -> Answer:
        """As a chat-completions server does, for the keys of all accounts."""
        if request.key.removeprefix("Bearer ") not in self.accounts:
            return in_json(chat.refusal("the key is not known"), 401)
        status, reply = chat.complete(request.body)
        return in_json(reply, status)

    def _count(self, path: str) -> Fault | None:
        """Count the request and find the fault that is due, if any."""
        with self._lock:
            self.requests[path] += 1
            named = (at for at, fault in enumerate(self._faults) if path.startswith(fault.path))
            return next((self._faults[at] for at in named if self._is_due(at)), None)

    def _is_due(self, number: int) -> bool:
        self._matched[number] += 1
        fault = self._faults[number]
        return fault.skip < self._matched[number] <= fault.skip + fault.times


def _access(
    given: Sequence[Payload] | Account | Access,
    now: Now,
    behaviour: Behaviour,
    turnaround: timedelta | None,
) -> Access:
    if isinstance(given, Access):
        return given
    if isinstance(given, Account):
        return Access(given)
    return Access(Account(given, now=now, behaviour=behaviour, turnaround=turnaround))
