"""The text of a rubric's YAML file: where each value stands, and its queries written anew.

Nothing but the queries is touched: comments, blanks, order and quoting stay as their author has
them.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import yaml

from reviews.detection.asked import QueryRule
from reviews.detection.language.canonical import format_query
from reviews.detection.lint import codes_of, lists_of, queries_of
from reviews.detection.rubric import Rubric, parse_rubric
from reviews.rubrics.document import RubricFileRefused

_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)*")
"""An anchor or a tag before a value."""
_MERGE = "tag:yaml.org,2002:merge"
_BLOCK = re.compile(r"([|>])([+-]?)\d?([+-]?)")


@dataclass(frozen=True, slots=True)
class Place:
    """A value in the text: `start` and `end` (exclusive) are its characters."""

    line: int
    column: int
    """1-based, as the line is."""
    key_column: int
    """Of the key that it stands under, 0-based."""
    start: int
    end: int
    style: str | None
    """Of a text: `'`, `"`, `|`, `>` or None."""
    is_flow: bool
    """It stands within [ ] or { }."""
    source: str
    """As it is written."""

    def of(self, line: int, column: int) -> tuple[int, int]:
        """Where a character of the value stands in the file; both are 1-based."""
        opening = _properties(self.source)
        if self.style == "|":
            return self.line + line, len(_indent(self.source)) + column
        if "\n" in self.source:
            return self.line, self.column
        return self.line, self.column + len(opening) + (self.style is not None) + column - 1


@dataclass(frozen=True, slots=True)
class Formatted:
    text: str
    changed: tuple[str, ...]
    """Paths of the queries that are written otherwise."""


def places_of(text: str) -> dict[str, Place]:
    """Where each value of a document that was parsed stands, by its path."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    places: dict[str, Place] = {}
    for path, place in _Places(text).below(root, "") if root else ():
        places.setdefault(path, place)
    return places


def formatted(text: str, rubric: Rubric) -> Formatted:
    """The document of `rubric` with its queries in canonical form. Raises RubricFileRefused."""
    lists, codes, places = lists_of(rubric), codes_of(rubric), places_of(text)
    wanted = {}
    for path, query in queries_of(rubric):
        written = format_query(query.text, lists=lists, rules=codes)
        if places[path].is_flow:
            written = _on_one_line(written)
        if written != query.text.strip():
            wanted[path] = written
    made = _replaced(text, {places[path]: written for path, written in wanted.items()})
    _check_same(rubric, made)
    return Formatted(made, tuple(wanted))


def _on_one_line(query: str) -> str:
    """Within brackets lines can be told apart by escapes alone: only comments need them."""
    lines = query.split("\n")
    return query if any(each.startswith("#") for each in lines) else " ".join(lines)


@dataclass(frozen=True, slots=True)
class _Places:
    text: str

    def below(
        self, node: yaml.Node, path: str, *, key_column: int = 0, is_flow: bool = False
    ) -> Iterator[tuple[str, Place]]:
        yield path, self._place(node, key_column, is_flow=is_flow)
        if isinstance(node, yaml.SequenceNode):
            is_flow = is_flow or bool(node.flow_style)
            for at, item in enumerate(node.value):
                column = item.start_mark.column
                yield from self.below(item, f"{path}[{at}]", key_column=column, is_flow=is_flow)
        elif isinstance(node, yaml.MappingNode):
            yield from self._mapping(node, path, is_flow=is_flow or bool(node.flow_style))

    def _place(self, node: yaml.Node, key_column: int, *, is_flow: bool) -> Place:
        start, end = node.start_mark, node.end_mark
        style = node.style if isinstance(node, yaml.ScalarNode) else None
        source = self.text[start.index : end.index]
        line, column = start.line + 1, start.column + 1
        return Place(line, column, key_column, start.index, end.index, style, is_flow, source)

    def _mapping(
        self, node: yaml.MappingNode, path: str, *, is_flow: bool
    ) -> Iterator[tuple[str, Place]]:
        # What is merged in stands behind what the mapping says itself.
        for key, value in sorted(node.value, key=lambda pair: pair[0].tag == _MERGE):
            column, inner = key.start_mark.column, f"{path}.{key.value}" if path else key.value
            if key.tag != _MERGE:
                yield from self.below(value, inner, key_column=column, is_flow=is_flow)
                continue
            for each in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                yield from self.below(each, path, key_column=column, is_flow=is_flow)


def _replaced(text: str, queries: Mapping[Place, str]) -> str:
    """From the end, so that the places before stay where they are. An alias has one place."""
    done: set[int] = set()
    for place in sorted(queries, key=lambda each: each.start, reverse=True):
        if place.start not in done:
            done.add(place.start)
            text = text[: place.start] + _written(queries[place], place, text) + text[place.end :]
    return text


def _written(query: str, place: Place, text: str) -> str:
    """The query as YAML, in the style that stands there where that can hold it."""
    before = place.source
    if place.style in ("|", ">"):
        return _block(query, before)
    kept = _properties(before)
    if "\n" in query:
        rest = text[place.end :].split("\n", 1)[0].strip()
        # A comment behind it would become part of a block; a block cannot stand in brackets.
        if place.is_flow or rest:
            return kept + _quoted(query)
        return f"{kept}|-{_indented(query, ' ' * (place.key_column + 2), text)}"
    if place.style == '"' or not query.isprintable():
        return kept + _quoted(query)
    is_plain = place.style is None and _is_plain(query)
    return kept + (query if is_plain else "'" + query.replace("'", "''") + "'")


def _block(query: str, before: str) -> str:
    """With the header, the indentation and the empty lines behind of the block that it was."""
    body = before.rstrip()
    header = body.partition("\n")[0]
    indent = _indent(before)
    header = _BLOCK.sub(r"\1\2\3", header.rstrip("\r"), count=1)
    if "\n" in query:
        header = header.replace(">", "|", 1)
    return header + _indented(query, indent, before) + before[len(body) :]


def _properties(source: str) -> str:
    opening = _PROPERTIES.match(source)
    return opening[0] if opening else ""


def _indent(block: str) -> str:
    """The blanks before the first line of a block that has any text."""
    first = next((line for line in block.split("\n")[1:] if line.strip()), "")
    return first[: len(first) - len(first.lstrip(" "))]


def _indented(query: str, indent: str, text: str) -> str:
    newline = "\r\n" if "\r\n" in text else "\n"
    return "".join(f"{newline}{indent}{line}" for line in query.split("\n"))


def _quoted(query: str) -> str:
    written = yaml.safe_dump(query, default_style='"', allow_unicode=True, width=math.inf)
    return str(written).strip()


def _is_plain(query: str) -> bool:
    """It is read as it stands without quotes, in brackets too."""
    try:
        read = yaml.safe_load(f"- {query}\n- [{query}]\n- {{key: {query}}}\n")
    except yaml.YAMLError:
        return False
    return bool(read == [query, [query], {"key": query}])


def _check_same(rubric: Rubric, text: str) -> None:
    """The rubric must mean the same as before, whatever its YAML looks like."""
    try:
        again = parse_rubric(yaml.safe_load(text))
    except (yaml.YAMLError, ValueError):
        again = None
    if again is None or _meaning(again) != _meaning(rubric):
        raise RubricFileRefused(
            "The rubric is not formatted",
            "YAML in which a query cannot be replaced alone, such as an alias",
            "Write its queries where they are used, as texts of their own.",
        )


def _meaning(rubric: Rubric) -> tuple[object, ...]:
    """Everything but how the queries are written."""
    conditions = [query.condition for _, query in queries_of(rubric)]
    rules = tuple(map(_unwritten, rubric.rules))
    return conditions, replace(rubric, rules=rules)


def _unwritten(value: Any) -> Any:
    """The same without the text of any query in it."""
    if isinstance(value, QueryRule):
        return replace(value, text="")
    if isinstance(value, tuple):
        return tuple(map(_unwritten, value))
    if is_dataclass(value) and not isinstance(value, type):
        own = {each.name: _unwritten(getattr(value, each.name)) for each in fields(value)}
        return replace(value, **own)
    return value
