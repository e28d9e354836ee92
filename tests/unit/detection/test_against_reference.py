"""The fast evaluation means what the reference means: by random cases, and by hand."""

import os
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice

import pytest
from hypothesis import HealthCheck, given, settings

from reviews.detection.engine import parse
from reviews.detection.language.types import SPANS, And, Condition, Count, Not, Or, operands_of
from tests.reference.cases import Case, cases
from tests.reference.compare import disagreements, fast, seeded, slow
from tests.unit.detection.calls import WORKED, call

CASES = int(os.environ.get("REFERENCE_CASES", "12000"))
"""Set it to 100000 for a long run."""
AT_LEAST = 20


@pytest.mark.timeout(1800)
def test_seeded_cases_come_to_what_the_reference_says() -> None:
    assert list(map(str, islice(disagreements(CASES, seed=1), 3))) == []


@given(case=cases)
@settings(
    max_examples=400,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_a_case_that_may_be_made_smaller_comes_to_what_the_reference_says(case: Case) -> None:
    assert fast(case) == slow(case)


def test_the_cases_reach_every_construct_in_every_state() -> None:
    reached: defaultdict[tuple[type, str], int] = defaultdict(int)
    for case in seeded(6000, seed=1):
        state = slow(case).state
        for kind in {type(each) for each in _nodes(case.condition)}:
            reached[kind, state] += 1
    wanted = [(kind, state) for kind in KINDS for state in ("found", "clear", "unknown")]
    assert {each: reached[each] for each in wanted if reached[each] < AT_LEAST} == {}


KINDS = (*SPANS, And, Or, Not, Count)


def _nodes(condition: Condition) -> Iterator[Condition]:
    yield condition
    for each in operands_of(condition):
        yield from _nodes(each)


OVER = """
agent: credit card please
customer: no no no fee today
agent: the total is a fee and tax or fee tax
"""


@pytest.mark.parametrize(
    ("text", "query", "places"),
    [
        (WORKED, 'agent: "this call is being recorded" IN FIRST 30s', {(3, 7)}),
        (WORKED, 'customer: "I want a refund"', {(11, 14)}),
        (WORKED, '"cannot guarantee"', {(17, 19)}),
        (WORKED, 'refund NEAR/3 "30 days"', {(21, 24)}),
        (WORKED, "guarantee NOT NEAR/2 (not OR never)", set()),
        (WORKED, "customer: guarantee", set()),
        (WORKED, 'refund BEFORE "being recorded"', set()),
        (WORKED, "refund NEAR/3 refund", set()),
        (WORKED, 'COUNT("30 days") = 1', {(23, 24)}),
        (WORKED, '(guarantee OR "guarantee a refund") BEFORE/0 after', {(19, 22)}),
        (OVER, '("credit card" OR credit) NEAR/0 please', {(0, 2)}),
        (OVER, 'credit NOT INSIDE ("credit card" OR card)', set()),
        (OVER, "total BEFORE/9 fee BEFORE/0 tax", {(9, 17)}),
        (OVER, "COUNT(no) = 1", {(5, 5)}),
    ],
)
def test_the_reference_finds_what_the_language_says(
    text: str, query: str, places: set[tuple[int, int]]
) -> None:
    case = Case(call(text), parse(query), firsts={}, floor=0.0, share=0.2, is_asked=False)
    verdict = slow(case)
    assert verdict.state == ("found" if places else "clear")
    assert set(verdict.places) == places
