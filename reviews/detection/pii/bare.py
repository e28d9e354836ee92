"""A number that stands alone on its line: everything that it may be, none of it likely.

Where a column of a table or the answer to a question is read by itself, no word says what the
digits are. Each reading here has the form, and the check digits where there are any, of its kind.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from reviews.detection.pii import checksums
from reviews.detection.pii.span import (
    ACCOUNT,
    LICENCE,
    NHS,
    NPI,
    PASSPORT,
    ROUTING,
    SOCIAL,
    TAXPAYER,
    Span,
)

_LINE = re.compile(r"[\d .()-]*\d[\d .()-]*")
_TOKEN = re.compile(r"\d[\d.()-]*\d")
_MARKS = re.compile(r"[ .()-]")


@dataclass(frozen=True, slots=True)
class _Reading:
    entity: str
    form: re.Pattern[str]
    score: float
    is_valid: Callable[[str], bool]


def _reading(
    entity: str, form: str, score: float, is_valid: Callable[[str], bool] = lambda _: True
) -> _Reading:
    return _Reading(entity, re.compile(form), score, is_valid)


_READINGS = (
    _reading(ROUTING, r"\d{9}|\d{4}-\d{4}-\d", 0.45, checksums.is_routing),
    _reading(TAXPAYER, r"\d{3}-\d\d-\d{4}", 0.6, checksums.is_itin),
    _reading(TAXPAYER, r"\d{3}-?\d\d-?\d{4}", 0.4, checksums.is_itin),
    _reading(SOCIAL, r"\d{3}-?\d\d-?\d{4}", 0.35, checksums.is_social),
    _reading(NPI, r"\d{10}|\d{4}([- ])\d{3}\1\d{3}", 0.45, checksums.is_npi),
    _reading(NHS, r"\d{10}|\d{3}([- ])\d{3}\1\d{4}", 0.45, checksums.is_nhs),
    _reading(PASSPORT, r"\d{9}", 0.2),
    _reading(ACCOUNT, r"\d{8,17}", 0.1),
    _reading(LICENCE, r"\d{6,14}", 0.1),
)


def readings(text: str) -> Iterator[Span]:
    """Of every line that is nothing but digits, and of several numbers on a line each."""
    start = 0
    for line in text.split("\n"):
        if _LINE.fullmatch(line):
            whole = line.strip(" .")
            begin = start + line.index(whole)
            found = list(_all(whole, begin)) or [
                span
                for token in _TOKEN.finditer(line)
                for span in _all(token[0], start + token.start())
            ]
            yield from found
        start += len(line) + 1


def _all(written: str, start: int) -> Iterator[Span]:
    digits = _MARKS.sub("", written)
    seen: set[str] = set()
    for each in _READINGS:
        if each.entity not in seen and each.form.fullmatch(written) and each.is_valid(digits):
            seen.add(each.entity)
            yield Span(start, start + len(written), each.entity, each.score, "written")
