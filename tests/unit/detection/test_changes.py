"""Differences between rubric documents: complete, in words, and none where there is none."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reviews.detection.changes import Change, Kind, Run, changes
from reviews.detection.rubric import canonical, parse_rubric

RUBRIC: dict[str, Any] = {
    "name": "Care",
    "rules": [
        {"code": "guarantee", "check": {"query": 'agent: ("guarantee*" NEAR/8 "return*")'}},
        {"code": "greeting", "check": {"query": '"hello"'}, "violation_when": "absent"},
    ],
    "lists": {"risk": ["may lose"]},
}


def document(**changed: Any) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(canonical(parse_rubric(RUBRIC | changed)))
    return made


def test_the_same_documents_differ_in_nothing() -> None:
    assert changes(document(), document()) == ()


def test_a_changed_query_is_told_word_by_word() -> None:
    rules = [
        {"code": "guarantee", "check": {"query": 'agent: ("guarantee*" NEAR/5 "return*")'}},
        RUBRIC["rules"][1],
    ]
    (change,) = changes(document(), document(rules=rules))
    assert (change.of, change.field, change.kind) == (
        ("rules", "guarantee", "check"), "query", Kind.CHANGED,
    )  # fmt: skip
    assert [run for run in change.runs if run.kind] == [Run("8", "removed"), Run("5", "added")]


def test_rules_and_weights_and_lists_are_told() -> None:
    rules = [
        {**RUBRIC["rules"][0], "weight": 20, "auto_fail": True},
        {"code": "farewell", "check": {"query": '"goodbye"'}},
    ]
    made = changes(document(), document(rules=rules, lists={"risk": ["may lose", "may fall"]}))
    seen = {(change.of, change.field): (change.before, change.after) for change in made}
    assert seen[("rules", "guarantee"), "weight"] == ("1", "20")
    assert seen[("rules", "guarantee"), "auto_fail"] == ("no", "yes")
    assert seen[("lists",), "risk"] == ("may lose", "may lose\nmay fall")
    kinds = {change.of: change.kind for change in made if not change.field}
    assert kinds == {("rules", "greeting"): Kind.REMOVED, ("rules", "farewell"): Kind.ADDED}


def test_a_list_that_comes_anew_is_added() -> None:
    lists = {"risk": ["may lose"], "new": ["words"]}
    (change,) = changes(document(), document(lists=lists))
    assert change == Change(("lists",), "new", Kind.ADDED, "", "words")


@given(st.text(max_size=60), st.text(max_size=60))
def test_the_runs_hold_both_texts_whole(before: str, after: str) -> None:
    runs = Change((), "x", Kind.CHANGED, before, after).runs
    assert "".join(run.text for run in runs if run.kind != "added") == before
    assert "".join(run.text for run in runs if run.kind != "removed") == after
