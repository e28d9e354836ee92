"""Ten procedures as rubrics: each reads, and each example comes out as its author says."""

from pathlib import Path

import pytest

import bench
from reviews.detection.examples import red_examples
from reviews.detection.lint import lint
from reviews.detection.rubric import parse_rubric
from reviews.rubrics.document import read_rubric

PROCEDURES = sorted((Path(bench.__path__[0]) / "procedures").glob("*.yaml"))
EXAMPLES_AT_LEAST = 2


def test_there_are_ten_procedures() -> None:
    assert len(PROCEDURES) == 10


@pytest.mark.parametrize("path", PROCEDURES, ids=lambda path: path.stem)
def test_every_rule_has_examples_both_ways_and_none_is_red(path: Path) -> None:
    rubric = parse_rubric(read_rubric(path))

    both = [(rule.examples.must_match, rule.examples.must_not_match) for rule in rubric.rules]

    assert all(len(each) >= EXAMPLES_AT_LEAST for pair in both for each in pair)
    assert red_examples(rubric) == ()


@pytest.mark.parametrize("path", PROCEDURES, ids=lambda path: path.stem)
def test_the_linter_has_nothing_to_say_of_them(path: Path) -> None:
    assert lint(parse_rubric(read_rubric(path))) == ()
