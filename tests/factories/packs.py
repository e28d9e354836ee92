"""A small pack in two releases, in the place of those that come with the product."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from reviews.rubrics import packs

_HEADER = """
pack:
  code: small
  title: Small
  version: {version}
  as_of: 2025-10-31
  sources: [Handbook 1]
  covers: How a call begins and ends.
  does_not_cover: [what is in between]
  counsel: None is needed.
name: Small
pass_mark: {pass_mark}
lists:
  greetings: [{greetings}]
rules:
  - {{code: greet, violation_when: absent, check: {{query: "{greet}"}}}}
  - {{code: keep, check: {{query: 'agent: "keep the change"'}}}}
  - {{code: {last}, check: {{query: 'agent: "{last} the line"'}}}}
"""
FIRST = _HEADER.format(
    version=1, pass_mark=80, greetings="hello", greet="agent: {greetings}", last="hold"
)
SECOND = _HEADER.format(
    version=2,
    pass_mark=85,
    greetings="hello, good morning",
    greet="agent: {greetings} IN FIRST 30s",
    last="close",
)


@contextmanager
def released(folder: Path, monkeypatch: pytest.MonkeyPatch, *releases: str) -> Iterator[None]:
    """The pack `small` in these releases, the newest last."""
    (folder / "earlier").mkdir(exist_ok=True)
    for version, text in enumerate(releases, 1):
        is_newest = version == len(releases)
        name = "small.yaml" if is_newest else f"earlier/small-{version}.yaml"
        (folder / name).write_text(text)
    with monkeypatch.context() as patched:
        patched.setattr(packs, "FOLDER", folder)
        for cached in (packs.pack, packs.release):
            cached.cache_clear()
        yield
    for cached in (packs.pack, packs.release):
        cached.cache_clear()
