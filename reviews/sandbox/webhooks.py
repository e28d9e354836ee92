"""The vendor's webhooks: sent by the clock, tried again by its rule, lost and doubled by a script.

A receiver has 10 s. 2xx and any 4xx end it; else there are 10 attempts, each 10 s after the last.
"""

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from reviews.sandbox.account import Account, Ended
from reviews.sandbox.faults import FaultKind
from reviews.sandbox.routes import audio_url
from reviews.sandbox.server import Sandbox

Deliver = Callable[[str, Mapping[str, str], bytes], int]
"""(url, headers, body) → the status that the receiver answers; raises OSError where none does."""

ATTEMPTS = 10
APART = timedelta(seconds=10)
PATIENCE = timedelta(seconds=10)
_LATE = timedelta(seconds=60)
_COPIES = 10


@dataclass(slots=True)
class Delivery:
    """One webhook on its way."""

    account: Account
    transcript_id: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes
    due: datetime
    attempts: int = 0


class Webhooks:
    """Sends what is due when it is told to: `run_due` after each move of the clock.

    The script of the sandbox, if it has one, befalls the webhooks, too. By one thread.
    """

    def __init__(self, sandbox: Sandbox, *, deliver: Deliver) -> None:
        self._sandbox = sandbox
        self._deliver = deliver
        self._waiting: list[Delivery] = []
        self._overtaken: list[Delivery] = []
        self._seen: set[tuple[int, str, str]] = set()
        self._rng = Random(0 if sandbox.script is None else sandbox.script.seed)  # noqa: S311 # to be replayed, not to be secret

    def run_due(self) -> int:
        """Make every attempt that is due by now, in order of time; how many there were."""
        made = 0
        self._notice()
        while (first := self._first()) is not None and first.due <= self._sandbox.now():
            began = self._sandbox.now()
            self._attempt(first)
            made += 1
            if self._sandbox.now() > began:
                self._notice()
        return made

    @property
    def next_at(self) -> datetime | None:
        """When the next attempt is due, of what has ended by now."""
        self._notice()
        first = self._first()
        return None if first is None else first.due

    def _first(self) -> Delivery | None:
        return min(self._waiting, key=lambda each: each.due, default=None)

    def _notice(self) -> None:
        """Queue what has ended since, each once."""
        accounts = {id(account): account for account in self._sandbox.accounts.values()}
        for number, account in accounts.items():
            for ended in account.ended():
                if self._is_new(number, ended.id, "ended"):
                    self._queue(account, ended)
                if ended.audio_at is not None and self._is_new(number, ended.id, "audio"):
                    self._waiting.append(self._audio(account, ended, ended.audio_at))

    def _is_new(self, account: int, transcript_id: str, what: str) -> bool:
        key = account, transcript_id, what
        is_new = key not in self._seen
        self._seen.add(key)
        return is_new

    def _queue(self, account: Account, ended: Ended) -> None:
        script = self._sandbox.script
        delivery = self._told(account, ended)
        kind = None if script is None else script.hook()
        for held in self._overtaken:
            held.due = max(held.due, delivery.due + timedelta(seconds=1))
        self._overtaken.clear()
        self._waiting += [] if kind is FaultKind.HOOK_LOST else [delivery]
        if kind is not None:
            self._befall(kind, delivery)

    def _befall(self, kind: FaultKind, delivery: Delivery) -> None:
        if kind is FaultKind.HOOK_DUPLICATED:
            self._waiting += [_copy(delivery) for _ in range(_COPIES - 1)]
        elif kind is FaultKind.HOOK_BEFORE_LIST:
            delivery.account.hide(delivery.transcript_id, delivery.due + _LATE)
        elif kind is FaultKind.LIST_BEFORE_HOOK:
            delivery.due += _LATE
        elif kind is FaultKind.HOOK_REORDERED:
            delivery.due += APART
            self._overtaken.append(delivery)
        elif kind is FaultKind.HOOK_UNKNOWN_ID:
            stranger = str(uuid.UUID(int=self._rng.getrandbits(128), version=4))
            self._waiting.append(_copy(delivery, stranger))

    def _told(self, account: Account, ended: Ended) -> Delivery:
        body = {"transcript_id": ended.id, "status": ended.status}
        return self._made(account, ended, body, ended.at)

    def _audio(self, account: Account, ended: Ended, at: datetime) -> Delivery:
        """It says which audio, but not of which transcript."""
        url = audio_url(self._sandbox.base_url, ended.id)
        body = {"status": "redacted_audio_ready", "redacted_audio_url": url}
        return self._made(account, ended, body, at)

    def _made(
        self, account: Account, ended: Ended, body: dict[str, str], due: datetime
    ) -> Delivery:
        headers = {"Content-Type": "application/json"} | dict([ended.auth] if ended.auth else [])
        return Delivery(account, ended.id, ended.url, headers, json.dumps(body).encode(), due)

    def _attempt(self, delivery: Delivery) -> None:
        began = self._sandbox.now()
        status = self._status(delivery)
        took = self._sandbox.now() - began
        delivery.attempts += 1
        if status is not None and took <= PATIENCE:
            delivery.account.answered(delivery.transcript_id, status)
        else:
            status = None
        if _is_over(status) or delivery.attempts >= ATTEMPTS:
            self._waiting = [each for each in self._waiting if each is not delivery]
        else:
            delivery.due += min(took, PATIENCE) + APART

    def _status(self, delivery: Delivery) -> int | None:
        try:
            return self._deliver(delivery.url, delivery.headers, delivery.body)
        except OSError:
            return None


def _is_over(status: int | None) -> bool:
    return status is not None and (200 <= status < 300 or 400 <= status < 500)


def _copy(delivery: Delivery, transcript_id: str | None = None) -> Delivery:
    """The same once more, or the same of another transcript."""
    if transcript_id is None:
        return replace(delivery)
    body = json.loads(delivery.body) | {"transcript_id": transcript_id}
    return replace(delivery, transcript_id=transcript_id, body=json.dumps(body).encode())
