"""Sends one hook's events, eight at a time over connections that stay open. No row is touched."""

import queue
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from reviews.egress import Config, DestinationRefused, Limits, Surroundings, VendorDown
from reviews.export import signing
from reviews.export.schedule import LONGEST_ASKED_S
from reviews.posting import Answer, Poster

AT_ONCE = 8
SURROUNDINGS: Callable[[], Surroundings] = Surroundings
"""Names and connections of the requests; a test puts its own in its place."""
_REQUEST_S = 15.0
_SHARE = 0.75
"""Of a job's time: the longest a request may take that begins late in it."""


@dataclass(frozen=True, slots=True)
class Message:
    delivery_id: UUID
    id: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one try; `code` is empty where it was taken."""

    delivery_id: UUID
    code: str
    status: int | None
    ms: int
    asked: float | None
    """Seconds that the receiver asked to be left alone."""
    at: datetime


class Sender:
    """For one round of a hook's job."""

    def __init__(self, url: str, secrets: Sequence[str]) -> None:
        self._url = url
        self._secrets = secrets
        self._open: queue.SimpleQueue[Poster] = queue.SimpleQueue()
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._pool = self._stack.enter_context(ThreadPoolExecutor(AT_ONCE))
        return self

    def __exit__(self, *raised: object) -> None:
        self._stack.close()
        while not self._open.empty():
            self._open.get().close()

    def send(self, messages: Sequence[Message], *, until: float) -> list[Result]:
        """The results of those that began before `until`, on the monotonic clock."""
        done = self._pool.map(lambda each: self._one(each, until), messages)
        return [result for result in done if result is not None]

    def _one(self, message: Message, until: float) -> Result | None:
        began, now = time.monotonic(), timezone.now()
        if began > until:
            return None
        answer, code = self._answer(message, now)
        ms = round((time.monotonic() - began) * 1000)
        status, asked = (answer.status, answer.retry_after) if answer else (None, None)
        return Result(message.delivery_id, code, status, ms, asked, now)

    def _answer(self, message: Message, now: datetime) -> tuple[Answer | None, str]:
        headers = signing.headers(self._secrets, message.id, message.body, now=now)
        try:
            poster = self._poster()
        except DestinationRefused as refusal:
            return None, refusal.code
        try:
            answer = poster.answer(self._url, message.body, headers)
        except DestinationRefused as refusal:
            return None, refusal.code
        except VendorDown:
            return None, NO_ANSWER
        finally:
            self._open.put(poster)
        return answer, code_of(answer.status)

    def _poster(self) -> Poster:
        """One that is free, or a new one. Raises DestinationRefused."""
        try:
            return self._open.get_nowait()
        except queue.Empty:
            seconds = request_s()
            limits = Limits(
                read_seconds=seconds,
                total_seconds=seconds,
                longest_retry_after_seconds=LONGEST_ASKED_S,
            )
            config = Config(
                base_url=self._url, allow_private=settings.EGRESS_ALLOW_PRIVATE, limits=limits
            )
            return Poster(config, surroundings=SURROUNDINGS())


def request_s() -> float:
    return min(_REQUEST_S, float(settings.JOB_TIMEOUT_S) * _SHARE)


GONE, NO_ANSWER = "gone", "no_answer"
_CODES = {410: GONE, 429: "rate_limited"}


def code_of(status: int) -> str:
    """Why a try with this status failed; empty where it did not."""
    kinds = {2: "", 3: "redirected", 5: "server_error"}
    return _CODES.get(status, kinds.get(status // 100, "rejected"))
