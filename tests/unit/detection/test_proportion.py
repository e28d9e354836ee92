"""Shares of what was judged: the published values of Wilson's interval, and its bounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.detection.proportion import recall, still_needed, wilson


@pytest.mark.parametrize(
    ("hits", "judged", "low", "high"),
    [  # computed by hand from the formula, to four places
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (20, 20, 0.8389, 1.0),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_the_published_one(hits: int, judged: int, low: float, high: float) -> None:
    made = wilson(hits, judged)
    assert made is not None
    assert made.low == pytest.approx(low, abs=5e-5)
    assert made.high == pytest.approx(high, abs=5e-5)
    assert made.share == hits / judged


def test_nothing_judged_is_no_number() -> None:
    assert wilson(0, 0) is None


@pytest.mark.parametrize(("hits", "judged"), [(2, 1), (-1, 3), (0, -1)])
def test_what_cannot_be_is_refused(hits: int, judged: int) -> None:
    with pytest.raises(ValueError, match="was refused"):
        wilson(hits, judged)


@given(st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_share_lies_within_its_interval_and_more_judged_narrows_it(of: tuple[int, int]) -> None:
    hits, judged = of
    few, many = wilson(hits, judged), wilson(10 * hits, 10 * judged)
    assert few is not None
    assert many is not None
    assert 0 <= few.low <= few.share <= few.high <= 1
    assert many.high - many.low < few.high - few.low


def test_about_a_hundred_are_needed_for_ten_points_either_way() -> None:
    assert still_needed(0) == 96
    assert still_needed(90) == 6
    assert still_needed(200) == 0


def test_recall_is_shown_once_its_interval_is_narrow_enough() -> None:
    few = recall(9, 1, calls=10)
    assert (few.share, few.needs) == (None, 86)
    enough = recall(90, 10, calls=100)
    assert enough.share == wilson(90, 100)
    assert enough.needs == 0


def test_recall_needs_more_calls_where_few_of_them_break_the_rule() -> None:
    assert recall(0, 0, calls=0).needs == recall(0, 0, calls=50).needs == still_needed(0)
    assert recall(4, 1, calls=50).needs == 10 * still_needed(5)
    assert recall(60, 40, calls=100).share is not None
    assert recall(49, 48, calls=97).needs == 0
