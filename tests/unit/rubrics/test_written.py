"""A rubric written as YAML: in reading order, without defaults, and read again the same."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.demo import build
from reviews.detection.kinds import KINDS
from reviews.detection.rubric import canonical, parse_rubric
from reviews.rubrics.document import parsed
from reviews.rubrics.written import yaml_of
from tests.factories import rubrics

DEMO = sorted(path.stem for path in (Path(build.__file__).parent / "rubrics").glob("*.yaml"))


def again(text: str) -> bytes:
    return canonical(parse_rubric(parsed(text)))


@pytest.mark.parametrize("name", DEMO)
def test_a_rubric_of_the_demo_comes_back_the_same(name: str) -> None:
    rubric = parse_rubric(build.rubric(name))
    assert again(yaml_of(rubric)) == canonical(rubric)


def test_there_are_rubrics_of_the_demo() -> None:
    assert len(DEMO) >= 3


def test_every_kind_of_check_is_generated() -> None:
    assert set(rubrics.KINDS) == set(KINDS)


@pytest.mark.parametrize("tens", range(10))
def test_a_generated_rubric_comes_back_the_same(tens: int) -> None:
    for seed in range(10 * tens, 10 * tens + 10):
        rubric = parse_rubric(rubrics.document(seed))
        assert again(yaml_of(rubric)) == canonical(rubric), seed


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=200))
def test_any_text_comes_back_the_same(text: str) -> None:
    rule = {"code": f"c{text}"[:100], "title": f"a{text}", "check": {"query": "agent: fee"}}
    rubric = parse_rubric({"name": f"{text}z"[-200:], "rules": [rule]})
    assert again(yaml_of(rubric)) == canonical(rubric)


def test_keys_stand_as_a_person_writes_them() -> None:
    text = yaml_of(parse_rubric(rubrics.document(7)))
    document = yaml.safe_load(text)
    orders = [list(document), *map(list, document["rules"])]
    wanted = ["name", "code", "title", "section", "why", "severity", "weight", "check", "examples"]
    for order in orders:
        known = [key for key in wanted if key in order]
        assert [key for key in order if key in known] == known
    assert text.index("\nlists:") < text.index("\ndocuments:") < text.index("\nrules:")


def test_defaults_and_what_is_empty_are_left_out() -> None:
    rule = {"code": "a", "weight": 2, "check": {"query": "# why\nagent: fee"}}
    text = yaml_of(parse_rubric({"name": "Calls", "rules": [rule]}))
    assert text == (
        "name: Calls\npass_mark: 80\nscoring:\n  not_assessable: excluded\nrules:\n"
        "  - code: a\n    weight: 2\n    check:\n"
        "      query: |-\n        # why\n        agent: fee\n"
    )


def test_two_rules_that_say_the_same_each_say_it() -> None:
    examples = {"must_match": ["agent: a fee"]}
    rules = [{"code": code, "check": {"query": "fee"}, "examples": examples} for code in "ab"]
    assert "&" not in yaml_of(parse_rubric({"name": "Calls", "rules": rules}))
