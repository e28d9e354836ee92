"""A rule that is skipped for want of its words says the same as if it had been judged."""

import pytest

from reviews.detection.engine import compile_rubric, evaluate, parse
from reviews.detection.evidence import Clear, NotAssessable, Reason
from reviews.detection.rubric import parse_rubric
from reviews.detection.silence import silence_of
from tests.unit.detection.calls import call

SILENT = (
    "refund",
    "agent: refund",
    "speaker(A): refund",
    "refund OR rebate",
    "refund NEAR/5 rebate",
    "refund BEFORE rebate",
    "refund NOT NEAR/5 rebate",
    "refund AND NOT (rebate IN FIRST 30s)",
    "agent: refund AND (call.kind = live OR COUNT(rebate) < 2)",
    "COUNT(refund) >= 1",
)
NEVER_SILENT = (
    "NOT refund",
    "call.kind = live",
    "refund IN FIRST 30s",
    "COUNT(refund) < 2",
    "NOT rebate AND refund",
    "refund AND NOT (refund NEAR/5s rebate)",
)


@pytest.mark.parametrize("query", NEVER_SILENT)
def test_what_must_be_judged_in_any_call_has_no_silence(query: str) -> None:
    assert silence_of(parse(query)) is None


def test_only_the_first_operand_of_and_needs_to_be_unsaid() -> None:
    assert silence_of(parse("refund AND NOT rebate")) == silence_of(parse("refund"))


@pytest.mark.parametrize("query", SILENT)
def test_a_rule_whose_words_are_not_said_is_clear_with_nothing_to_prove(query: str) -> None:
    assert silence_of(parse(query)) is not None
    assert _outcome(query, "agent: good morning") == Clear()


@pytest.mark.parametrize("query", SILENT)
def test_a_call_without_words_is_never_clear_for_silence(query: str) -> None:
    outcome = _outcome(query, "agent: ...")
    assert isinstance(outcome, NotAssessable)
    assert outcome.reason is Reason.NO_WORDS


def test_a_rule_that_wants_its_words_is_judged_where_they_are_not_said() -> None:
    outcome = _outcome("agent: refund", "agent: good morning", violation_when="absent")
    assert isinstance(outcome, Clear)
    assert outcome.absence is not None


def _outcome(query: str, text: str, violation_when: str = "found") -> object:
    rule = {"code": "r", "violation_when": violation_when, "check": {"query": query}}
    compiled = compile_rubric(parse_rubric({"name": "n", "rules": [rule]}))
    return evaluate(call(text), compiled).results[0].outcome
