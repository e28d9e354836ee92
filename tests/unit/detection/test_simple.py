"""Simple queries: what the form holds is written as a query, read again, and the same."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import reviews
from reviews.detection.language.canonical import format_query
from reviews.detection.language.parse import parse_query
from reviews.detection.language.phrase import leaf
from reviews.detection.language.types import Condition, Distance, EdgeWindow, Unit
from reviews.detection.language.written import written
from reviews.detection.simple import (
    Beside,
    Excuse,
    Said,
    Side,
    Simple,
    line_of,
    opened,
    phrase_of,
    query_of,
    settled,
    simple_of,
)
from reviews.detection.transcript import Role
from tests.queries import LISTS, RULES, queries

many = settings(
    max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
LINES = (
    *("we guarantee", "refund*", '"refund"', "NOT", "near", "{fees}", "<money>", "fee of <money>"),
    *('~"this call may be recorded" 85%', "can't", "a (b|c) [d]", "24/7", "#1 of all"),
)
who = st.sampled_from([None, Role.AGENT, Role.CUSTOMER])
said = st.builds(
    Said,
    who,
    st.lists(st.sampled_from(LINES), min_size=1, max_size=3).map(
        lambda lines: tuple(map(phrase_of, lines))
    ),
)
distances = st.builds(
    Distance, st.integers(0, 500), st.sampled_from([Unit.WORDS, Unit.TURNS, Unit.SECONDS])
)
windows = st.builds(
    EdgeWindow,
    st.booleans(),
    st.integers(1, 100),
    st.sampled_from([Unit.SECONDS, Unit.PERCENT, Unit.TURNS]),
)
beside = st.one_of(
    st.builds(Beside, st.just(Side.NEAR), said, distances),
    st.builds(Beside, st.sampled_from([Side.AFTER, Side.BEFORE]), said, st.none() | distances),
)
simples = st.builds(
    Simple,
    said,
    st.none() | windows,
    st.none() | beside,
    st.none() | st.builds(Excuse, said, st.none() | distances),
)


def parsed(text: str) -> Condition:
    return parse_query(text, lists=LISTS, rules=RULES)


@given(simple=simples)
@many
def test_what_the_form_holds_comes_back_from_its_query(simple: Simple) -> None:
    text = query_of(simple)
    own = settled(simple)
    assert simple_of(parsed(text)) == own
    assert query_of(own) == text
    if simple.beside is None or simple.beside.side is Side.NEAR:
        assert own == simple


@given(query=queries())
@many
def test_a_query_that_the_form_can_hold_finds_the_same_from_it(query: Condition) -> None:
    simple = simple_of(query)
    if simple is not None:
        assert parsed(query_of(simple)) == query


@pytest.mark.parametrize("line", LINES)
def test_a_line_is_a_phrase_and_the_line_again(line: str) -> None:
    assert line_of(phrase_of(line)) == line


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ('agent: "we guarantee"', Simple(Said(Role.AGENT, ('"we guarantee"',)))),
        (
            "agent: (aa OR bb) IN LAST 10%",
            Simple(Said(Role.AGENT, ("aa", "bb")), EdgeWindow(False, 10, Unit.PERCENT)),
        ),
        (
            "customer: aa BEFORE/4t agent: bb",
            Simple(
                Said(Role.AGENT, ("bb",)),
                beside=Beside(
                    Side.AFTER, Said(Role.CUSTOMER, ("aa",)), Distance(4, Unit.TURNS)
                ),
            ),
        ),
        (
            "agent: (aa NOT NEAR/3 bb)",
            Simple(
                Said(Role.AGENT, ("aa",)),
                excuse=Excuse(Said(Role.AGENT, ("bb",)), Distance(3, Unit.WORDS)),
            ),
        ),
        (
            "aa AND NOT customer: bb",
            Simple(Said(None, ("aa",)), excuse=Excuse(Said(Role.CUSTOMER, ("bb",)), None)),
        ),
    ],
)  # fmt: skip
def test_each_part_of_the_form_is_read(query: str, wanted: Simple) -> None:
    assert opened(query, lists=(), rules=()) == wanted


@pytest.mark.parametrize(
    "query",
    [
        "aa AND bb", "NOT aa", "COUNT(aa) > 2", "aa NEAR/3 bb NEAR/3 cc", "(aa OR bb) OR cc",
        "agent: (aa IN FIRST 30s)", "aa IN 0:30..1:00", "other: aa", "aa NOT BEFORE/3 bb",
        "aa BEFORE bb BEFORE cc", "aa AS QUESTION", "speaker(A): aa", "aa # why", "aa OR", "{none}",
        'call.kind = "live"', "aa AND NOT bb AND NOT cc", "(aa NOT NEAR/2 bb) AND NOT cc",
    ],
)  # fmt: skip
def test_what_says_more_than_the_form_is_left_to_the_query_view(query: str) -> None:
    assert opened(query, lists=(), rules=()) is None


def test_a_remark_in_a_query_is_never_lost() -> None:
    assert opened("aa\nOR bb", lists=(), rules=()) is not None
    assert opened("# why\naa\nOR bb", lists=(), rules=()) is None


def test_most_queries_of_packs_and_demo_open_in_the_form_letter_for_letter() -> None:
    asked = [*_queries()]
    held = []
    for text, document in asked:
        rules = [each["code"] for each in document["rules"]]
        simple = opened(text, lists=document.get("lists", {}), rules=rules)
        if simple is not None:
            lists = {name: leaf(["x"], shown=f"{{{name}}}") for name in document.get("lists", {})}
            again = query_of(simple)
            assert again == " ".join(format_query(text, lists=lists, rules=rules).split())
            assert written(parse_query(again, lists=lists, rules=rules)) == again
            held.append(text)
    print(f"{len(held)} of {len(asked)} queries open in the form")
    assert len(held) >= 0.75 * len(asked)


def _queries() -> Iterator[tuple[str, Mapping[str, Any]]]:
    root = Path(reviews.__file__).parent
    for path in [*root.glob("packs/*.yaml"), *root.glob("demo/rubrics/*.yaml")]:
        document = yaml.safe_load(path.read_text("utf-8"))
        for rule in document["rules"]:
            if "query" in rule.get("check", {}):
                yield rule["check"]["query"], document
