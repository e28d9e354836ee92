"""When a forwarding rule holds for a finding."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from reviews.condition import Condition, Seen, holds
from reviews.detection.rubric import Severity

AT = datetime(2026, 11, 1, tzinfo=UTC)
AGENT, SOURCE, OTHER = UUID(int=1), UUID(int=2), UUID(int=3)
SEEN = Seen("high", "advice", 62.0, AGENT, SOURCE, AT, False, None)


def before(days: float) -> dict[str, Any]:
    return {"before_at": AT - timedelta(days=days)}


@pytest.mark.parametrize(
    ("condition", "changed", "is_sent"),
    [
        ({}, {}, True),
        ({}, {"is_again": True}, False),
        ({"least_severity": Severity.HIGH}, {}, True),
        ({"least_severity": Severity.CRITICAL}, {}, False),
        ({"least_severity": Severity.INFO}, {"severity": "info"}, True),
        ({"least_severity": Severity.LOW}, {"severity": "info"}, False),
        ({"rules": {"advice", "notice"}}, {}, True),
        ({"rules": {"notice"}}, {}, False),
        ({"score_below": 62.5}, {}, True),
        ({"score_below": 62.0}, {}, False),
        ({"score_below": 100.0}, {"score": None}, False),
        ({"score_below": 1.0}, {"score": 0.0}, True),
        ({"agents": {AGENT}}, {}, True),
        ({"agents": {OTHER}}, {}, False),
        ({"agents": {AGENT}}, {"agent": None}, False),
        ({"sources": {SOURCE}}, {}, True),
        ({"sources": {OTHER}}, {}, False),
        ({"first_in_days": 7}, {}, True),
        ({"first_in_days": 7}, before(6.9), False),
        ({"first_in_days": 7}, before(7), False),
        ({"first_in_days": 7}, before(7.1), True),
        ({}, before(1), True),
        ({"rules": {"advice"}, "sources": {OTHER}}, {}, False),
        ({"rules": {"advice"}, "sources": {SOURCE}, "score_below": 70.0}, {}, True),
    ],
)
def test_a_rule_holds_where_all_that_it_asks_for_holds(
    condition: dict[str, Any], changed: dict[str, Any], is_sent: bool
) -> None:
    assert holds(Condition(**condition), replace(SEEN, **changed)) is is_sent
