"""The time a sandbox goes by: the real one, or one that a test moves."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Now = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


class FakeClock:
    """Stands still until it is moved; what sleeps by it moves it. Safe to use from many threads."""

    def __init__(self, start: datetime = datetime(2026, 1, 6, 9, 0, tzinfo=UTC)) -> None:
        self._start = start
        self._passed = 0.0
        self._lock = threading.Lock()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._passed)

    def monotonic(self) -> float:
        """Seconds since it was made."""
        return self._passed

    def advance(self, seconds: float) -> None:
        """Time does not run back: less than nothing is nothing."""
        with self._lock:
            self._passed += max(seconds, 0.0)

    sleep = advance
