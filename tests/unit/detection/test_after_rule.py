"""Rules that come after the first hit of another rule of their rubric."""

from typing import Any

import pytest

from reviews.detection.document import RubricError
from reviews.detection.engine import evaluate
from reviews.detection.evidence import Clear, Found, NotAssessable, Outcome
from reviews.detection.rubric import parse_rubric
from tests.unit.detection.calls import call, places

TALK = """
agent: Your balance is ten. May I have your account number?
customer: It is 12 34.
agent: Thanks. Your balance is twenty.
"""


def rule(code: str, query: str, **changes: Any) -> dict[str, Any]:
    return {"code": code, "title": code, "check": {"query": query}, **changes}


def outcomes(*rules: dict[str, Any], text: str = TALK) -> dict[str, Outcome | None]:
    evaluation = evaluate(call(text), parse_rubric({"name": "Rules", "rules": list(rules)}))
    return {each.rule: each.outcome for each in evaluation.results}


ASKED = rule("asked", 'agent: "account number"')


def test_only_what_begins_after_the_first_hit_counts() -> None:
    seen = outcomes(rule("told", "balance AFTER RULE asked"), ASKED)
    assert places(seen["told"] or Clear()) == [(2, 2, 2)]


def test_the_others_are_those_before_it() -> None:
    seen = outcomes(rule("told", "balance NOT AFTER RULE asked"), ASKED)
    assert places(seen["told"] or Clear()) == [(0, 1, 1)]


def test_without_a_hit_nothing_comes_after_and_everything_else_does() -> None:
    never = rule("never", "nowhere")
    after, before = "balance AFTER RULE never", "balance NOT AFTER RULE never"
    seen = outcomes(never, rule("after", after), rule("before", before))
    assert isinstance(seen["after"], Clear)
    assert places(seen["before"] or Clear()) == [(0, 1, 1), (2, 2, 2)]


@pytest.mark.parametrize(
    "changes",
    [{"languages": ["fr"]}, {"applies_when": "call.duration >= 1:00:00"}],
)
def test_after_a_rule_that_says_nothing_is_not_assessable(changes: dict[str, Any]) -> None:
    evaluation_rules = (rule("told", "balance AFTER RULE asked"), ASKED | changes)
    rubric = parse_rubric({"name": "Rules", "rules": list(evaluation_rules)})
    told = evaluate(call(TALK, language="en_us"), rubric).results[0].outcome
    assert isinstance(told, NotAssessable)
    assert told.reason == "rule_unknown"


def test_what_was_searched_begins_behind_the_hit() -> None:
    told = rule("told", "refund AFTER RULE asked", violation_when="absent")
    seen = outcomes(told, ASKED)["told"]
    assert isinstance(seen, Clear)
    assert seen.absence is not None
    assert (seen.absence.start_ms, seen.absence.words) == (10 * 300, 9)


def test_a_personal_value_may_be_the_rule_that_comes_before() -> None:
    value = {"code": "card", "title": "card", "check": {"pii": {"entities": ["phone_number"]}}}
    seen = outcomes(value, rule("told", "thanks AFTER RULE card"),
                    text="agent: call 312 555 0142 thanks")  # fmt: skip
    assert isinstance(seen["card"], Found)
    assert places(seen["told"] or Clear()) == [(0, 4, 4)]


def test_rules_that_come_after_each_other_are_refused() -> None:
    circle = [rule("a", "x AFTER RULE b"), rule("b", "y AFTER RULE a")]
    with pytest.raises(RubricError, match="come after each other"):
        parse_rubric({"name": "Rules", "rules": circle})


def test_a_rule_without_places_cannot_come_before() -> None:
    safety = {"code": "safety", "title": "s", "check": {"content_safety": {"labels": ["hate"]}}}
    with pytest.raises(RubricError, match='no rule "safety" to come after'):
        parse_rubric({"name": "Rules", "rules": [safety, rule("a", "x AFTER RULE safety")]})
