"""Examples of rubrics as a JUnit file, which every build server reads."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Case:
    """An example, or a file that cannot be read; `failed` says why."""

    group: str
    """The rule's code."""
    name: str
    """Its path in the document."""
    line: int
    """In the file, from 1."""
    failed: str = ""
    is_error: bool = False
    """The file is refused: nothing was tried."""


@dataclass(frozen=True, slots=True)
class Suite:
    """A file with its examples."""

    name: str
    cases: tuple[Case, ...]


def written(suites: Sequence[Suite]) -> bytes:
    """In UTF-8; a character that XML does not have becomes U+FFFD."""
    cases = [case for suite in suites for case in suite.cases]
    root = Element("testsuites", _counts(cases))
    for suite in suites:
        own = SubElement(root, "testsuite", {"name": _text(suite.name), **_counts(suite.cases)})
        for case in suite.cases:
            _add(own, suite, case)
    made: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return made


def _add(suite: Element, of: Suite, case: Case) -> None:
    names = {"classname": case.group, "name": case.name, "file": of.name, "line": str(case.line)}
    element = SubElement(suite, "testcase", {key: _text(each) for key, each in names.items()})
    if case.failed:
        kind = "error" if case.is_error else "failure"
        SubElement(element, kind, {"message": _text(case.failed)})


def _counts(cases: Sequence[Case]) -> dict[str, str]:
    failed = [case for case in cases if case.failed]
    errors = sum(case.is_error for case in failed)
    counts = {"tests": len(cases), "failures": len(failed) - errors, "errors": errors}
    return {name: str(count) for name, count in counts.items()}


def _text(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
