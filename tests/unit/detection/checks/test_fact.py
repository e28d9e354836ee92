"""What is said against what is written: found is said and wrong."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.detection.engine import Evaluation, compile_rubric, evaluate
from reviews.detection.evidence import Clear, Found, Outcome, quote
from reviews.detection.rubric import RubricError, canonical, parse_rubric
from reviews.detection.transcript import Transcript
from reviews.detection.wire import from_wire, to_wire
from tests.unit.detection.calls import call, state, unlabelled
from tests.unit.detection.wild import wild_calls

RETURNS = 'agent: ("return*" NEAR/8 <duration as said>)'
DOCUMENT: dict[str, Any] = {
    "code": "returns",
    "version": 3,
    "clauses": [{"code": 2, "text": "Goods may come back."}, {"code": "4.1", "text": "The fee."}],
    "facts": [
        {"name": "window", "value": "30 days", "clause": 2, "equivalents": ["a month"]},
        {"name": "fee", "value": "$35", "clause": "4.1"},
        {"name": "rate", "value": "8.5%", "clause": "4.1"},
        {"name": "steps", "value": 3, "clause": 2},
        {"name": "terms", "value": ["12 months", "24 months"], "clause": 2},
    ],
}


def document(query: str = RETURNS, right: str = "said = window", **rule: Any) -> dict[str, Any]:
    check = {"fact": {"query": query, "right_when": right}}
    return {
        "name": "Test",
        "documents": [DOCUMENT],
        "rules": [{"code": "r", "check": check} | rule],
    }


def evaluated(said: Transcript, query: str, right: str) -> Evaluation:
    return evaluate(said, compile_rubric(parse_rubric(document(query, right))))


def heard(said: str | Transcript, query: str = RETURNS, right: str = "said = window") -> Outcome:
    transcript = call(said) if isinstance(said, str) else said
    outcome = evaluated(transcript, query, right).results[0].outcome
    assert outcome is not None
    return outcome


def label(outcome: Outcome) -> str:
    assert isinstance(outcome, Found), outcome
    return outcome.evidence[0].label


def test_a_wrong_value_is_found_with_what_is_due_and_where_it_is_written() -> None:
    spoken = call("agent: Returns are fine within fourteen days of delivery.")
    outcome = heard(spoken)
    assert label(outcome) == "said 14 days, due 30 days (returns v3 §2)"
    assert isinstance(outcome, Found)
    assert quote(spoken, outcome.evidence[0]) == "Returns are fine within fourteen days"


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("agent: You can return it for thirty days.", "clear"),
        ("agent: You can return it within 30 days.", "clear"),
        ("agent: You can return it within a month.", "clear"),
        ("agent: You can return it within two months.", "found"),
        ("agent: You can return it within 720 hours.", "found"),
        ("agent: You can return it any time.", "clear"),
        ("agent: Returns take 30 days, refunds 5 days.", "clear"),
        ("customer: I can return it within 60 days.", "clear"),
        ("agent: Return it within 30 days.\nagent: Yes, return it in 60 days.", "found"),
    ],
)
def test_each_value_is_held_against_the_fact(said: str, wanted: str) -> None:
    assert state(heard(said)) == wanted


@pytest.mark.parametrize(
    ("said", "query", "right", "wanted"),
    [
        ("$40", "<money as fee>", "fee = fee", "said $40, due $35 (returns v3 §4.1)"),
        (
            "forty dollars",
            "<money as f>",
            "f <= fee",
            "said $40, due at most $35 (returns v3 §4.1)",
        ),
        ("$30", "<money as f>", "f >= fee", "said $30, due at least $35 (returns v3 §4.1)"),
        ("$35", "<money as f>", "f > fee", "said $35, due over $35 (returns v3 §4.1)"),
        ("$35", "<money as f>", "f < fee", "said $35, due under $35 (returns v3 §4.1)"),
        ("$35", "<money as f>", "f != fee", "said $35, due other than $35 (returns v3 §4.1)"),
        ("€35", "<money as f>", "f = fee", "said €35, due $35 (returns v3 §4.1)"),
        ("9%", "<percent as r>", "r = rate", "said 9%, due 8.5% (returns v3 §4.1)"),
        ("four steps", '"<number as n> steps"', "n = steps", "said 4, due 3 (returns v3 §2)"),
        (
            "6 months",
            "<duration as t>",
            "t in terms",
            "said 6 months, due 12 months or 24 months (returns v3 §2)",
        ),
    ],
)
def test_every_comparison_says_what_is_due(said: str, query: str, right: str, wanted: str) -> None:
    assert label(heard(f"agent: it is {said} then", query, right)) == wanted


@pytest.mark.parametrize(
    ("said", "query", "right"),
    [
        ("$35", "<money as f>", "f <= fee"),
        ("$30", "<money as f>", "f < fee"),
        ("$36", "<money as f>", "f != fee"),
        ("two years", "<duration as t>", "t in terms"),
        ("a month", "<duration as d>", "d <= window"),
        ("three weeks", "<duration as d>", "d<window"),
    ],
)
def test_a_right_value_is_clear(said: str, query: str, right: str) -> None:
    assert state(heard(f"agent: it is {said} then", query, right)) == "clear"


def test_a_call_in_another_language_is_held_against_the_same_fact() -> None:
    said = replace(call("agent: la devolución dura catorce días"), language="es")
    assert label(heard(said, '"dura <duration as d>"', "d = window")).startswith("said 14 days")


def test_a_language_whose_numbers_are_not_read_is_not_assessable() -> None:
    said = replace(call("agent: return after 14 days"), language="de")
    assert state(heard(said)) == "numbers_unread"


def test_a_value_that_may_be_the_agents_is_not_assessable() -> None:
    assert state(heard(unlabelled("agent: Return it within 30 days."))) == "roles_unknown"


def test_a_right_value_says_nothing_of_one_that_may_be_the_agents_too() -> None:
    said = call("agent: Return it within 30 days.\ncustomer: Return it within 60 days.")
    doubtful = replace(said, roles=(said.roles[0], type(said.roles[0]).UNKNOWN))
    assert state(heard(doubtful)) == "roles_unknown"


def test_a_condition_on_the_call_may_stand_beside_the_value() -> None:
    query = f"customer: refund AND {RETURNS}"
    assert state(heard("agent: Return it within 14 days.", query)) == "clear"
    both = "customer: A refund?\nagent: Return it within 14 days."
    assert label(heard(both, query)).startswith("said 14 days")


def test_a_wrong_value_on_unsure_words_is_unsure() -> None:
    said = call("agent: Return it within 14 days.")
    faint = replace(said, confidence=[1.0, 1.0, 1.0, 0.1, 1.0])
    assert state(heard(faint)) == "unsure"


def test_a_call_without_words_is_not_assessable() -> None:
    assert state(heard("agent: ")) == "no_words"


def test_what_is_stored_carries_the_label() -> None:
    said = call("agent: Return it within 14 days.")
    made = evaluated(said, RETURNS, "said = window")
    assert from_wire(json.loads(json.dumps(to_wire(made))), speakers=said.speakers) == made


def test_a_rule_may_come_after_a_fact_rule() -> None:
    made = document()
    made["rules"].append({"code": "after", "check": {"query": "sorry AFTER RULE r"}})
    said = call("agent: Return it within 14 days. Oh sorry, thirty.")
    results = evaluate(said, compile_rubric(parse_rubric(made))).results
    assert state(results[1].outcome or Clear()) == "found"


@pytest.mark.parametrize(
    ("query", "right", "key"),
    [
        ("agent: return", "said = window", "query"),
        ("return NEAR <duration as said>", "said = window", "query"),
        ("<duration as a> NEAR/3 <money as b>", "a = window", "query"),
        ("NOT <duration as said>", "said = window", "query"),
        ("COUNT(<duration as said>) >= 2", "said = window", "query"),
        ("return OR <duration as said>", "said = window", "query"),
        ('"return [<duration as said>]"', "said = window", "query"),
        ("return NOT NEAR/5 <duration as said>", "said = window", "query"),
        ("return NOT INSIDE (x NEAR/3 <duration as said>)", "said = window", "query"),
        ("<duration as said> NEAR/9 <duration>", "said = window", "query"),
        ('"30 days * <duration as said>"', "said = window", "query"),
        ('"return * <duration as said>"', "said = window", "query"),
        ("<digits 4 as said>", "said = steps", "query"),
        ("<date as said>", "said = window", "query"),
        (RETURNS, "heard = window", "right_when"),
        (RETURNS, "said = nothing", "right_when"),
        (RETURNS, "said ~ window", "right_when"),
        (RETURNS, "said = fee", "right_when"),
        (RETURNS, "said in window", "right_when"),
        (RETURNS, "said = terms", "right_when"),
    ],
)
def test_a_fact_rule_is_refused_with_its_path(query: str, right: str, key: str) -> None:
    with pytest.raises(RubricError) as error:
        parse_rubric(document(query, right))
    assert error.value.path == f"rules[0].check.fact.{key}"


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"version": None}, "version"),
        ({"clauses": [{"code": "1", "text": ""}], "facts": []}, "clauses[0].text"),
        ({"clauses": [{"code": 1, "text": "a"}, {"code": "1", "text": "b"}]}, "clauses"),
        ({"facts": [{"name": "x", "value": "30 days", "clause": "9"}]}, "facts[0].clause"),
        ({"facts": [{"name": "X", "value": "30 days", "clause": 2}]}, "facts[0].name"),
        ({"facts": [{"name": "x", "value": "soon", "clause": 2}]}, "facts[0].value"),
        ({"facts": [{"name": "x", "value": True, "clause": 2}]}, "facts[0].value"),
        ({"facts": [{"name": "x", "value": [], "clause": 2}]}, "facts[0].value"),
        ({"facts": [{"name": "x", "value": ["30 days", "$3"], "clause": 2}]}, "facts[0]"),
        ({"facts": [{"name": "x", "value": -3, "clause": 2}]}, "facts[0].value"),
        (
            {"facts": [{"name": "x", "value": "$3", "clause": 2, "equivalents": ["a lot"]}]},
            "facts[0].equivalents[0]",
        ),
        ({"author": "me"}, "author"),
    ],
)
def test_a_document_is_refused_with_its_path(changes: dict[str, Any], path: str) -> None:
    rubric = document() | {"documents": [DOCUMENT | changes]}
    with pytest.raises(RubricError) as error:
        parse_rubric(rubric)
    assert error.value.path == f"documents[0].{path}"


def test_names_of_facts_are_unique_over_all_documents() -> None:
    with pytest.raises(RubricError, match=r"documents: the code 'window' is used 2 times"):
        parse_rubric(document() | {"documents": [DOCUMENT, DOCUMENT | {"code": "other"}]})


def test_a_fact_rule_and_its_documents_come_back_from_the_canonical_form() -> None:
    rubric = parse_rubric(document(right="said  in terms"))
    assert parse_rubric(json.loads(canonical(rubric))) == rubric
    assert canonical(parse_rubric(json.loads(canonical(rubric)))) == canonical(rubric)


def test_a_rubric_without_documents_keeps_its_hash() -> None:
    plain = parse_rubric({"name": "T", "rules": [{"code": "r", "check": {"query": "x"}}]})
    assert b"documents" not in canonical(plain)


WILD = wild_calls("return", "returns", "30", "days", "fourteen", "a", "month", "$35", "8%", "half")


@settings(max_examples=200, deadline=None)
@given(WILD, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]))
def test_a_fact_on_any_call_has_an_outcome_with_its_reason_twice_the_same(
    said: Transcript, sign: str
) -> None:
    once = evaluated(said, RETURNS, f"said {sign} window")
    assert to_wire(once) == to_wire(evaluated(said, RETURNS, f"said {sign} window"))
    outcome = once.results[0].outcome
    assert state(outcome or Clear()) != "engine_error"
    if isinstance(outcome, Found):
        assert all(each.label.startswith("said ") for each in outcome.evidence)


@settings(deadline=None)
@given(WILD)
def test_what_is_said_is_right_or_wrong_and_never_passed_over(said: Transcript) -> None:
    """`=` and `!=` share out every place where the query is found."""
    asked = parse_rubric({"name": "T", "rules": [{"code": "r", "check": {"query": RETURNS}}]})
    plain = evaluate(said, asked).results[0].outcome
    wrong = [heard(said, RETURNS, f"said {sign} window") for sign in ("=", "!=")]
    if isinstance(plain, Found):
        found = [
            each for outcome in wrong if isinstance(outcome, Found) for each in outcome.evidence
        ]
        assert len(found) == len(plain.evidence)
