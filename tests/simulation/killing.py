"""Deaths and failures around a statement: before it, after it, or of the whole process."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from random import Random
from typing import Any

from django.db import OperationalError, connection


class Killed(BaseException):
    """The worker is gone: no handler of errors may see it."""


class How(StrEnum):
    BEFORE = "an error before the statement"
    AFTER = "an error after the statement"
    KILL = "the process dies after the statement"


class Killer:
    """Counts the statements of the product; strikes at one, or by chance."""

    def __init__(
        self, *, at: int = 0, how: How = How.KILL, rate: float = 0.0, seed: int = 0
    ) -> None:
        """`at`: the number of the statement, from 1; 0: none. `rate`: share of statements."""
        self.at, self.how, self.rate = at, how, rate
        self.seen = 0
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
        if is_struck and self.how is How.BEFORE:
            raise OperationalError("struck before the statement")
        done = execute(sql, params, many, context)
        if is_struck:
            raise Killed if self.how is How.KILL else OperationalError("struck after it")
        return done
