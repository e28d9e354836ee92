"""How two rubrics differ, in lines for a terminal and as JSON."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from reviews.detection.changes import Change, Kind, Run, changes
from reviews.detection.rubric import Rubric, canonical

Style = Callable[[str], str]


def differences(before: Rubric, after: Rubric) -> tuple[Change, ...]:
    """With every default written out on both sides, so that saying one is no change."""
    one, other = (json.loads(canonical(each)) for each in (before, after))
    return changes(one, other)


def as_json(change: Change) -> dict[str, Any]:
    path = _path(change)
    return {"path": path, "kind": change.kind, "before": change.before, "after": change.after}


def lines_of(change: Change, *, gone: Style, new: Style) -> Iterator[str]:
    """Its path and kind; below it what was, and what is: all that differs within brackets."""
    yield f"{_path(change)}: {change.kind}"
    if change.kind is not Kind.ADDED:
        yield from _marked(change, Kind.REMOVED, "- ", gone)
    if change.kind is not Kind.REMOVED:
        yield from _marked(change, Kind.ADDED, "+ ", new)


def _marked(change: Change, kind: Kind, sign: str, style: Style) -> Iterator[str]:
    is_marked = change.kind is Kind.CHANGED
    runs = (run for run in change.runs if run.kind in ("", kind))
    text = "".join(_run(run, is_marked=is_marked) for run in runs)
    yield from (style(f"  {sign}{line}") for line in text.splitlines())


def _run(run: Run, *, is_marked: bool) -> str:
    return f"[{run.text}]" if is_marked and run.kind and run.text.strip() else run.text


def _path(change: Change) -> str:
    return ".".join((*change.of, *filter(None, [change.field])))
