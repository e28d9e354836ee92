"""An answer as the bytes that go over the line, with what befalls them on the way."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus

from reviews.sandbox.answers import Answer, Trouble

CLOSE = ("Connection", "close")
_CHUNK = b"400\r\n" + b" " * 1024 + b"\r\n"


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing comes for so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection is reset; what would come after it never does."""


Step = bytes | Wait | Reset


def steps(answer: Answer) -> Iterator[Step]:
    """Where they end without a Reset and with a trouble, the connection is closed."""
    if answer.trouble is None:
        yield _whole(answer)
    else:
        yield from _TROUBLES[answer.trouble](answer)


def closes(answer: Answer) -> bool:
    """True where the connection ends with it."""
    return answer.trouble is not None or CLOSE in answer.headers


def _head(answer: Answer, length: str) -> bytes:
    rows = [
        f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}",
        f"Content-Type: {answer.kind}",
        length,
        *(f"{name}: {text}" for name, text in answer.headers),
    ]
    if answer.retry_after is not None:
        rows.append(f"Retry-After: {answer.retry_after}")
    return "\r\n".join([*rows, "\r\n"]).encode()


def _whole(answer: Answer) -> bytes:
    return _head(answer, f"Content-Length: {len(answer.body)}") + answer.body


def _silence(answer: Answer) -> Iterator[Step]:
    del answer
    yield Wait(86_400.0)


def _drip(answer: Answer) -> Iterator[Step]:
    for byte in _whole(answer):
        yield Wait(1.0)
        yield bytes((byte,))


def _reset(answer: Answer) -> Iterator[Step]:
    yield _whole(answer)[: answer.at]
    yield Reset()


def _cut(answer: Answer) -> Iterator[Step]:
    yield _head(answer, f"Content-Length: {len(answer.body)}") + answer.body[: answer.at]


def _endless(answer: Answer) -> Iterator[Step]:
    yield _head(answer, "Transfer-Encoding: chunked")
    while True:
        yield Wait(1.0)
        yield _CHUNK


_TROUBLES: dict[Trouble, Callable[[Answer], Iterator[Step]]] = {
    Trouble.SILENCE: _silence,
    Trouble.DRIP: _drip,
    Trouble.RESET: _reset,
    Trouble.CUT: _cut,
    Trouble.ENDLESS: _endless,
}
