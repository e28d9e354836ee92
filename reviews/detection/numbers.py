"""Runs of number words and digits to number tokens: cardinals, decimals, digits read out."""

from collections.abc import Sequence
from typing import NamedTuple

from reviews.detection.folding import is_number
from reviews.detection.numerals import DIGITS, REPEATS, SCALES, SMALL, TENS

JOINERS = frozenset({"and", "point", "a", "oh", "o"})
"""Words that may stand inside a number but never begin one (`a` only before a scale)."""
_DIGITS_AT_LEAST = 3


class Read(NamedTuple):
    """`token` stands for the items first to last (inclusive) of the run."""

    token: str
    first: int
    last: int
    is_number: bool


def read_run(words: Sequence[str]) -> list[Read]:
    """Split a run of number words, digits and joiners into tokens, left to right."""
    if len(words) == 1 and words[0] in _ALONE:
        return [_ALONE[words[0]]]
    return _read(words)


def _read(words: Sequence[str]) -> list[Read]:
    reads: list[Read] = []
    at = 0
    while at < len(words):
        found = _digit_run(words, at) or _number(words, at)
        if found is None:
            found = Read(words[at], at, at, is_number=False)
        reads.append(found)
        at = found.last + 1
    return reads


def _digit_run(words: Sequence[str], at: int) -> Read | None:
    """Three or more single digits in succession: one token, leading zeros kept."""
    digits = ""
    end = at
    while end < len(words) and (taken := _digits_at(words, end, is_first=not digits)):
        text, end = taken
        digits += text
    if end < len(words) and words[end] in SCALES and digits:
        digits, end = digits[:-1], end - 1
    if len(digits) < _DIGITS_AT_LEAST:
        return None
    return Read(digits, at, end - 1, is_number=True)


def _digits_at(words: Sequence[str], at: int, *, is_first: bool) -> tuple[str, int] | None:
    word = words[at]
    if word in REPEATS and at + 1 < len(words):
        digit = _digit(words[at + 1])
        return (digit * REPEATS[word], at + 2) if digit else None
    if is_first and word in JOINERS:
        return None
    digit = _digit(word)
    return (digit, at + 1) if digit else None


def _digit(word: str) -> str:
    return DIGITS.get(word) or (word if len(word) == 1 and word.isdigit() else "")


def _number(words: Sequence[str], at: int) -> Read | None:
    whole = _cardinal(words, at)
    if whole is None:
        return None
    text, end = whole
    fraction, end = _fraction(words, end) if "." not in text else ("", end)
    return Read(text + fraction, at, end - 1, is_number=True)


def _fraction(words: Sequence[str], at: int) -> tuple[str, int]:
    if at >= len(words) or words[at] != "point":
        return "", at
    end, digits = at + 1, ""
    while end < len(words) and (digit := _digit(words[end])):
        digits, end = digits + digit, end + 1
    shown = digits.rstrip("0")
    return ("." + shown if shown else "", end) if digits else ("", at)


def _cardinal(words: Sequence[str], at: int) -> tuple[str, int] | None:
    """The longest cardinal at `at` and where it ends."""
    if is_number(words[at]):
        return _scaled(words, at)
    total, end, ceiling = 0, at, max(SCALES.values()) + 1
    while end < len(words):
        begin = end + 1 if end > at and words[end] == "and" else end
        group = _below_thousand(words, begin, is_first=end == at)
        if group is None or (begin > end and group[0] >= min(ceiling, 1000)):
            break
        value, after = group
        scale = SCALES.get(words[after], 0) if after < len(words) else 0
        if scale >= 1000 and scale < ceiling:
            total, end, ceiling = total + value * scale, after + 1, scale
            continue
        return (str(total + value), after) if value < ceiling else _closed(total, end, at)
    return _closed(total, end, at)


def _closed(total: int, end: int, at: int) -> tuple[str, int] | None:
    return (str(total), end) if end > at else None


def _scaled(words: Sequence[str], at: int) -> tuple[str, int]:
    """Digits as written, with the scales that follow: `1.5 million`."""
    text, end = words[at], at + 1
    while end < len(words) and words[end] in SCALES:
        text, end = times(text, words[end]), end + 1
    return text, end


def times(number: str, scale: str) -> str:
    """A number token multiplied by a scale word, exact."""
    whole, _, fraction = number.partition(".")
    value = int(whole + fraction) * SCALES[scale]
    if not fraction:
        return str(value)
    padded = str(value).rjust(len(fraction) + 1, "0")
    return f"{padded[: -len(fraction)]}.{padded[-len(fraction) :]}".rstrip("0").rstrip(".")


def _below_thousand(words: Sequence[str], at: int, *, is_first: bool) -> tuple[int, int] | None:
    """A number up to 9,999 without a scale above hundred (`twelve hundred and five`)."""
    if is_first and words[at] == "a" and at + 1 < len(words) and words[at + 1] in SCALES:
        value, end = 1, at + 1
    else:
        below = _below_hundred(words, at)
        if below is None:
            return None
        value, end = below
    if end >= len(words) or words[end] != "hundred" or not value or value % 10 == 0 < value - 9:
        return value, end
    value, end = value * 100, end + 1
    begin = end + 1 if end < len(words) and words[end] == "and" else end
    rest = _below_hundred(words, begin)
    return (value + rest[0], rest[1]) if rest and rest[0] else (value, end)


def _below_hundred(words: Sequence[str], at: int) -> tuple[int, int] | None:
    if at >= len(words):
        return None
    word = words[at]
    if word in SMALL:
        return SMALL[word], at + 1
    if word not in TENS:
        return None
    unit = SMALL.get(words[at + 1], 0) if at + 1 < len(words) else 0
    return (TENS[word] + unit, at + 2) if 0 < unit < 10 else (TENS[word], at + 1)


_ALONE = {word: _read([word])[0] for word in (*SMALL, *TENS, *SCALES, *REPEATS)}
"""Most number words of a call have no other beside them."""
