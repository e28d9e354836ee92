"""A rubric as the YAML file that a person would write: in reading order, defaults left out.

Comments are not kept: a rubric that is stored has none.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from reviews.detection.rubric import FLOOR, UNSURE_SHARE, Rubric, document_of

_RUBRIC = (
    "name", "pack", "pass_mark", "scoring", "sections", "lists", "documents", "rules", "outputs",
)  # fmt: skip
_RULE = (
    "code", "title", "section", "why", "severity", "weight", "auto_fail", "violation_when",
    "languages", "applies_when", "confidence_floor", "unsure_share", "check", "examples",
)  # fmt: skip
_DEFAULTS: Mapping[str, Any] = {
    "severity": "medium",
    "weight": 1.0,
    "auto_fail": False,
    "violation_when": "found",
    "confidence_floor": FLOOR,
    "unsure_share": UNSURE_SHARE,
}
"""Of a rule, as parse_rubric has them."""
_ODD_BREAKS = "\r\x85\u2028\u2029"
"""Ends of lines that YAML reads as its own unless they are escaped."""
_UNSAID: tuple[Any, ...] = (None, "", [], {})


class _Dumper(yaml.SafeDumper):
    """No anchors: two rules that say the same each say it."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_text(self, text: str) -> yaml.ScalarNode:
        style = "|" if "\n" in text else None
        if any(mark in text for mark in _ODD_BREAKS):
            style = '"'
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: FBT001, FBT002 # PyYAML's own
        """Lists stand indented under their key."""
        super().increase_indent(flow, False)  # noqa: FBT003 # PyYAML's own


_Dumper.add_representer(str, _Dumper.represent_text)


def yaml_of(rubric: Rubric) -> str:
    """Read again it has the same canonical form, so the same hash."""
    document = document_of(rubric)
    document["sections"] = [_titled(each) for each in _rows(document["sections"])]
    document["documents"] = [_titled(each) for each in _rows(document.get("documents"))]
    document["rules"] = [_rule(each) for each in _rows(document["rules"])]
    return yaml.dump(
        _plain(_ordered(document, _RUBRIC)),
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=math.inf,
    )


def _rows(value: Any) -> Iterable[Mapping[str, Any]]:
    return value or ()


def _rule(rule: Mapping[str, Any]) -> Mapping[str, Any]:
    said = {key: each for key, each in rule.items() if _DEFAULTS.get(key) != each}
    return _ordered(_titled(said), _RULE)


def _titled(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Without a title that says no more than the code."""
    return {key: each for key, each in row.items() if key != "title" or each != row["code"]}


def _ordered(row: Mapping[str, Any], keys: Iterable[str]) -> Mapping[str, Any]:
    return {key: row[key] for key in keys if row.get(key) not in _UNSAID}


def _plain(value: Any) -> Any:
    """Of YAML's own types, without what says nothing; whole numbers without their point."""
    if isinstance(value, Mapping):
        made = {key: _plain(each) for key, each in value.items()}
        return {key: each for key, each in made.items() if each not in _UNSAID}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return str(value) if isinstance(value, str) else value
