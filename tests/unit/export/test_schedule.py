"""When a try is repeated, and when a hook is paused or off."""

from datetime import UTC, datetime, timedelta

import pytest

from reviews.export.schedule import (
    DELAYS,
    OFF_AFTER,
    PAUSED_AFTER,
    TRIES,
    Health,
    after_failure,
    next_try,
)

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def least() -> float:
    return 0.0


def test_tries_go_on_for_more_than_72_hours() -> None:
    assert TRIES == 10
    assert 72 * HOUR < sum(DELAYS, timedelta()) < 76 * HOUR


@pytest.mark.parametrize(("tries", "seconds"), [(1, 5), (2, 300), (3, 1800), (4, 7200), (9, 86400)])
def test_each_try_comes_later_than_the_last(tries: int, seconds: int) -> None:
    assert next_try(tries, now=NOW, asked=None, chance=least) == NOW + timedelta(seconds=seconds)
    latest = next_try(tries, now=NOW, asked=None, chance=lambda: 1.0)
    assert latest == NOW + timedelta(seconds=seconds * 1.1)


def test_the_tenth_try_is_the_last() -> None:
    assert next_try(TRIES, now=NOW, asked=None) is None


def test_a_receiver_that_asks_for_time_gets_it() -> None:
    assert next_try(1, now=NOW, asked=90, chance=least) == NOW + timedelta(seconds=90)
    assert next_try(4, now=NOW, asked=90, chance=least) == NOW + 2 * HOUR


def test_a_hook_is_paused_after_four_failures_and_longer_each_time() -> None:
    health = Health()
    for _ in range(PAUSED_AFTER - 1):
        health = after_failure(health, now=NOW, asked=None, chance=least)
        assert health.paused_until is None
    waits = []
    for _ in range(4):
        health = after_failure(health, now=NOW, asked=None, chance=least)
        assert health.paused_until is not None
        waits.append(health.paused_until - NOW)
    assert waits == list(DELAYS[:4])
    assert health.failing_since == NOW


def test_a_hook_is_paused_at_once_where_the_receiver_asks_for_it() -> None:
    health = after_failure(Health(), now=NOW, asked=60, chance=least)
    assert health.paused_until == NOW + timedelta(minutes=1)


def test_a_hook_is_off_after_forty_failures_or_five_days() -> None:
    nearly = Health(OFF_AFTER - 1, NOW - HOUR, NOW)
    assert after_failure(nearly, now=NOW, asked=None).is_off
    assert after_failure(Health(9, NOW - 5 * 24 * HOUR, NOW), now=NOW, asked=None).is_off
    assert not after_failure(Health(9, NOW - 4 * 24 * HOUR, NOW), now=NOW, asked=None).is_off


def test_two_events_that_fail_days_apart_turn_no_hook_off() -> None:
    assert not after_failure(Health(1, NOW - 9 * 24 * HOUR), now=NOW, asked=None).is_off
