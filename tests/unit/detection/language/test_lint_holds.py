"""What a note says of a query holds on calls: tried by evaluating it."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, permutations

import pytest

from reviews.detection.language.cover import covers
from reviews.detection.language.never import is_always, is_never
from reviews.detection.language.types import (
    And,
    Condition,
    Either,
    Leaf,
    Nested,
    Nesting,
    Not,
    NotNear,
    leaves_of,
    operands_of,
)
from tests.reference.cases import Case
from tests.reference.compare import fast, seeded

CASES = list(seeded(3_000, seed=7))


def nodes(condition: Condition) -> Iterator[Condition]:
    yield condition
    for each in operands_of(condition):
        yield from nodes(each)


def doubtful(condition: Condition) -> Iterator[Condition]:
    """The parts, and each against itself."""
    for each in nodes(condition):
        yield from (each, Not(each), And((each, Not(condition))))
        if isinstance(each, NotNear | Nested):
            yield replace(each, right=each.left)


def test_what_is_never_found_is_found_on_no_call() -> None:
    never = [(case, each) for case in CASES for each in doubtful(case.condition) if is_never(each)]
    wrong = [each for case, each in never if state(case, each) == "found"]
    assert len(never) > 300
    assert wrong == []


def test_what_is_always_found_is_clear_on_no_call() -> None:
    always = [
        (case, Not(each))
        for case in CASES
        for each in doubtful(case.condition)
        if is_never(each) and is_always(Not(each))
    ]
    wrong = [each for case, each in always if state(case, each) == "clear"]
    assert len(always) > 300
    assert wrong == []


@pytest.mark.parametrize("is_shortest", [True, False])
def test_a_phrase_that_is_covered_adds_nothing(*, is_shortest: bool) -> None:
    covered = [
        pair
        for pair in pairs()
        if covers(pair[0].patterns, pair[1].patterns, is_shortest=is_shortest)
    ]
    wrong = [
        (wide, narrow)
        for at, (wide, narrow) in enumerate(covered)
        for case in islice(CASES, at % 100, None, 200)
        if heard(case, (wide, narrow), is_shortest=is_shortest)
        != heard(case, (wide,), is_shortest=is_shortest)
    ]
    assert len(covered) > 50
    assert wrong == []


def pairs() -> Iterator[tuple[Leaf, Leaf]]:
    leaves = {leaf.key: leaf for case in CASES[:60] for leaf in leaves_of(case.condition)}
    return permutations(leaves.values(), 2)


def heard(case: Case, leaves: tuple[Leaf, ...], *, is_shortest: bool) -> object:
    """The verdict; where every stretch counts, the short ones are kept from counting."""
    span = Either(leaves)
    if is_shortest:
        return fast(replace(case, condition=span))
    short = Leaf("fee", "", leaves[0].patterns)
    return [fast(replace(case, condition=Nested(span, short, nesting))) for nesting in Nesting]


def state(case: Case, condition: Condition) -> str:
    return fast(replace(case, condition=condition)).state
