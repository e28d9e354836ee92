"""The bank's rules on wordings of our own, one by one: heard, not heard, and known gaps."""

from dataclasses import replace
from typing import Any

import pytest
import yaml

from bench.acceptance.__main__ import HERE
from reviews.detection.engine import Compiled, compile_rubric, evaluate
from reviews.detection.evidence import Found, Outcome
from reviews.detection.examples import snippet_transcript
from reviews.detection.rubric import parse_rubric
from reviews.rubrics.document import read_rubric

WORDINGS: dict[str, dict[str, list[str]]] = yaml.safe_load((HERE / "wordings.yaml").read_text())


@pytest.fixture(scope="module")
def bank() -> Compiled:
    """Rules that apply to every call, in every language."""
    rubric = parse_rubric(read_rubric(HERE / "star_bank.yaml"))
    rules = tuple(replace(rule, applies_when=None, languages=()) for rule in rubric.rules)
    return compile_rubric(replace(rubric, rules=rules))


def heard(bank: Compiled, code: str, snippet: str) -> Outcome | None:
    results = evaluate(snippet_transcript(snippet), bank).results
    return next(result.outcome for result in results if result.rule == code)


def wordings(*kinds: str) -> list[Any]:
    return [
        pytest.param(rule, text, id=text)
        for rule, each in WORDINGS.items()
        for kind in kinds
        for text in each.get(kind, [])
    ]


@pytest.mark.parametrize(("rule", "text"), wordings("said"))
def test_what_is_said_is_found(bank: Compiled, rule: str, text: str) -> None:
    assert isinstance(heard(bank, rule, text), Found)


@pytest.mark.parametrize(("rule", "text"), wordings("not_said", "gap"))
def test_what_is_only_spoken_of_is_not_found(bank: Compiled, rule: str, text: str) -> None:
    assert not isinstance(heard(bank, rule, text), Found)
