"""The tutorial's rule is a rule, and comes out on its lines as the page says."""

import re
from pathlib import Path
from typing import Any

from reviews.detection.engine import evaluate
from reviews.detection.examples import snippet_transcript
from reviews.detection.rubric import parse_rubric
from reviews.detection.scoring import Result

PAGE = (Path(__file__).parents[3] / "docs/author/tutorial.md").read_text()


def told(name: str) -> str:
    found = re.search(rf"\*\*{name}\*\*: `([^`]+)`", PAGE)
    assert found is not None, name
    return found[1]


def rule(**more: Any) -> dict[str, Any]:
    return {"code": "notice", "violation_when": "absent", "check": {"query": told("Query")}} | more


def result(snippet: str) -> Result:
    rubric = parse_rubric({"name": "Tutorial", "rules": [rule()]})
    return evaluate(snippet_transcript(snippet), rubric).results[0].result


def test_the_rule_is_broken_by_the_lines_of_the_page_and_kept_by_others() -> None:
    (lines,) = re.findall(r"```\n(agent:.*?)```", PAGE, re.DOTALL)
    assert result(lines) is Result.FAILED
    assert result("agent: This is an attempt to collect a debt.") is Result.PASSED
    assert result("customer: Are you a debt collector?") is Result.FAILED


def test_the_condition_can_be_read() -> None:
    document = rule(applies_when=told("Only on calls where"))
    assert parse_rubric({"name": "Tutorial", "rules": [document]}).rules[0].applies_when is not None
