import pytest

from reviews.detection.pii.axis import axis
from reviews.detection.pii.numbers import runs


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("four oh seven", ["407"]),
        ("double four triple two", ["44222"]),
        ("forty five sixty seven", ["4567"]),
        ("eight hundred five five five", ["800555"]),
        ("one hundred and twenty three", ["123"]),
        ("five thousand", ["5000"]),
        ("nineteen eighty four", ["1984"]),
        ("four, um, five. Okay, six", ["456"]),
        ("four apples five", ["4", "5"]),
        ("ninety, two five", ["9025"]),
        ("four two, and it is five", ["425"]),
        ("one is five", ["1", "5"]),
        ("double trouble", []),
        ("$35 12:30 24/7 7up", []),
        ("+1 (415) 555-0132", ["14155550132"]),
    ],
)
def test_runs_reads_digits_when_they_are_said_so(text: str, digits: list[str]) -> None:
    assert [run.digits for run in runs(axis(text))] == digits


def test_runs_notes_the_group_when_it_corrects_the_one_before() -> None:
    (run,) = runs(axis("four five no sorry I mean four six"))
    assert run.repairs == (2,)


def test_axis_keeps_places_when_a_letter_grows_in_lower_case() -> None:
    seen = axis("İx — “Four”")
    start, end = seen.bounds(1, 1)
    assert seen.text[start:end] == "Four"
