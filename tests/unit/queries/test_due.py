"""When a finding is due: so many hours of the tenant's work, by its own clock."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from reviews.queries.due import Hours, due_at

USUAL = Hours(zone="America/Chicago", due={"high": 8, "low": 40})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("found", "severity", "due"),
    [
        ("2026-11-16T15:00", "high", "2026-11-16T23:00"),  # Monday 9:00, due at its end
        ("2026-11-16T19:00", "high", "2026-11-17T19:00"),  # 13:00: four hours today, four tomorrow
        ("2026-11-20T22:00", "high", "2026-11-23T22:00"),  # Friday 16:00 to Monday 16:00
        ("2026-11-21T12:00", "high", "2026-11-23T23:00"),  # a Saturday counts nothing
        ("2026-11-16T15:00", "low", "2026-11-20T23:00"),
        # The clocks go back on Sunday, 1 November: 17:00 is 22:00 UTC before and 23:00 after.
        ("2026-10-30T21:00", "high", "2026-11-02T22:00"),
    ],
)
def test_only_hours_of_work_count(found: str, severity: str, due: str) -> None:
    assert due_at(USUAL, severity, at(found)) == at(due)


def test_a_severity_without_a_term_is_never_due() -> None:
    assert due_at(USUAL, "info", at("2026-11-16T15:00")) is None


def test_a_day_off_counts_nothing() -> None:
    worked = replace(USUAL, days_off=frozenset({date(2026, 11, 16)}))
    assert due_at(worked, "high", at("2026-11-16T15:00")) == at("2026-11-17T23:00")


def test_a_tenant_that_never_opens_has_no_due_dates() -> None:
    worked = replace(USUAL, weekdays=frozenset())
    assert due_at(worked, "high", at("2026-11-16T15:00")) is None


def test_an_open_day_of_24_hours_ends_at_midnight() -> None:
    worked = replace(USUAL, opens_min=0, closes_min=1440, weekdays=frozenset(range(1, 8)))
    assert due_at(worked, "low", at("2026-11-16T15:00")) == at("2026-11-18T07:00")
