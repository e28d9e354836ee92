"""The bank's rules on wordings of our own, one by one: heard, not heard, and known gaps."""

from typing import Any

import pytest
import yaml

from bench.acceptance.__main__ import HERE
from reviews.detection.engine import Compiled
from reviews.detection.evidence import Found
from reviews.detection.rubric import parse_rubric
from reviews.rubrics.document import read_rubric
from tests.factories.examples import everywhere, heard

WORDINGS: dict[str, dict[str, list[str]]] = yaml.safe_load((HERE / "wordings.yaml").read_text())


@pytest.fixture(scope="module")
def bank() -> Compiled:
    return everywhere(parse_rubric(read_rubric(HERE / "star_bank.yaml")))


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
