"""Demo calls as they are written: lines with slots, and what each rule should make of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_HERE = Path(__file__).parent
_READ = ("lines", "truth", "flags", "redacted")
TENANTS = ("meridian-care", "harbor-wealth", "northfield-claims")
"""Slugs of the demo tenants."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one speaker says; `pause_ms` is the silence before it."""

    speaker: str
    text: str
    pause_ms: int = 0
    labels: tuple[Mapping[str, Any], ...] = ()
    """Content safety labels of this line: label, confidence, severity."""
    mood: str = "neutral"
    """What the vendor's sentiment says of each sentence of this line."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What a rule should come to: a result of scoring, and words that its evidence rests on."""

    result: str
    quote: str = ""
    again: str = ""
    """The result of every call of the script but the first, where that differs."""


@dataclass(frozen=True, slots=True)
class Script:
    """One call in full; texts and quotes hold slots such as `{name}`."""

    id: str
    tenant: str
    language: str
    kind: str
    direction: str
    queue: str
    product: str
    agent_speaker: str
    lines: tuple[Line, ...]
    truth: Mapping[str, Truth]
    account: str = ""
    """Whose call it is, where it is always the same account."""
    second_agent: str = ""
    """Speaker of the agent the call is passed to."""
    notice: bool = False
    """A recording notice was played before the transcript begins."""
    content_safety: str = "on"
    """`on`, `off` (not asked for) or `unavailable` (asked for, and failed)."""
    sentiment: bool = False
    """It was asked for."""
    redacted: tuple[str, ...] = ()
    """The policies of redaction that were on; () for none: it was off."""
    summary: str = ""
    """The vendor's summary, "" where none was asked for."""
    error: str = ""
    flags: tuple[str, ...] = ()
    """`no_speakers`: nobody is labelled; `error`: transcription failed."""


@cache
def scripts() -> tuple[Script, ...]:
    """Every written call, tenants in turn, so that any first few hold all of them."""
    read = [_script(_document(path)) for path in sorted((_HERE / "calls").glob("*.yaml"))]
    by_tenant = [[script for script in read if script.tenant == tenant] for tenant in TENANTS]
    return tuple(script for row in zip(*by_tenant, strict=True) for script in row)


def rubric(tenant: str) -> dict[str, Any]:
    """The tenant's rubric as a document. KeyError where it is no demo tenant."""
    if tenant not in TENANTS:
        raise KeyError(f"no demo tenant {tenant!r}; use one of {', '.join(TENANTS)}")
    return _document(_HERE / "rubrics" / f"{tenant}.yaml")


def _document(path: Path) -> dict[str, Any]:
    text = path.read_text(encoding="utf-8")
    # The C loader takes an eighth of the time; where PyYAML was built without it, its own does.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document: dict[str, Any] = yaml.load(text, Loader=loader)  # noqa: S506  # a SafeLoader
    return document


def _script(document: dict[str, Any]) -> Script:
    rest = {key: value for key, value in document.items() if key not in _READ}
    return Script(
        **rest,
        redacted=tuple(document.get("redacted", ())),
        flags=tuple(document.get("flags", ())),
        lines=tuple(_line(line) for line in document["lines"]),
        truth={code: Truth(**truth) for code, truth in document["truth"].items()},
    )


def _line(line: dict[str, Any]) -> Line:
    return Line(**{**line, "labels": tuple(line.get("labels", ()))})
