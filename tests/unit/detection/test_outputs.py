"""Typed outputs: what is read, what is refused with its path, and what they come to on a call."""

import json
import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.detection import wire
from reviews.detection.engine import Evaluation, RuleResult, evaluate
from reviews.detection.evidence import Clear, Evidence, Found, NotAssessable, Outcome, Reason
from reviews.detection.output_values import values
from reviews.detection.outputs import OutputType
from reviews.detection.rubric import Rubric, RubricError, canonical, parse_rubric
from reviews.detection.scoring import result_of, score
from tests.factories import rubrics
from tests.unit.detection.calls import call

UNKNOWN = NotAssessable(Reason.NO_WORDS, "Nothing was said.")
FACT = {"query": "returns NEAR/9 <duration as said>", "right_when": "said = term"}
ASK = {"question": "Was it kind?"}
TERM = {"name": "term", "value": "30 days", "clause": "2"}


def document(*outputs: Any, **changes: Any) -> dict[str, Any]:
    return {
        "name": "Care",
        "sections": [{"code": "open"}, {"code": "rest"}],
        "documents": [
            {
                "code": "returns",
                "version": "3",
                "clauses": [{"code": "2", "text": "Thirty days."}],
                "facts": [TERM],
            }
        ],
        "rules": [
            {"code": "grave", "section": "open", "severity": "high", "check": {"query": "never"}},
            {"code": "term", "section": "rest", "check": {"fact": FACT}},
            {"code": "tone", "section": "rest", "check": {"ask": ASK}},
        ],
        "outputs": list(outputs),
    } | changes


def output(source: Any, type_: str = "bool", **changes: Any) -> dict[str, Any]:
    return {"key": "value", "type": type_, "from": source} | changes


def levels(**changes: Any) -> dict[str, Any]:
    return {"levels": {"of": "score", "labels": ["low", "high"], "bounds": [50]} | changes}


@pytest.mark.parametrize(
    ("outputs", "path", "says"),
    [
        ([output({"passed": "nobody"})], "outputs[0].from.passed", "there is no rule 'nobody'"),
        ([output({"passed": "tone"})], "outputs[0].from.passed", "that the engine answers"),
        ([output({"section": "no"}, "number")], "outputs[0].from.section", "no section 'no'"),
        ([output({"passed": "grave"}, "number")], "outputs[0].type", "does not fit passed"),
        ([output("score", "enum")], "outputs[0].type", "write number"),
        ([output({"heard": "grave"}, "string")], "outputs[0].from.heard", "of the kind fact"),
        ([output({"passed": "grave", "failed": "grave"})], "outputs[0].from", "is no source"),
        ([output("passed")], "outputs[0].from", "'passed' is no source: write score"),
        ([output(None)], "outputs[0].from", "nothing is no source"),
        ([output({"risk": "grave"})], "outputs[0].from", "is no source"),
        ([output(levels(of={"passed": "grave"}), "enum")], "outputs[0].from.levels.of", "a number"),
        ([output(levels(of=levels()), "enum")], "outputs[0].from.levels.of", "of a number"),
        ([output(levels(labels=["a"]), "enum")], "outputs[0].from.levels.labels", "at least 2"),
        ([output(levels(bounds=[1, 2]), "enum")], "outputs[0].from.levels.bounds", "write 1"),
        (
            [output(levels(labels=["a", "b", "c"], bounds=[5, 5]), "enum")],
            "outputs[0].from.levels.bounds",
            "in ascending order",
        ),
        ([output(levels(bounds=[math.nan]), "enum")], "outputs[0].from.levels.bounds[0]", "range"),
        ([output({"failed_rules": []}, "list")], "outputs[0].from.failed_rules", "no rule is"),
        ([output("score", "number", key="Score")], "outputs[0].key", "is no key"),
        ([output("score", "number", key="a" * 64)], "outputs[0].key", "up to 63"),
        ([output("score", "number", key="risk_flag")], "outputs[0].key", "every rubric already"),
        ([output("score", "number", key="grave")], "outputs[0].key", "the code of a rule"),
        ([output("score", "number"), output("score", "number")], "outputs", "used 2 times"),
        ([output("score", "number", colour="red")], "outputs[0].colour", "not known"),
        ([{"key": "value", "from": "score"}], "outputs[0].type", "write one of bool"),
    ],
)
def test_an_output_that_cannot_be_is_refused_with_its_path(
    outputs: list[Any], path: str, says: str
) -> None:
    with pytest.raises(RubricError) as refused:
        parse_rubric(document(*outputs))
    assert refused.value.path == path
    assert says in refused.value.message


def test_a_rubric_without_outputs_has_the_form_that_it_had_before_there_were_any() -> None:
    plain = document()
    del plain["outputs"]
    assert canonical(parse_rubric(document())) == canonical(parse_rubric(plain))
    assert b"outputs" not in canonical(parse_rubric(plain))


@pytest.mark.parametrize("seed", range(20))
def test_outputs_come_back_from_the_canonical_form(seed: int) -> None:
    rubric = parse_rubric(rubrics.document(seed))
    assert parse_rubric(json.loads(canonical(rubric))).outputs == rubric.outputs


def came_to(rubric: Rubric, *outcomes: Outcome | None) -> Evaluation:
    results = [result_of(rule, each) for rule, each in zip(rubric.rules, outcomes, strict=True)]
    judged = zip(rubric.rules, outcomes, results, strict=True)
    return Evaluation(
        tuple(RuleResult(rule.code, outcome, each) for rule, outcome, each in judged),
        score(rubric, results),
    )


def heard(*labels: str) -> Found:
    place = Evidence(0, 0, 0, 0, "A", "agent", 0, 1)
    return Found(tuple(replace(place, label=label) for label in labels))


@pytest.mark.parametrize(
    ("grave", "risk"), [(Found(()), True), (Clear(), False), (UNKNOWN, None), (None, False)]
)
def test_the_risk_flag_is_no_pass_where_a_grave_rule_was_not_assessable(
    grave: Outcome | None, risk: bool | None
) -> None:
    rubric = parse_rubric(document(rules=document()["rules"][:2]))
    assert values(rubric, came_to(rubric, grave, Found(())))["risk_flag"] is risk


@pytest.mark.parametrize(
    ("label", "type_", "value"),
    [
        ("said 14 days, due 30 days (returns v3 §2)", "string", "14 days"),
        ("said 14 days, due 30 days (returns v3 §2)", "number", 14.0),
        ("said 2 weeks, due 30 days (returns v3 §2)", "number", 14.0),
        ("said 3 hours, due 30 days (returns v3 §2)", "number", None),
        ("said $1,200.50, due 30 days (returns v3 §2)", "string", "$1,200.50"),
        ("said another number, due 30 days (returns v3 §2)", "number", None),
    ],
)
def test_a_value_that_was_heard_is_a_number_in_the_unit_of_its_fact(
    label: str, type_: str, value: Any
) -> None:
    rules = document()["rules"][:2]
    rubric = parse_rubric(document(output({"heard": "term"}, type_), rules=rules))
    assert values(rubric, came_to(rubric, Clear(), heard(label)))["value"] == value


@pytest.mark.parametrize("source", [{"passed": "grave"}, {"failed": "grave"}, {"count": "grave"}])
@pytest.mark.parametrize("outcome", [UNKNOWN, None])
def test_what_was_not_assessable_or_does_not_apply_is_null(
    source: dict[str, str], outcome: Outcome | None
) -> None:
    type_ = "number" if "count" in source else "bool"
    rubric = parse_rubric(document(output(source, type_), rules=document()["rules"][:2]))
    assert values(rubric, came_to(rubric, outcome, Clear()))["value"] is None


_OUTCOMES = st.sampled_from(
    [None, UNKNOWN, Clear(), Found(()), heard("said 9 days, due 30 days (returns v3 §2)", "")]
)
_TYPES: dict[OutputType, Any] = {
    OutputType.BOOL: bool,
    OutputType.NUMBER: float,
    OutputType.STRING: str,
    OutputType.LIST: tuple,
    OutputType.ENUM: str,
}


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_every_value_is_of_its_type_and_the_same_from_what_is_stored(data: st.DataObject) -> None:
    rubric = parse_rubric(
        document(
            output({"passed": "grave"}, key="a"),
            output({"count": "term"}, "number", key="b"),
            output({"heard": "term"}, "string", key="c"),
            output({"heard": "term"}, "number", key="d"),
            output({"section": "rest"}, "number", key="e"),
            output("failed_rules", "list", key="f"),
            output({"result": "term"}, "enum", key="g"),
            output(levels(of={"count": "term"}, bounds=[data.draw(st.integers(0, 3))]), "enum"),
            rules=document()["rules"][:2],
        )
    )
    evaluation = came_to(rubric, data.draw(_OUTCOMES), data.draw(_OUTCOMES))
    made = values(rubric, evaluation)
    for each in rubric.all_outputs:
        value = made[each.key]
        assert value is None or type(value) is _TYPES[each.type], each
        assert not each.choices or value is None or value in each.choices
    stored = json.loads(json.dumps(wire.to_wire(evaluation)))
    assert values(rubric, wire.from_wire(stored, speakers=None)) == made


@pytest.mark.parametrize("count", range(4))
def test_a_level_holds_from_its_bound_on(count: int) -> None:
    source = levels(of={"count": "term"}, labels=["none", "some", "many"], bounds=[1, 3])
    rubric = parse_rubric(document(output(source, "enum"), rules=document()["rules"][:2]))
    found = heard(*["said 9 days, due 30 days"] * count) if count else Clear()
    expected = ["none", "some", "some", "many"][count]
    assert values(rubric, came_to(rubric, Clear(), found))["value"] == expected


def test_the_failed_rules_of_a_call_without_words_are_null_and_not_none() -> None:
    rubric = parse_rubric(document(output("failed_rules", "list")))
    made = values(rubric, evaluate(call(""), rubric))
    assert made == {"overall_score": None, "risk_flag": None, "value": None}
