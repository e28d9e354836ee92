"""A rubric's YAML file as plain values: every refusal says where it stands in the file."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import yaml

from reviews.errors import ErrorCode, Refused

MAX_BYTES = 10_000_000
_MAX_NUMBER = 10**18


class RubricFileRefused(Refused):
    code = ErrorCode.RUBRIC_REFUSED


class _Loader(yaml.SafeLoader):
    """Plain values alone; a key that stands twice in a mapping is refused, not overwritten."""

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        # Before merge keys are resolved: what they bring in may be overwritten.
        node = super().compose_mapping_node(anchor)
        seen = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise yaml.MarkedYAMLError(
                    problem="the same key stands twice", problem_mark=key.start_mark
                )
            seen.add(key.value if isinstance(key, yaml.ScalarNode) else None)
        return node


def read_rubric(path: Path) -> object:
    """The document in `path`, not yet checked. Raises RubricFileRefused."""
    return parsed(read_text(path))


def read_text(path: Path) -> str:
    """The file as it is, with its line ends. Raises RubricFileRefused."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        seen = error.strerror or type(error).__name__
        raise RubricFileRefused(
            "The rubric is refused", seen, "Name a YAML file that can be read."
        ) from None
    return text_of(data)


def text_of(data: bytes) -> str:
    """Raises RubricFileRefused where it is too much, or no text."""
    if len(data) > MAX_BYTES:
        _refuse(f"more than {MAX_BYTES:,} bytes", "Split it into several rubrics.")
    try:
        return data.decode()
    except UnicodeDecodeError:
        _refuse("a file that is not UTF-8 text", "Write it as YAML in UTF-8.")


def parsed(text: str) -> object:
    """The values of a YAML document, not yet checked. Raises RubricFileRefused."""
    try:
        value: object = yaml.load(text, Loader=_Loader)  # noqa: S506  # a SafeLoader
        _check_plain(value)
    except RecursionError:
        _refuse_depth()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        _refuse(f"{where}{error.problem or error.context}", "Mend the YAML there.")
    except (yaml.YAMLError, ValueError):
        _refuse("characters or values that YAML does not allow", "Write it as plain YAML text.")
    return value


def parsed_json(text: str) -> object:
    """The same of a JSON document. Raises RubricFileRefused."""
    try:
        value: object = json.loads(text, object_pairs_hook=_once)
        _check_plain(value)
    except RecursionError:
        _refuse_depth()
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        _refuse(f"{where}: {error.msg}", "Mend the JSON there.")
    except ValueError:
        _refuse("a number of too many digits", "Write numbers as a rubric has them.")
    return value


def _once(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        _refuse(f"the key {twice[:60]!r} stands twice in one mapping", "Write it once.")
    return made


def _check_plain(value: object) -> None:
    """Refuse what no row and no other file could hold, with its path."""
    for path, each in _leaves(value, "", set()):
        if isinstance(each, str) and not _is_storable(each):
            _refuse(f"{path}: a text with a character that is none", "Take it out.")
        if isinstance(each, int) and abs(each) > _MAX_NUMBER:
            _refuse(f"{path}: a number of too many digits", "Write one that a rubric may have.")


def _leaves(value: object, path: str, seen: set[int]) -> Iterator[tuple[str, object]]:
    """Keys too; what stands in a document several times by an alias comes once."""
    if not isinstance(value, Mapping | list):
        yield path or "rubric", value
    elif id(value) not in seen:
        seen.add(id(value))
        for where, each in _entries(value, path):
            yield from _leaves(each, where, seen)


def _entries(
    value: Mapping[object, object] | list[object], path: str
) -> Iterator[tuple[str, object]]:
    if isinstance(value, list):
        yield from ((f"{path}[{at}]", each) for at, each in enumerate(value))
        return
    for key, each in value.items():
        yield path, key
        yield f"{path}.{str(key)[:60]}".lstrip("."), each


def _is_storable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= mark <= "\udfff" for mark in text)


def _refuse_depth() -> NoReturn:
    _refuse("nesting beyond what a rubric has", "Write lists and mappings a few levels deep.")


def _refuse(seen: str, remedy: str) -> NoReturn:
    raise RubricFileRefused("The rubric is refused", seen, remedy) from None
