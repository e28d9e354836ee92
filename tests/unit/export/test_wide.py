"""A rubric's wide table: its author's values as columns, whatever they are called."""

import json
from typing import Any

from reviews.detection.rubric import Rubric, parse_rubric
from reviews.export import wide
from reviews.export.tables import TABLES, Type, names


def rubric(*outputs: dict[str, Any]) -> Rubric:
    rules = [{"code": "greeting", "check": {"query": '"hello"'}}]
    return parse_rubric({"name": "x", "rules": rules, "outputs": list(outputs)})


def output(key: str, type_: str = "bool", from_: object = None) -> dict[str, Any]:
    return {"key": key, "type": type_, "from": from_ or {"passed": "greeting"}}


def test_a_key_that_is_a_columns_name_has_a_line_after_it() -> None:
    made = wide.named(rubric(output("id"), output("id_"), output("polite")))
    own = [each.column.name for each in made]
    assert own == ["overall_score", "risk_flag", "id_", "id__", "polite"]
    assert all(each.column.is_nullable for each in made)
    columns = names(wide.table_of(made).columns)
    assert len(columns) == len(set(columns))
    assert set(columns) - set(own) <= set(names(TABLES["evaluations"].columns))


def test_each_type_is_a_columns() -> None:
    made = wide.named(
        rubric(
            output("a"),
            output("b", "number", "score"),
            output("c", "enum", {"result": "greeting"}),
            output("d", "list", "failed_rules"),
        )
    )
    types = [each.column.type for each in made[2:]]
    assert types == [Type.FLAG, Type.NUMBER, Type.TEXT, Type.JSON]


def test_the_history_names_what_each_version_added_and_took_away() -> None:
    first, same = rubric(output("a"), output("b")), rubric(output("b"), output("a"))
    third = rubric(output("a", "number", {"count": "greeting"}), output("c"))
    told = wide.history([(1, first), (2, same), (3, third)])
    assert [(each.version, names(each.added), names(each.removed)) for each in told] == [
        (1, ["overall_score", "risk_flag", "a", "b"], []),
        (3, ["a", "c"], ["b", "a"]),
    ]


def test_a_version_that_had_another_type_or_no_such_value_has_null() -> None:
    made = wide.named(rubric(output("a"), output("b"), output("c", "list", "failed_rules")))
    old = rubric(output("a"), output("b", "number", {"count": "greeting"}))
    told = {"overall_score": 90.0, "risk_flag": False, "a": True, "b": 2.0}
    assert wide.values(made, old, told) == {
        "overall_score": 90.0,
        "risk_flag": False,
        "a": True,
        "b": None,
        "c": None,
    }


def test_a_list_is_a_text_of_json() -> None:
    new = rubric(output("c", "list", "failed_rules"))
    told = {"overall_score": None, "risk_flag": None, "c": ("greeting", "é")}
    found = wide.values(wide.named(new), new, told)
    assert json.loads(found["c"]) == ["greeting", "é"]
