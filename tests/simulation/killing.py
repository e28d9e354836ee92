"""Deaths and failures around a statement or a request: before it, after it, or of the process."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from random import Random
from typing import Any, TypeVar

from django.db import OperationalError, connection

from reviews.egress import VendorDown

T = TypeVar("T")


class Killed(BaseException):
    """The worker is gone: no handler of errors may see it."""


class How(StrEnum):
    BEFORE = "an error before it"
    AFTER = "an error after it"
    KILL = "the process dies after it"


class Killer:
    """Counts the product's statements and requests; strikes at one of them, or by chance."""

    def __init__(
        self,
        *,
        at: int = 0,
        asked_at: int = 0,
        how: How = How.KILL,
        rate: float = 0.0,
        seed: int = 0,
    ) -> None:
        """`at`, `asked_at`: the number of the statement, of the request, from 1; 0: none.

        `rate`: share of statements.
        """
        self.at, self.asked_at, self.how, self.rate = at, asked_at, how, rate
        self.seen = self.asked = 0
        self.is_on = False
        self._rng = Random(seed)  # to be replayed, not to be secret

    @contextmanager
    def watching(self) -> Iterator[None]:
        with connection.execute_wrapper(self._around):
            yield

    def _around(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        if not self.is_on:
            return execute(sql, params, many, context)
        self.seen += 1
        is_struck = self.seen == self.at or (self.rate > 0 and self._rng.random() < self.rate)
        error = OperationalError("struck")
        return self._strike(lambda: execute(sql, params, many, context), error, is_struck)

    def ask(self, request: Callable[[], T]) -> T:
        """A request to the vendor."""
        self.asked += 1
        error = VendorDown("The request is refused", "struck", "Try again.")
        return self._strike(request, error, self.asked == self.asked_at)

    def _strike(
        self, act: Callable[[], T], error: Exception, is_struck: bool
    ) -> T:  # two callers, both here
        if is_struck and self.how is How.BEFORE:
            raise error
        done = act()
        if is_struck:
            raise Killed if self.how is How.KILL else error
        return done
