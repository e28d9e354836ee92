"""The score: shares of a hundred, what is left out and why, and the verdict."""

from typing import Any

import pytest

from reviews.detection.rubric import Rubric, parse_rubric
from reviews.detection.scoring import Result, Score, Verdict, score

P, F, NA, OFF = Result.PASSED, Result.FAILED, Result.NOT_ASSESSABLE, Result.NOT_APPLICABLE


def rubric(*rules: dict[str, Any], **changes: Any) -> Rubric:
    numbered = [{"code": f"r{at}", "check": {"query": "a"}} | each for at, each in enumerate(rules)]
    return parse_rubric({"name": "Test", "rules": numbered} | changes)


def scored(results: list[Result], **changes: Any) -> Score:
    return score(rubric(*({} for _ in results), **changes), results)


@pytest.mark.parametrize(
    ("results", "percent", "verdict"),
    [
        ([P, P], 100, Verdict.PASSED),
        ([P, F], 50, Verdict.FAILED),
        ([P, P, P, P, F], 80, Verdict.PASSED),
        ([P, NA], 100, Verdict.PASSED),
        ([P, OFF, F], 50, Verdict.FAILED),
        ([NA, OFF], None, Verdict.NOT_ASSESSABLE),
    ],
)
def test_score_is_the_share_of_counted_rules_passed(
    results: list[Result], percent: float | None, verdict: Verdict
) -> None:
    outcome = scored(results)
    assert outcome.percent == (percent if percent is None else pytest.approx(percent))
    assert outcome.verdict is verdict


def test_score_counts_not_assessable_as_failed_when_the_rubric_says_so() -> None:
    assert scored([P, NA], scoring={"not_assessable": "failing"}).percent == 50


def test_score_weighs_rules_within_sections_and_sections_among_each_other() -> None:
    sections = [{"code": "a", "weight": 3}, {"code": "b", "weight": 1}]
    rules = ({"section": "a", "weight": 2}, {"section": "a"}, {"section": "b"})
    outcome = score(rubric(*rules, sections=sections), [P, F, F])
    assert outcome.percent == pytest.approx(50)
    assert [part.possible for part in outcome.parts] == pytest.approx([50, 25, 25])


def test_score_explains_what_was_left_out() -> None:
    outcome = score(rubric({}, {}, {}, {"weight": 0}), [P, NA, OFF, F])
    left_out = [part.left_out for part in outcome.parts]
    assert left_out == ["", "not_assessable", "not_applicable", "no_weight"]


def test_score_parts_add_up_to_the_percent() -> None:
    outcome = scored([P, F, P, P, F, P, P])
    assert sum(part.possible for part in outcome.parts) == pytest.approx(100)
    assert sum(part.earned for part in outcome.parts) == pytest.approx(outcome.percent)


def test_score_fails_the_call_when_a_rule_fails_it_at_once() -> None:
    outcome = score(rubric({"auto_fail": True}, *({} for _ in range(9))), [F, *[P] * 9])
    assert outcome.percent == pytest.approx(90)
    assert (outcome.verdict, outcome.auto_failed_by) == (Verdict.FAILED, ("r0",))


def test_score_passes_exactly_at_the_mark() -> None:
    assert scored([P] * 2 + [F], pass_mark=100 * 2 / 3).verdict is Verdict.PASSED
