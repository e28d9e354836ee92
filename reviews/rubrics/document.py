"""A rubric's YAML file as plain values: every refusal says where it stands in the file."""

from pathlib import Path
from typing import Any, NoReturn

import yaml

from reviews.errors import ErrorCode, Refused

MAX_BYTES = 10_000_000


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
    if len(data) > MAX_BYTES:
        _refuse(f"more than {MAX_BYTES:,} bytes", "Split it into several rubrics.")
    try:
        return data.decode()
    except UnicodeDecodeError:
        _refuse("a file that is not UTF-8 text", "Write it as YAML in UTF-8.")


def parsed(text: str) -> object:
    """The values of a YAML document, not yet checked. Raises RubricFileRefused."""
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506  # a SafeLoader
    except RecursionError:
        _refuse("nesting beyond what a rubric has", "Write lists and mappings a few levels deep.")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        _refuse(f"{where}{error.problem or error.context}", "Mend the YAML there.")
    except (yaml.YAMLError, ValueError):
        _refuse("characters or values that YAML does not allow", "Write it as plain YAML text.")


def _refuse(seen: str, remedy: str) -> NoReturn:
    raise RubricFileRefused("The rubric is refused", seen, remedy) from None
