"""Slack's incoming webhook on the loopback, held to what Slack publishes of it.

It takes the Block Kit that a message may have and refuses, as Slack does, by a status and a word:
https://api.slack.com/messaging/webhooks, https://api.slack.com/reference/block-kit/blocks
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, str]
BLOCKS, HEADER, TEXT, FIELDS, FIELD, BUTTON, URL, WHOLE = (
    50,
    150,
    3_000,
    10,
    2_000,
    75,
    3_000,
    13_200,
)
OK = (200, "ok")
_KNOWN = frozenset(
    {"text", "blocks", "mrkdwn", "link_names", "unfurl_links", "unfurl_media", "attachments"}
)


@dataclass
class Slack:
    port: int = 0
    says: list[tuple[int, str, dict[str, str]]] = field(default_factory=list)
    """What it answers next, whatever is sent; then by the rules."""
    got: list[dict[str, Any]] = field(default_factory=list)
    """What it took."""
    asked: int = 0

    @property
    def entry(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.entry}/services/T000/B000/XXXX"

    @property
    def texts(self) -> str:
        return json.dumps(self.got)


def judge(body: bytes) -> Answer:
    """What Slack answers to a message."""
    try:
        sent = json.loads(body)
    except ValueError:
        return 400, "invalid_payload"
    if not isinstance(sent, dict) or not sent.keys() <= _KNOWN:
        return 400, "invalid_payload"
    if not sent.get("text") and not sent.get("blocks"):
        return 400, "no_text"
    blocks = sent.get("blocks", [])
    if len(blocks) > BLOCKS or not all(_is_block(each) for each in blocks):
        return 400, "invalid_blocks"
    if sum(map(len, _texts(sent))) > WHOLE:
        return 400, "msg_blocks_too_long"
    return OK


def _is_block(block: dict[str, Any]) -> bool:
    kind = block.get("type")
    if kind == "header":
        return _is_text(block.get("text"), HEADER, kinds=("plain_text",))
    if kind == "section":
        fields = block.get("fields", [])
        are_fields = len(fields) <= FIELDS and all(_is_text(each, FIELD) for each in fields)
        has_text = "text" in block
        return (
            (has_text or bool(fields))
            and are_fields
            and (not has_text or _is_text(block["text"], TEXT))
        )
    if kind == "actions":
        return all(_is_button(each) for each in block.get("elements", [{}]))
    return kind == "divider"


def _is_button(element: dict[str, Any]) -> bool:
    is_text = _is_text(element.get("text"), BUTTON, kinds=("plain_text",))
    url = element.get("url", "https://x")
    return element.get("type") == "button" and is_text and len(url) <= URL and "://" in url


def _is_text(text: Any, at_most: int, kinds: tuple[str, ...] = ("plain_text", "mrkdwn")) -> bool:
    if not isinstance(text, dict) or text.get("type") not in kinds:
        return False
    return text.keys() <= {"type", "text", "emoji", "verbatim"} and 0 < len(text["text"]) <= at_most


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, str):
        yield value


@contextmanager
def serving() -> Iterator[Slack]:
    slack = Slack()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(slack))
    slack.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield slack
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(slack: Slack) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            slack.asked += 1
            status, word, extra = slack.says.pop(0) if slack.says else (*judge(body), {})
            if (status, word) == OK:
                slack.got.append(json.loads(body))
            self.send_response(status)
            for name, value in {"Content-Length": str(len(word)), **extra}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(word.encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 # the base class names it so
            pass

    return Handler
