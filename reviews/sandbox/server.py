"""An AssemblyAI-compatible server on the loopback, held to the published contract.

For the demo, the tests and anyone who wants to try the product without an account. It keeps all
in memory and knows no audio.
"""

import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from reviews.sandbox import chat
from reviews.sandbox.account import Account, Payload
from reviews.sandbox.texts import paragraphs, search, sentences, srt, vtt

_LIST = "/v2/transcript"
_CHAT = "/v1/chat/completions"
_ONE = re.compile(r"/v2/transcript/([^/]+)(?:/([a-z-]+))?")
_MAX_LIMIT = 200
_DEFAULT_LIMIT = 10
_MAX_BODY = 50_000_000
_UNKNOWN_ID = "Transcript lookup error, transcript id not found"


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


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    kind: str = "application/json"
    retry_after: str | None = None


class Sandbox:
    """A running server: `with Sandbox(accounts={key: [payload, …]}) as sandbox: sandbox.base_url`.

    Port 0 takes a free one. Two sandboxes are two regions: a key of one is refused by the other.
    """

    def __init__(
        self,
        *,
        accounts: Mapping[str, Sequence[Payload]],
        port: int = 0,
        faults: Sequence[Fault] = (),
    ) -> None:
        self.accounts = {key: Account(payloads) for key, payloads in accounts.items()}
        self.requests: Counter[str] = Counter()
        """How often each path was asked for, its query aside, faults included."""
        self._faults = faults
        self._matched: Counter[int] = Counter()
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def has_ended(self) -> bool:
        return self._ended.is_set()

    def wait(self) -> None:
        """Serve until the calling thread is interrupted."""
        self._thread.join()

    def answer(self, method: str, target: str, key: str | None, body: bytes) -> Answer:
        """The answer to one request; the fault script goes first, then the key, then the route."""
        parts = urlsplit(target)
        fault = self._count(parts.path)
        if fault is not None:
            return _fault_answer(fault)
        if parts.path == _CHAT and method == "POST":
            return self._complete(key or "", body)
        account = self.accounts.get(key or "")
        if account is None:
            return _error(401, "Authentication error, API token missing/invalid")
        route = _Route(account, self.base_url, parts.path, dict(parse_qsl(parts.query)), body)
        return route.answer(method)

    def _complete(self, key: str, body: bytes) -> Answer:
        """As a chat-completions server does, for the keys of all accounts."""
        if key.removeprefix("Bearer ") not in self.accounts:
            return _json(chat.refusal("the key is not known"), 401)
        status, reply = chat.complete(body)
        return _json(reply, status)

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


@dataclass(frozen=True, slots=True)
class _Route:
    account: Account
    base_url: str
    path: str
    query: dict[str, str]
    body: bytes

    def answer(self, method: str) -> Answer:
        if self.path == _LIST and method == "GET":
            return self._list()
        if self.path == _LIST and method == "POST":
            return self._submit()
        if self.path == "/v2/upload" and method == "POST":
            return _json({"upload_url": f"{self.base_url}/upload/{len(self.body)}"})
        found = _ONE.fullmatch(self.path)
        if found is None or method not in ("GET", "DELETE"):
            return _error(404, "Not found")
        return self._one(method, found.group(1), found.group(2))

    def _list(self) -> Answer:
        asked = self.query.get("limit", str(_DEFAULT_LIMIT))
        if not asked.isdecimal() or not 1 <= int(asked[:4]) <= _MAX_LIMIT:
            return _error(400, f"limit must be between 1 and {_MAX_LIMIT}")
        rows, has_older = self.account.page(self.query, int(asked))
        older = self._link("before_id", rows[-1]["id"]) if has_older else None
        newer = self._link("after_id", rows[0]["id"]) if rows else None
        details = {
            "limit": int(asked),
            "result_count": len(rows),
            "current_url": f"{self.base_url}{_LIST}?{urlencode(self.query)}",
            "prev_url": older,
            "next_url": newer,
        }
        return _json({"page_details": details, "transcripts": [self._item(row) for row in rows]})

    def _link(self, cursor: str, transcript_id: str) -> str:
        kept = {name: text for name, text in self.query.items() if name in ("limit", "status")}
        if "created_on" in self.query:
            kept["created_on"] = self.query["created_on"]
        return f"{self.base_url}{_LIST}?{urlencode(kept | {cursor: transcript_id})}"

    def _item(self, row: Payload) -> Payload:
        fields = ("id", "status", "created", "completed", "audio_url", "error")
        link = f"{self.base_url}{_LIST}/{row['id']}"
        return {name: row.get(name) for name in fields} | {"resource_url": link}

    def _submit(self) -> Answer:
        try:
            request = json.loads(self.body)
        except ValueError:
            request = None
        if not isinstance(request, dict) or not isinstance(request.get("audio_url"), str):
            return _error(400, "audio_url is required")
        return _json(self.account.submit(request))

    def _one(self, method: str, transcript_id: str, part: str | None) -> Answer:
        if method == "DELETE":
            row = self.account.delete(transcript_id) if part is None else None
        else:
            row = self.account.get(transcript_id)
        if row is None:
            return _error(400, _UNKNOWN_ID)
        if part is None:
            return _json(row)
        derive = _PARTS.get(part)
        return _error(404, "Not found") if derive is None else derive(row, self.query)


def _sentences(row: Payload, query: Mapping[str, str]) -> Answer:
    del query
    return _json({"sentences": sentences(row.get("words") or [])} | _summary(row))


def _paragraphs(row: Payload, query: Mapping[str, str]) -> Answer:
    del query
    return _json({"paragraphs": paragraphs(row.get("words") or [])} | _summary(row))


def _summary(row: Payload) -> Payload:
    return {
        "id": row["id"],
        "confidence": row.get("confidence") or 0.0,
        "audio_duration": row.get("audio_duration") or 0,
    }


def _word_search(row: Payload, query: Mapping[str, str]) -> Answer:
    wanted = [text for text in query.get("words", "").split(",") if text.strip()]
    if not wanted:
        return _error(400, "words is required")
    return _json({"id": row["id"]} | search(row.get("words") or [], wanted))


def _captions(
    write: Callable[[Sequence[Payload], int | None], str],
) -> Callable[[Payload, Mapping[str, str]], Answer]:
    def answer(row: Payload, query: Mapping[str, str]) -> Answer:
        asked = query.get("chars_per_caption")
        if asked is not None and not (asked.isdecimal() and int(asked[:9])):
            return _error(400, "chars_per_caption must be a whole number above 0")
        text = write(row.get("words") or [], int(asked) if asked else None)
        return Answer(200, text.encode(), "text/plain; charset=utf-8")

    return answer


_PARTS: dict[str, Callable[[Payload, Mapping[str, str]], Answer]] = {
    "sentences": _sentences,
    "paragraphs": _paragraphs,
    "word-search": _word_search,
    "srt": _captions(srt),
    "vtt": _captions(vtt),
}


def _json(value: Payload, status: int = 200) -> Answer:
    return Answer(status, json.dumps(value).encode())


def _error(status: int, text: str) -> Answer:
    return Answer(status, json.dumps({"error": text}).encode())


_FAULT_TEXTS = {
    400: "Bad request",
    401: "Authentication error, API token missing/invalid",
    404: "Not found",
    429: "Too Many Requests",
    500: "Internal Server Error",
}


def _fault_answer(fault: Fault) -> Answer:
    body = fault.body
    if body is None:
        text = _FAULT_TEXTS.get(fault.status)
        body = b"" if text is None else _error(fault.status, text).body
    return Answer(fault.status, body, retry_after=fault.retry_after)


def _handler(sandbox: Sandbox) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        timeout = 30

        def _serve(self) -> None:
            if sandbox.has_ended:
                # A connection kept alive must not go on answering for a server that is gone.
                self.close_connection = True
                return
            length = self.headers.get("Content-Length", "0")
            size = int(length) if length.isdecimal() else _MAX_BODY + 1
            if size > _MAX_BODY:
                self.close_connection = True
                self._send(_error(413, "Payload too large"))
                return
            body = self.rfile.read(size)
            key = self.headers.get("Authorization")
            self._send(sandbox.answer(self.command, self.path, key, body))

        def _send(self, answer: Answer) -> None:
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(answer.body)))
            if answer.retry_after is not None:
                self.send_header("Retry-After", answer.retry_after)
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = do_DELETE = _serve

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 # the base class names it so
            """Keep request lines out of the terminal of the demo."""

    return Handler
