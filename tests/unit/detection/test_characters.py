"""Phrases in scripts without blanks, on words cut anywhere."""

import pytest

from reviews.detection.characters import in_a_row
from reviews.detection.examples import snippet_transcript
from reviews.detection.normalize import read_axis


@pytest.mark.parametrize(
    ("spoken", "text", "places"),
    [
        ("agent: 我要 退款 政策", "退款政策", [(1, 2)]),
        ("agent: 我要 退款 政策", "要退", [(0, 1)]),
        ("agent: 我要退款政策", "退款", [(0, 0)]),
        ("agent: 款款 款", "款款", [(0, 0), (0, 1)]),
        ("agent: 我要 退\ncustomer: 款", "退款", []),
        ("agent: 我要 退\nagent: 款", "退款", [(1, 2)]),
        ("agent: ขอ คืน เงิน", "คืนเงิน", [(1, 2)]),
        ("agent: 返 金 して ください", "返金して", [(0, 2)]),
        ("agent: refund", "退", []),
    ],
)
def test_characters_in_a_row_of_one_turn_are_found(
    spoken: str, text: str, places: list[tuple[int, int]]
) -> None:
    assert list(in_a_row(text, read_axis(snippet_transcript(spoken)))) == places
