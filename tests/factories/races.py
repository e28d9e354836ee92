"""Things done at the same moment, each on a connection of its own."""

import threading
from collections.abc import Callable
from typing import TypeVar

from django.db import connection

T = TypeVar("T")


def at_once(count: int, act: Callable[[], T]) -> list[T]:
    """What `count` threads got that all began `act` together."""
    barrier, got = threading.Barrier(count), list[T]()

    def run() -> None:
        barrier.wait()
        try:
            got.append(act())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == count, "a thread failed"
    return got
