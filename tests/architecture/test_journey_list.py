"""Each journey of the list has a run by keyboard alone or with JavaScript off."""

import ast
import tomllib
from pathlib import Path

import pytest

FUNCTIONAL = Path(__file__).parents[1] / "functional"
JOURNEYS = tomllib.loads((FUNCTIONAL / "journeys.toml").read_text())
ROLES = {"reviewer", "lead", "agent", "client viewer", "auditor"}
NAMED = [(f"{role}: {name}", runs) for role, of in JOURNEYS.items() for name, runs in of.items()]


def test_every_role_has_its_journeys() -> None:
    assert set(JOURNEYS) == ROLES
    assert all(JOURNEYS.values())


@pytest.mark.parametrize(("name", "runs"), NAMED, ids=[name for name, _ in NAMED])
def test_a_journey_is_gone_by_keys_or_without_javascript(name: str, runs: list[str]) -> None:
    assert any(_is_bare(run) for run in runs)


def test_a_run_that_clicks_with_javascript_is_no_proof() -> None:
    assert not _is_bare("test_writing.py::test_the_pages_of_writing_are_whole_at_each_width")


def _is_bare(run: str) -> bool:
    """Whether it exists, and clicks nothing unless JavaScript is off in its module's browser."""
    module, _, name = run.partition("::")
    text = (FUNCTIONAL / module).read_text()
    found = [
        node
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef) and node.name == name
    ]
    if not found:
        return False
    source = ast.get_source_segment(text, found[0]) or ""
    marks = "".join(ast.unparse(each) for each in found[0].decorator_list)
    is_off = "has_javascript=False" in source or "as_: As" in source or "[True, False]" in marks
    return is_off or (".press(" in source and ".click(" not in source)
