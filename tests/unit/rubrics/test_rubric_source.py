"""A rubric's file with its queries written anew: nothing else moves."""

import pytest
import yaml

from reviews.detection.rubric import parse_rubric
from reviews.rubrics.document import RubricFileRefused
from reviews.rubrics.source import formatted, places_of

HEAD = "name: Test # why\nlists: {fees: [fee]}\nrules:\n"


def written(rule: str) -> str:
    text = HEAD + rule
    made = formatted(text, parse_rubric(yaml.safe_load(text)))
    again = formatted(made.text, parse_rubric(yaml.safe_load(made.text)))
    assert (again.text, again.changed) == (made.text, ())
    assert made.text.startswith(HEAD)
    return made.text.removeprefix(HEAD)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "- {code: a, check: {query: 'a  w/6 b'}} # x",
            "- {code: a, check: {query: 'a NEAR/5 b'}} # x",
        ),
        (
            '- code: a\n  check: {query: "a  OR b"} # x\n',
            '- code: a\n  check: {query: "a OR b"} # x\n',
        ),
        (
            "- check:\n    query: a  OR b   # x\n  code: a",
            "- check:\n    query: a OR b   # x\n  code: a",
        ),
        (
            "- code: a\n  check:\n    query: |-\n        # so\n        a  OR b\n\n  why: t",
            "- code: a\n  check:\n    query: |-\n        # so\n        a\n        OR b\n\n  why: t",
        ),
        (
            "- code: a\n  check:\n    query: >\n      a  AND\n      b\n  # end\n",
            "- code: a\n  check:\n    query: >\n      a AND b\n  # end\n",
        ),
        (
            "- code: a\r\n  check:\r\n    query: a  OR b\r\n",
            "- code: a\r\n  check:\r\n    query: a OR b\r\n",
        ),
        ("- code: a\n  check: {query: '{ fees }'}\n", "- code: a\n  check: {query: '{fees}'}\n"),
        (
            "- code: a\n  check:\n    query: &q a  OR b\n",
            "- code: a\n  check:\n    query: &q a OR b\n",
        ),
    ],
)
def test_a_query_is_written_in_the_style_that_stands_there(before: str, after: str) -> None:
    assert written(before) == after


def test_a_long_query_has_an_operand_a_line_where_yaml_lets_it() -> None:
    long = " AND ".join(f'"the words {at}x"' for at in range(9))
    flow = f"- {{code: a, check: {{query: '{long}'}}}}\n"
    assert written(flow) == flow
    lines = written(f"- code: a\n  check:\n    query: '{long}'\n").splitlines()
    assert lines[2] == "    query: |-"
    assert lines[3:5] == ['      "the words 0x"', '      AND "the words 1x"']


def test_a_query_that_is_used_twice_is_refused_unless_it_is_the_same() -> None:
    text = f"{HEAD}- {{code: a, title: &q 'a  OR b', check: {{query: *q}}}}\n"
    with pytest.raises(RubricFileRefused, match="alias"):
        formatted(text, parse_rubric(yaml.safe_load(text)))


@pytest.mark.parametrize(
    ("rule", "at", "place"),
    [
        ("- {code: a, check: {query: 'a OR b'}}", (1, 6), (4, 34)),
        ("- code: a\n  check:\n    query: a OR b\n", (1, 6), (6, 17)),
        ("- code: a\n  check:\n    query: |\n      a\n      OR b\n", (2, 4), (8, 10)),
        ("- code: a\n  check:\n    query: >\n      a\n      OR b\n", (1, 6), (6, 12)),
    ],
)
def test_a_place_in_a_query_is_found_in_the_file(
    rule: str, at: tuple[int, int], place: tuple[int, int]
) -> None:
    assert places_of(HEAD + rule)["rules[0].check.query"].of(*at) == place
