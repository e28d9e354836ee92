"""Which bytes a request asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.web.ranges import Unsatisfiable, asked


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("bytes=0-", (0, 99)),
        ("bytes=0-0", (0, 0)),
        ("bytes=10-19", (10, 19)),
        ("bytes=99-", (99, 99)),
        ("bytes=90-500", (90, 99)),
        ("bytes=-1", (99, 99)),
        ("bytes=-500", (0, 99)),
        (" bytes=5-6 ", (5, 6)),
        ("", None),
        ("bytes=", None),
        ("bytes=-", None),
        ("bytes=9-3", None),
        ("bytes=0-1,5-6", None),
        ("items=0-1", None),
        ("bytes=x-1", None),
        ("bytes=1.5-2", None),
        ("bytes=٣-", None),
        ("bytes=" + "9" * 400 + "-", None),
    ],
)
def test_a_range_is_read_or_all_is_given(header: str, found: tuple[int, int] | None) -> None:
    assert asked(header, 100) == found


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_what_lies_behind_the_end_cannot_be_given(header: str) -> None:
    with pytest.raises(Unsatisfiable):
        asked(header, 100)


@given(header=st.text(), size=st.integers(1, 10**9))
def test_whatever_is_sent_the_range_lies_within(header: str, size: int) -> None:
    try:
        found = asked(f"bytes={header}", size)
    except Unsatisfiable:
        return
    assert found is None or 0 <= found[0] <= found[1] < size
