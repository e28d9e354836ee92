"""Topics of a call: which are covered, in which order, for how long, and what is missing."""

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.detection.checks.coverage import CoverageRule
from reviews.detection.engine import Evaluation, compile_rubric, evaluate
from reviews.detection.evidence import Clear, Found, NotAssessable, Outcome
from reviews.detection.report import Report
from reviews.detection.rubric import RubricError, canonical, parse_rubric
from reviews.detection.transcript import Role, Transcript
from reviews.detection.wire import from_wire, to_wire
from tests.unit.detection.calls import call, state, unlabelled
from tests.unit.detection.wild import wild_calls

STEPS = (
    {"code": "power", "query": "agent: unplug"},
    {"code": "wait", "query": 'agent: "thirty seconds"'},
    {"code": "plug", "query": 'agent: "back in"'},
)
WHOLE = """
agent: Unplug the router first.
customer: Okay.
agent: Now wait thirty seconds for me, please.
agent: Then plug it back in.
"""
BACKWARDS = "agent: Plug it back in.\nagent: No, wait thirty seconds.\nagent: Unplug it first."


def document(*topics: dict[str, Any], **changes: Any) -> dict[str, Any]:
    check = {"coverage": {"topics": list(topics or STEPS)} | changes}
    rule = {"code": "steps", "violation_when": "absent", "check": check}
    return {"name": "Test", "rules": [rule]}


def evaluated(transcript: Transcript, *topics: dict[str, Any], **changes: Any) -> Evaluation:
    rubric = parse_rubric(document(*topics, **changes))
    return evaluate(transcript, compile_rubric(rubric))


def heard(spoken: str | Transcript, *topics: dict[str, Any], **changes: Any) -> Outcome:
    transcript = call(spoken) if isinstance(spoken, str) else spoken
    outcome = evaluated(transcript, *topics, **changes).results[0].outcome
    assert outcome is not None
    return outcome


def codes(outcome: Outcome) -> list[str]:
    assert isinstance(outcome, Found | NotAssessable), outcome
    return [each.label for each in outcome.evidence]


def missing(outcome: Outcome) -> tuple[str, ...]:
    assert isinstance(outcome, Clear), outcome
    assert outcome.absence is not None
    return outcome.absence.missing


def test_coverage_is_found_with_a_place_for_each_topic_in_the_order_of_the_call() -> None:
    assert codes(heard(WHOLE, in_order=True)) == ["power", "wait", "plug"]
    assert codes(heard(BACKWARDS)) == ["plug", "wait", "power"]


def test_coverage_out_of_order_counts_the_most_topics_that_are_in_order() -> None:
    assert len(missing(heard(BACKWARDS, in_order=True))) == 2
    assert codes(heard(BACKWARDS, in_order=True, at_least=1)) == ["plug"]
    said = "agent: Back in. Unplug it. Wait thirty seconds."
    assert missing(heard(said, in_order=True)) == ("plug",)


def test_coverage_takes_the_later_place_of_a_topic_that_came_too_early_at_first() -> None:
    said = "agent: You will plug it back in later. Unplug it. Wait thirty seconds. Back in."
    outcome = heard(said, in_order=True)
    assert codes(outcome) == ["power", "wait", "plug"]


def test_coverage_names_each_missing_topic_with_what_was_searched_and_what_came_near() -> None:
    said = "agent: Unplug it.\ncustomer: I waited thirty seconds."
    outcome = heard(said)
    assert missing(outcome) == ("wait", "plug")
    assert isinstance(outcome, Clear)
    assert outcome.absence is not None
    wait, plug = outcome.absence.parts
    assert (wait.missing, wait.roles, wait.words) == (("wait",), ("agent",), 2)
    assert wait.nearest is not None
    assert (wait.nearest.cause, wait.nearest.evidence.label) == ("role", "wait")
    assert outcome.absence.nearest == wait.nearest
    assert (plug.missing, plug.nearest) == (("plug",), None)


def test_coverage_says_of_a_topic_that_it_was_out_of_order() -> None:
    outcome = heard("agent: Back in. Unplug it. Wait thirty seconds.", in_order=True)
    assert isinstance(outcome, Clear)
    assert outcome.absence is not None
    assert outcome.absence.nearest is not None
    assert outcome.absence.nearest.cause == "order"


FEES = {"code": "fees", "query": "fees", "minimum_seconds": 1.5}
RISKS = {"code": "risks", "query": "risks", "minimum_seconds": 0.9}


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("agent: fees one two three four risks one two", ()),  # 1.5 s and 0.9 s
        ("agent: fees one two three risks one two three", ("fees",)),
        ("agent: fees one two three four risks one", ("risks",)),
        ("agent: fees risks fees one two three risks one two", ()),  # 0.3 + 1.2, 0.3 + 0.9
        ("agent: risks fees one risks one fees two three", ()),
        ("agent: fees one two three four five", ("risks",)),
    ],
)
def test_a_topic_lasts_from_each_of_its_places_to_the_next_place_of_any(
    said: str, wanted: tuple[str, ...]
) -> None:
    outcome = heard(said, FEES, RISKS)
    assert (missing(outcome) if isinstance(outcome, Clear) else ()) == wanted


def test_a_topic_that_was_left_too_soon_says_so() -> None:
    outcome = heard("agent: fees risks one two three", FEES, RISKS)
    assert isinstance(outcome, Clear)
    assert outcome.absence is not None
    assert outcome.absence.nearest is not None
    assert outcome.absence.nearest.cause == "time"


def test_a_minimum_is_not_assessable_where_words_have_no_times() -> None:
    said = call("agent: fees one two three four five")
    untimed = replace(said, start_ms=[-1] * 6, end_ms=[-1] * 6)
    assert state(heard(untimed, FEES)) == "no_times"
    assert state(heard(untimed, {"code": "fees", "query": "fees"})) == "found"


def test_coverage_is_not_assessable_only_where_the_unknown_topic_decides() -> None:
    nobody = unlabelled(WHOLE)
    assert state(heard(nobody)) == "roles_unknown"
    anyone = {"code": "hello", "query": "router"}
    outcome = heard(nobody, *STEPS, anyone, at_least=1)
    assert codes(outcome) == ["hello"]
    never = {"code": "never", "query": "zebra"}
    assert missing(heard(nobody, STEPS[0], never)) == ("power", "never")


def test_coverage_is_unsure_where_sure_words_alone_are_too_few() -> None:
    said = call(WHOLE)
    faint = [0.1 if word == "Unplug" else 1.0 for word in said.words]
    assert state(heard(replace(said, confidence=faint))) == "unsure"
    assert state(heard(replace(said, confidence=faint), at_least=2)) == "found"


def test_coverage_without_words_is_not_assessable() -> None:
    assert state(heard(call("agent: "))) == "no_words"


def test_an_absent_topic_proves_nothing_where_too_much_was_not_heard() -> None:
    said = call(WHOLE)
    faint = replace(said, confidence=[0.1] * len(said.words))
    assert state(heard(faint, {"code": "x", "query": "zebra"})) == "low_confidence"


@pytest.mark.parametrize(
    ("topics", "changes", "path"),
    [
        ([], {}, "topics"),
        ([{"code": "a", "query": "NOT x"}], {}, "topics[0].query"),
        ([{"code": "a", "query": "x"}, {"code": "a", "query": "y"}], {}, "topics"),
        ([{"code": "a", "query": "x NEAR"}], {}, "topics[0].query"),
        ([{"code": "a", "query": "x", "minimum_seconds": -1}], {}, "topics[0].minimum_seconds"),
        ([{"code": "a", "query": "x", "time": 1}], {}, "topics[0].time"),
        ([{"code": "a", "query": "x"}], {"at_least": 2}, "at_least"),
        ([{"code": "a", "query": "x"}], {"at_least": 0.5}, "at_least"),
        ([{"code": "a", "query": "x"}, {"code": "b", "query": "x"}], {"at_least": 1.5}, "at_least"),
        ([{"code": "a", "query": "x"}], {"order": True}, "order"),
    ],
)
def test_a_coverage_rule_is_refused_with_its_path(
    topics: list[dict[str, Any]], changes: dict[str, Any], path: str
) -> None:
    check = {"coverage": {"topics": topics} | changes}
    with pytest.raises(RubricError) as error:
        parse_rubric({"name": "Test", "rules": [{"code": "r", "check": check}]})
    assert error.value.path == f"rules[0].check.coverage.{path}"


def test_a_coverage_rule_comes_back_from_its_canonical_form() -> None:
    rubric = parse_rubric(document(FEES, RISKS, in_order=True, at_least=1))
    assert isinstance(rubric.rules[0].check, CoverageRule)
    assert canonical(parse_rubric(json.loads(canonical(rubric)))) == canonical(rubric)


def test_a_rule_may_come_after_a_coverage_rule() -> None:
    made = document(in_order=True)
    made["rules"].append({"code": "thanks", "check": {"query": "please AFTER RULE steps"}})
    results = evaluate(call(WHOLE), compile_rubric(parse_rubric(made))).results
    assert state(results[1].outcome or Clear()) == "found"


def test_what_is_stored_and_reported_names_the_missing_topics() -> None:
    said = call(BACKWARDS)
    made = evaluated(said, in_order=True)
    stored = json.loads(json.dumps(to_wire(made)))
    assert from_wire(stored, speakers=said.speakers) == made
    absence = Report(said).evaluation(made)["findings"][0]["absence"]
    assert [part["missing"] for part in absence["parts"]] == [[code] for code in absence["missing"]]


ORDERS = st.lists(st.sampled_from("abcd"), max_size=9)


def longest_in_order(letters: Sequence[str]) -> int:
    """By trying each choice of topics and places."""
    for size in range(4, 0, -1):
        for chosen in combinations("abcd", size):
            places = [[at for at, each in enumerate(letters) if each == code] for code in chosen]
            if any(sorted(way) == list(way) for way in product(*places)):
                return size
    return 0


@settings(deadline=None)
@given(ORDERS)
def test_no_way_through_the_call_covers_more_topics_in_order(letters: list[str]) -> None:
    names = {"a": "apple", "b": "berry", "c": "cherry", "d": "date"}
    topics = [{"code": code, "query": name} for code, name in names.items()]
    said = "agent: start. " + ". ".join(f"{names[each]}{' it' * 2}" for each in letters)
    outcome = heard(said, *topics, in_order=True)
    lacking = missing(outcome) if isinstance(outcome, Clear) else ()
    assert 4 - len(lacking) == longest_in_order(letters)


WILD = wild_calls("unplug", "thirty", "seconds", "back", "in", "30")


@settings(max_examples=150, deadline=None)
@given(WILD, st.booleans(), st.sampled_from([0, 0.3]))
def test_coverage_of_any_call_has_an_outcome_with_its_reason_twice_the_same(
    said: Transcript, in_order: bool, least: float
) -> None:
    topics = [{**each, "minimum_seconds": least} for each in STEPS]
    once = evaluated(said, *topics, in_order=in_order, at_least=2)
    assert to_wire(once) == to_wire(evaluated(said, *topics, in_order=in_order, at_least=2))
    outcome = once.results[0].outcome
    assert state(outcome or Clear()) != "engine_error"
    if isinstance(outcome, Clear):
        assert len(missing(outcome)) >= 2
    elif isinstance(outcome, Found):
        assert len({*codes(outcome)}) == len(outcome.evidence) >= 2
        assert all(each.role == Role.AGENT for each in outcome.evidence)
