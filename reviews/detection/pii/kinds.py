"""Which runs of digits are cards, social security numbers and phones."""

import re
from collections.abc import Iterator
from dataclasses import replace

from reviews.detection.pii import checksums
from reviews.detection.pii.axis import Axis
from reviews.detection.pii.cues import Cue, cue, is_lettered
from reviews.detection.pii.named import named
from reviews.detection.pii.numbers import Chunk, Run
from reviews.detection.pii.span import CARD, PHONE, SOCIAL, Span

SHORTEST = 7
"""Fewer digits are none of these kinds where nothing names them."""
SHORTEST_NAMED = 3
SHORTEST_CARD = 12
_MOST_DROPPED = 6
_MOST_GROUPS = 60
"""A longer run is no number that was put right."""
_EMBEDDED_CARD_LENGTHS = frozenset({15, 16})
_CARD_LENGTHS = (
    (re.compile(r"4"), frozenset({13, 16, 19})),
    (re.compile(r"5[1-5]|2[2-7]"), frozenset({16})),
    (re.compile(r"3[47]|2131|1800"), frozenset({15})),
    (re.compile(r"3[0689]"), frozenset({14, 16})),
    (re.compile(r"35"), frozenset({16})),
    (re.compile(r"1"), frozenset({15})),
    (re.compile(r"5[0678]|6"), frozenset(range(12, 20))),
)
_MISHEARD_CARD = re.compile(r"3[47]\d{13}|[4-6]\d{15}|2[2-7]\d{14}")
"""Read out as a card: one digit misheard makes it no less one."""
_NATIONAL = re.compile(r"1?[2-9]\d\d[2-9]\d{6}")
_ABROAD = re.compile(r"00[1-9]\d{7,13}")
_SOCIAL_WRITTEN = re.compile(r"\d{3}([ .-])\d{2}\1\d{4}")
_AMOUNT = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_EXTENSION = re.compile(r"\s*(?:ext(?:ension)?\.?|x)\s*\d{1,6}\b", re.IGNORECASE)


def numbers(axis: Axis, run: Run) -> list[Span]:
    """The spans that one run holds: a whole number first, else cards inside a longer run."""
    if is_lettered(axis.words, run.first) or is_amount(axis, run):
        return []
    for reading in _readings(run):
        span = _whole(axis, run, reading.digits)
        if span is not None:
            return [span]
    return list(_embedded(axis, run))


def is_amount(axis: Axis, run: Run) -> bool:
    """True of 1,250,000 and 10,000.50."""
    start, end = axis.bounds(run.first, run.last)
    return _AMOUNT.fullmatch(axis.text[start:end]) is not None


def _readings(run: Run) -> Iterator[Run]:
    """The run as said, then with the groups before each correction taken back, fewest first."""
    yield run
    if len(run.chunks) > _MOST_GROUPS:
        return
    for repair in run.repairs:
        for dropped in range(1, min(repair, _MOST_DROPPED) + 1):
            yield Run(run.chunks[: repair - dropped] + run.chunks[repair:])


def _whole(axis: Axis, run: Run, digits: str) -> Span | None:
    said = cue(axis.words, run.first, run.last)
    if is_card(digits, is_named=said is Cue.CARD):
        return _span(axis, run, CARD, 0.95 if said is Cue.CARD else 0.85)
    if said is not None:
        entity, score = named(axis.words, run.first, run.last, digits, said)
        if entity:
            return _span(axis, run, entity, score)
    if said is Cue.CARD and run.method == "spoken" and _MISHEARD_CARD.fullmatch(digits):
        return _span(axis, run, CARD, 0.6)
    if len(digits) < SHORTEST:
        return None
    if len(digits) == 9 and (score := _social_score(axis, run, digits, said)):
        return _span(axis, run, SOCIAL, score)
    score = _phone_score(axis, run, digits, said)
    return _phone(axis, run, score) if score else None


def is_card(digits: str, *, is_named: bool) -> bool:
    """Luhn, and a length that its issuer uses (`is_named`: any length of 13 to 19 will do)."""
    if (
        not SHORTEST_CARD <= len(digits) <= 19
        or len(set(digits)) == 1
        or not checksums.is_luhn(digits)
    ):
        return False
    if any(len(digits) in lengths for lead, lengths in _CARD_LENGTHS if lead.match(digits)):
        return is_named or len(digits) > 12
    return is_named and len(digits) > 12


def _social_score(axis: Axis, run: Run, digits: str, said: Cue | None) -> float:
    is_issued = checksums.is_social(digits)
    if said is Cue.SOCIAL:
        # Read out as one: a misheard digit makes it no less a social security number.
        return 0.95 if is_issued else 0.7 if len(set(digits)) > 1 else 0.0
    start, end = axis.bounds(run.first, run.last)
    is_shaped = _SOCIAL_WRITTEN.fullmatch(axis.text[start:end]) is not None
    return 0.7 if is_issued and is_shaped and said in (None, Cue.CARD) else 0.0


def _phone_score(axis: Axis, run: Run, digits: str, said: Cue | None) -> float:
    if _has_plus(axis, run) and 8 <= len(digits) <= 15:
        return 0.85
    if said not in (None, Cue.PHONE) or len(set(digits)) == 1:
        return 0.0
    if said is Cue.PHONE:
        return 0.8 if SHORTEST <= len(digits) <= 15 else 0.0
    is_split = not axis.text[slice(*axis.bounds(run.first, run.last))].isalnum()
    if said is None and digits[0] == "0" and 9 <= len(digits) <= 11 and is_split:
        return 0.55
    if _NATIONAL.fullmatch(digits) or (len(digits) > 10 and _ABROAD.fullmatch(digits)):
        return 0.6
    return 0.0


def _has_plus(axis: Axis, run: Run) -> bool:
    start, _ = axis.bounds(run.first, run.first)
    is_said = run.first > 0 and axis.words[run.first - 1] == "plus"
    return is_said or axis.text[max(0, start - 2) : start].strip(" (").endswith("+")


def _phone(axis: Axis, run: Run, score: float) -> Span:
    span = _span(axis, run, PHONE, score)
    if run.first and axis.words[run.first - 1] == "plus":
        span = replace(span, start=axis.bounds(run.first - 1, run.first)[0])
    tail = _EXTENSION.match(axis.text, span.end)
    head = axis.text[max(0, span.start - 2) : span.start]
    signs = "(+" if ")" in axis.text[span.start : span.end] else "+"
    start = span.start - len(head) + len(head.rstrip(signs))
    return Span(start, tail.end() if tail else span.end, PHONE, score, span.method)


def _embedded(axis: Axis, run: Run) -> Iterator[Span]:
    """Cards inside a longer run: read twice over, or followed by expiry date and code."""
    at = 0
    while at < len(run.chunks):
        last = _card_from(run.chunks, at)
        if last is None:
            at += 1
            continue
        yield _span(axis, run.part(at, last), CARD, 0.8)
        at = last + 1


def card_end(run: Run) -> int | None:
    """Index of the last group of the card that the run begins with; None where it is none."""
    if is_card(run.digits, is_named=False):
        return len(run.chunks) - 1
    return _card_from(run.chunks, 0)


def _card_from(chunks: tuple[Chunk, ...], first: int) -> int | None:
    digits = ""
    for at in range(first, len(chunks)):
        digits += chunks[at].digits
        if len(digits) > max(_EMBEDDED_CARD_LENGTHS):
            return None
        if len(digits) in _EMBEDDED_CARD_LENGTHS and is_card(digits, is_named=False):
            return at
    return None


def _span(axis: Axis, run: Run, entity: str, score: float) -> Span:
    start, end = axis.bounds(run.first, run.last)
    return Span(start, end, entity, score, run.method)
