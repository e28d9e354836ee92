"""The contract: at least 8 cases for each row of the syntax table and each precise reading."""

from pathlib import Path

import pytest

from tests.unit.detection.rules import (
    test_points_axis,
    test_points_distances,
    test_points_folding,
    test_points_intervals,
    test_points_numbers,
    test_points_outcomes,
    test_points_rules_and_limits,
    test_points_windows,
    test_row_leaves,
    test_row_operators,
    test_row_places,
)

AT_LEAST = 8
ROOT = Path(__file__).parents[4]
ROWS = (
    "word, prefix, one letter",
    "phrase",
    "alternatives and optional words",
    "free words",
    "list",
    "slots",
    "captured slot",
    "read near-verbatim",
    "OR, AND, NOT",
    "NEAR",
    "BEFORE",
    "SAME TURN, NEXT TURN",
    "INSIDE, CONTAINING",
    "NOT NEAR",
    "COUNT",
    "scopes",
    "windows",
    "place in the turn, question",
    "AFTER RULE",
    "CONF",
    "facts of the call",
)
"""The rows of section 3, in its order."""
ELSEWHERE = {
    "49": "tests/unit/management/test_query.py",  # exits and errors of the command line
    "50": "tests/unit/management/test_query.py",  # who the options say is who
    "51": "tests/unit/sources/test_roles.py",  # roles by channel
}
NOT_YET = {"52": "facts of reference documents: no check compares a captured slot yet"}
POINTS = tuple(str(at) for at in range(1, 54) if str(at) not in {*ELSEWHERE, *NOT_YET})
OTHERS = ("traps", "section 10")
MERELY_REFUSED = ("8", "9", "11", "48")
"""Points that say what is an error, or what a query is refused for: nothing in them is unknown."""
TABLES = {
    **test_row_leaves.ROWS,
    **test_row_operators.ROWS,
    **test_row_places.ROWS,
    **test_points_axis.POINTS,
    **test_points_intervals.POINTS,
    **test_points_distances.POINTS,
    **test_points_numbers.POINTS,
    **test_points_folding.POINTS,
    **test_points_windows.POINTS,
    **test_points_outcomes.POINTS,
    **test_points_rules_and_limits.POINTS,
    **test_points_rules_and_limits.TRAPS,
    **test_points_rules_and_limits.SECTION_10,
}


def test_no_row_or_point_is_left_out_and_none_is_made_up() -> None:
    assert sorted(TABLES) == sorted([*ROWS, *POINTS, *OTHERS])


@pytest.mark.parametrize("section", TABLES)
def test_each_section_has_at_least_eight_different_cases(section: str) -> None:
    assert len({(case.shown, str(case.tell)) for case in TABLES[section]}) >= AT_LEAST


@pytest.mark.parametrize("section", TABLES)
def test_each_section_has_a_hit_a_near_miss_and_what_cannot_be_told(section: str) -> None:
    kinds = {case.kind for case in TABLES[section]}
    if section == "40":  # is about nothing but calls of which nothing can be told
        assert kinds == {"unknown"}
        return
    assert kinds >= {"hit", "miss"}
    assert "unknown" in kinds or section in (*MERELY_REFUSED, "section 10")


@pytest.mark.parametrize("place", ELSEWHERE.values())
def test_points_of_other_parts_have_a_home(place: str) -> None:
    assert (ROOT / place).exists()
