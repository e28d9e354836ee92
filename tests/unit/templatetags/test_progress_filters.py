"""How fast, how long: figures as people read them."""

import pytest

from reviews.templatetags.progress import rate, span

GAP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, ""),
        (-3, f"0{GAP}s"),
        (0, f"0{GAP}s"),
        (40.4, f"40{GAP}s"),
        (226, f"3{GAP}min 46{GAP}s"),
        (120, f"2{GAP}min"),
        (7500, f"2{GAP}h 5{GAP}min"),
        (3610, f"1{GAP}h"),
        (90_000, f"1{GAP}d 1{GAP}h"),
    ],
)
def test_a_span_has_its_two_largest_units(seconds: float | None, text: str) -> None:
    assert span(seconds) == text


@pytest.mark.parametrize(
    ("per_second", "text"),
    [(None, "–"), (0.0, "–"), (38.2, "38/s"), (1.0, "1/s"), (0.5, "30/min")],
)
def test_a_rate_is_told_a_second_or_a_minute(per_second: float | None, text: str) -> None:
    assert rate(per_second) == text
