"""When a delivery is tried again, and what its failures mean for its hook: values in, values out.

A hook is paused by rounds in a row that went wrong, never by one event that always does: see ADR
0021.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

DELAYS = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 300, 1800, *(3600 * hours for hours in (2, 5, 10, 14, 20, 24)))
)
"""After the first failed try, the second …; together 75 hours and 35 minutes."""
TRIES = len(DELAYS) + 1
PAUSED_AFTER = 4
OFF_AFTER = 40
OFF_AFTER_DAYS = timedelta(days=5)
LONGEST_ASKED_S = 24 * 3600.0
"""No receiver is waited for longer, whatever it asks for."""
_JITTER = 0.1

Chance = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Health:
    """A hook's failures; `is_off` once it has had too many."""

    failures: int = 0
    failing_since: datetime | None = None
    paused_until: datetime | None = None
    is_off: bool = False


def next_try(
    tries: int, *, now: datetime, asked: float | None, chance: Chance = random.random
) -> datetime | None:
    """When one that has failed so often is tried again; None: never."""
    return now + _wait(tries, asked, chance) if tries < TRIES else None


def after_failure(
    health: Health, *, now: datetime, asked: float | None, chance: Chance = random.random
) -> Health:
    """After a round in which nothing was taken. `asked`: the longest Retry-After in seconds."""
    failures, since = health.failures + 1, health.failing_since or now
    is_paused = failures >= PAUSED_AFTER or asked is not None
    is_long = failures >= PAUSED_AFTER and now - since >= OFF_AFTER_DAYS
    if failures >= OFF_AFTER or is_long:
        return Health(failures, since, is_off=True)
    wait = _wait(max(failures - PAUSED_AFTER + 1, 1), asked, chance)
    return Health(failures, since, now + wait if is_paused else None)


def _wait(tries: int, asked: float | None, chance: Chance) -> timedelta:
    """That of the schedule, up to a tenth longer; or what the receiver asked for, if that is."""
    delay = DELAYS[min(tries, len(DELAYS)) - 1] * (1 + _JITTER * chance())
    return max(delay, timedelta(seconds=asked or 0))
