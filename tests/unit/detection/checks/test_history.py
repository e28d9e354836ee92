"""Earlier calls of one person or account: which count, how many, and when there is no telling."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.detection.checks.history import HistoryRule
from reviews.detection.engine import Evaluation, compile_rubric, evaluate
from reviews.detection.evidence import CallRef, Found, Outcome
from reviews.detection.report import Report
from reviews.detection.rubric import RubricError, canonical, parse_rubric
from reviews.detection.transcript import (
    CallFacts,
    CallKind,
    Direction,
    Earlier,
    EarlierCall,
    Transcript,
)
from reviews.detection.wire import from_wire, to_wire
from tests.unit.detection.calls import call, state

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
FOUND_BEFORE = {"by": "subject", "days": 30, "rule": "complaint"}
TOO_MANY = {"by": "account", "days": 7, "more_than": 2}


def document(**history: Any) -> dict[str, Any]:
    rules = [
        {"code": "complaint", "check": {"query": "complaint"}},
        {"code": "again", "check": {"history": history}},
    ]
    return {"name": "Test", "rules": rules}


def earlier(days: float = 3, **changes: Any) -> EarlierCall:
    made = EarlierCall(
        id=f"call-{days:g}",
        call_at=NOW - timedelta(days=days),
        direction=Direction.OUTBOUND,
        kind=CallKind.LIVE,
        version=4,
    )
    return replace(made, **changes)


def found(days: float = 3, **changes: Any) -> EarlierCall:
    return earlier(days, found=frozenset({"complaint"}), **changes)


def today(*calls: EarlierCall, **changes: Any) -> Transcript:
    facts = CallFacts(call_at=NOW, direction=Direction.OUTBOUND, kind=CallKind.LIVE)
    known: dict[str, Any] = {"facts": facts, "earlier": Earlier(subject=calls, account=calls)}
    return call(**known | changes)


def evaluated(spoken: Transcript, **history: Any) -> Evaluation:
    return evaluate(spoken, compile_rubric(parse_rubric(document(**history))))


def asked(spoken: Transcript, **history: Any) -> Outcome:
    outcome = evaluated(spoken, **history).results[1].outcome
    assert outcome is not None
    return outcome


@pytest.mark.parametrize(
    ("calls", "wanted"),
    [
        ([], "clear"),
        ([earlier()], "clear"),
        ([found()], "found"),
        ([found(30)], "found"),
        ([found(30.1)], "clear"),
        ([found(0)], "clear"),  # at the same time is not earlier
        ([earlier(), found(9)], "found"),
        ([earlier(version=None)], "history_unknown"),
        ([earlier(unknown=frozenset({"complaint"}))], "history_unknown"),
        ([earlier(unknown=frozenset({"complaint"})), found()], "found"),
        ([found(call_at=None)], "history_unknown"),
        ([earlier(call_at=None)], "clear"),
        ([earlier(31, version=None)], "clear"),
    ],
)
def test_an_earlier_call_on_which_the_rule_was_found(calls: list[EarlierCall], wanted: str) -> None:
    assert state(asked(today(*calls), **FOUND_BEFORE)) == wanted


@pytest.mark.parametrize(
    ("calls", "changes", "wanted"),
    [
        ([earlier(1)], {}, "clear"),
        ([earlier(1), earlier(2)], {}, "found"),  # and this one
        ([earlier(1), earlier(8)], {}, "clear"),
        ([earlier(1), earlier(2)], {"direction": "inbound"}, "clear"),
        ([earlier(1), earlier(2)], {"direction": "outbound", "kind": "live"}, "found"),
        ([earlier(1), earlier(2, kind=CallKind.VOICEMAIL)], {"kind": "live"}, "clear"),
        ([earlier(1), earlier(2, kind=None)], {"kind": "live"}, "history_unknown"),
        ([earlier(1), earlier(2, kind=None)], {}, "found"),
        ([earlier(1), earlier(call_at=None)], {}, "history_unknown"),
        ([earlier(1, version=None), earlier(2, version=None)], {}, "found"),
    ],
)
def test_more_calls_than_there_may_be(
    calls: list[EarlierCall], changes: dict[str, Any], wanted: str
) -> None:
    assert state(asked(today(*calls), **TOO_MANY, **changes)) == wanted


def test_the_finding_names_the_calls_and_the_versions_they_were_judged_by() -> None:
    outcome = asked(today(earlier(1), found(2), found(40)), **FOUND_BEFORE)
    assert outcome == Found((), calls=(CallRef("call-2", 4),))


def test_what_is_stored_and_reported_names_the_calls() -> None:
    spoken = today(found(2))
    made = evaluated(spoken, **FOUND_BEFORE)
    assert from_wire(json.loads(json.dumps(to_wire(made))), speakers=spoken.speakers) == made
    finding = Report(spoken).evaluation(made)["findings"][1]
    assert finding["calls"] == [{"id": "call-2", "version": 4}]


@pytest.mark.parametrize("rule", [FOUND_BEFORE, TOO_MANY])
def test_a_call_that_names_nobody_is_not_assessable(rule: dict[str, Any]) -> None:
    assert state(asked(replace(today(), earlier=Earlier()), **rule)) == "history_unknown"


def test_a_key_of_the_one_says_nothing_of_the_other() -> None:
    spoken = replace(today(), earlier=Earlier(subject=(found(),)))
    assert state(asked(spoken, **FOUND_BEFORE)) == "found"
    assert state(asked(spoken, **TOO_MANY)) == "history_unknown"


def test_a_call_of_unknown_time_is_not_assessable() -> None:
    assert state(asked(today(found(), facts=CallFacts()), **FOUND_BEFORE)) == "fact_missing"


def test_more_calls_than_are_looked_at_leave_the_answer_open() -> None:
    cut = replace(today(), earlier=Earlier(subject=(earlier(),), is_partial=True))
    assert state(asked(cut, **FOUND_BEFORE)) == "history_unknown"
    cut = replace(today(), earlier=Earlier(subject=(found(),), is_partial=True))
    assert state(asked(cut, **FOUND_BEFORE)) == "found"


def test_a_call_without_words_still_has_a_history() -> None:
    silent = call("agent: ", facts=today().facts, earlier=Earlier(subject=(found(),)))
    assert state(asked(silent, **FOUND_BEFORE)) == "found"


@pytest.mark.parametrize(
    ("history", "path"),
    [
        ({}, ""),
        ({"by": "subject", "days": 3, "rule": "complaint", "more_than": 3}, ""),
        ({"days": 3, "more_than": 3}, ".by"),
        ({"by": "person", "days": 3, "more_than": 3}, ".by"),
        ({"by": "subject", "more_than": 3}, ".days"),
        ({"by": "subject", "days": 0, "more_than": 3}, ".days"),
        ({"by": "subject", "days": 1.5, "more_than": 3}, ".days"),
        ({"by": "subject", "days": 3, "rule": "nothing"}, ".rule"),
        ({"by": "subject", "days": 3, "rule": ""}, ".rule"),
        ({"by": "subject", "days": 3, "more_than": 500}, ".more_than"),
        ({"by": "subject", "days": 3, "more_than": 3, "kind": "chat"}, ".kind"),
        ({"by": "subject", "days": 3, "more_than": 3, "queue": "x"}, ".queue"),
    ],
)
def test_a_history_rule_is_refused_with_its_path(history: dict[str, Any], path: str) -> None:
    with pytest.raises(RubricError) as error:
        parse_rubric(document(**history))
    assert error.value.path == f"rules[1].check.history{path}"


@pytest.mark.parametrize(
    "history", [FOUND_BEFORE, TOO_MANY | {"kind": "live"}, TOO_MANY | {"more_than": 0}]
)
def test_a_history_rule_comes_back_from_its_canonical_form(history: dict[str, Any]) -> None:
    rubric = parse_rubric(document(**history))
    assert isinstance(rubric.rules[1].check, HistoryRule)
    assert parse_rubric(json.loads(canonical(rubric))) == rubric


CALLS = st.lists(
    st.builds(
        earlier,
        st.sampled_from([0.5, 6.5, 7.5]),
        kind=st.sampled_from([None, *CallKind]),
        direction=st.sampled_from([None, *Direction]),
    ),
    max_size=5,
)


def completions(one: EarlierCall) -> list[EarlierCall]:
    """What a call may be whose kind or direction is not known."""
    kinds = [one.kind] if one.kind else list(CallKind)
    ways = [one.direction] if one.direction else list(Direction)
    return [replace(one, kind=kind, direction=way) for kind in kinds for way in ways]


@settings(max_examples=60, deadline=None)
@given(CALLS)
def test_what_is_not_known_is_unknown_only_where_it_decides(calls: list[EarlierCall]) -> None:
    rule = TOO_MANY | {"kind": "live", "direction": "outbound"}
    least = [min(completions(one), key=counts) for one in calls]
    most = [max(completions(one), key=counts) for one in calls]
    worlds = {state(asked(today(*world), **rule)) for world in (least, most)}
    answer = state(asked(today(*calls), **rule))
    assert answer == (worlds.pop() if len(worlds) == 1 else "history_unknown")


def counts(one: EarlierCall) -> bool:
    return one.kind is CallKind.LIVE and one.direction is Direction.OUTBOUND
