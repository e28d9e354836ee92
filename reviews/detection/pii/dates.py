"""Dates, written and said, birthdays and expiry dates among them; ages."""

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate

from reviews.detection.numerals import SMALL, TENS
from reviews.detection.pii.axis import Axis
from reviews.detection.pii.context import Context
from reviews.detection.pii.lexicon import lexicon, named_with
from reviews.detection.pii.numbers import Run
from reviews.detection.pii.span import BIRTH, DATE, EXPIRY, Method, Span

_TWELVE = "january february march april may june july august september october november december"
_MONTHS = {name: at for at, name in enumerate(_TWELVE.split(" "), 1)}
MONTHS = frozenset({*_MONTHS, *(name[:3] for name in _MONTHS), "sept"})
_ALSO_WORDS = frozenset({"may", "march", "mar", "jan", "dec", "sun"})
"""Months that are other words or names, too: a bare number beside one need not be a day."""
_NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
_NUMERIC = re.compile(
    r"(?<![\w./-])(?:(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ]\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?"
    r"(?:Z|[+-]\d\d:?\d\d)?)?|(\d{1,2})([-/.])(\d{1,2})\6(\d{4}|\d\d))(?![\w/-]|\.\d)",
    re.IGNORECASE,
)
_WITH_NAME = re.compile(
    rf"(?<!\w)(?:\d{{1,2}}-(?:{_NAMES})(?:-\d{{2,4}})?|(?:{_NAMES})-\d{{2,4}})(?![\w-])",
    re.IGNORECASE,
)
_HAS_MARK = re.compile(r"\d[-/.]\w|[A-Za-z]-\d")
"""Between the parts of every date that is written in figures."""
_SHORT_NUMERIC = re.compile(r"(?<![\w./-])(\d{1,2})/(\d{1,2}|\d{4})(?![\w/-]|\.\d)")
_SHORT_CUES = lexicon(
    "today date dated born birth birthday birthdate dob due expires expiry expiration expiring exp "
    "valid thru through till until"
)
_BIRTH = named_with("birth birthday born dob birthdate")
_EXPIRY = named_with("expires expire expiry expiration exp expiring thru")
_VALID, _UNTIL = lexicon("good valid"), lexicon("through till until")
_READ_OUT = _BIRTH | _EXPIRY | _UNTIL | {"b"}
_SHORTEST = 3
_EXPIRY_REACH, _BIRTH_REACH = 60, 90
"""Characters."""
_TWENTY = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
_ORDINALS = {word: at for at, word in enumerate(_TWENTY.split(" "), 1)} | {"thirtieth": 30}
_FIGURE_DAY = re.compile(r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?")
_FIGURE_YEAR = re.compile(r"(?:19|20)\d\d|'?\d\d")
_YEARS = range(1900, 2100)
_CENTURIES = {"nineteen": 1900, "twenty": 2000}


def dates(axis: Axis, every: Sequence[Run], context: Context) -> Iterator[Span]:
    for start, end, score, method in _dates(axis):
        entity = _kind(context, start)
        yield Span(start, end, entity, 0.9 if entity != DATE else score, method)
    if not _READ_OUT.isdisjoint(axis.vocabulary):
        yield from _read_out(axis, every, context)


def _dates(axis: Axis) -> Iterator[tuple[int, int, float, Method]]:
    for low, high in axis.figures():
        if _HAS_MARK.search(axis.text, low, high):
            yield from _numeric(axis.text, low, high)
    for at in axis.places(MONTHS):
        first, last = _around(axis.words, at)
        if last > first:
            start, end = axis.bounds(first, last)
            yield (
                start,
                end,
                0.7,
                "written" if any(map(str.isdigit, axis.text[start:end])) else "spoken",
            )


def _kind(context: Context, start: int) -> str:
    if _is_birth(context.before(start, _BIRTH_REACH)):
        return BIRTH
    return EXPIRY if _is_expiring(context.before(start, _EXPIRY_REACH)) else DATE


def _is_birth(before: Sequence[str]) -> bool:
    return not _BIRTH.isdisjoint(before) or ("b" in before and "d o b" in " ".join(before))


def _is_expiring(before: Sequence[str]) -> bool:
    is_until = not _VALID.isdisjoint(before) and not _UNTIL.isdisjoint(before)
    return is_until or not _EXPIRY.isdisjoint(before)


def _numeric(text: str, low: int, high: int) -> Iterator[tuple[int, int, float, Method]]:
    for found in _NUMERIC.finditer(text, low, high):
        month, day = (found[3], found[4]) if found[1] else (found[5], found[7])
        if _is_day(int(month), int(day)) or (not found[1] and _is_day(int(day), int(month))):
            yield found.start(), found.end(), 0.7, "written"
    for found in _WITH_NAME.finditer(text, low, high):
        yield found.start(), found.end(), 0.7, "written"
    for found in _SHORT_NUMERIC.finditer(text, low, high):
        near = text[max(0, found.start() - 40) : found.start()].lower()
        first, second = int(found[1]), int(found[2])
        is_year = len(found[2]) == 4 and second in _YEARS
        is_named = not _SHORT_CUES.isdisjoint(re.findall(r"[a-z]+", near))
        if (
            is_named
            and 1 <= first <= 12
            and (is_year or 1 <= second <= 31 or second in range(20, 60))
        ):
            yield found.start(), found.end(), 0.6, "written"


def _is_day(month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= 31


def _around(words: Sequence[str], at: int) -> tuple[int, int]:
    """The date that a month's name belongs to; the month alone where it is none."""
    day_end = _day_end(words, at + 1)
    if day_end > at:
        last = _year_end(words, day_end + 1)
        is_sure = words[at] not in _ALSO_WORDS or last > day_end or not words[at + 1].isdigit()
        return (at, max(last, day_end)) if is_sure else (at, at)
    first = _day_start(words, at - 1)
    last = _year_end(words, at + 1)
    if first < at and (words[at] not in _ALSO_WORDS or last > at or first < at - 1):
        return first, max(last, at)
    return at, max(last, at)


def _day_end(words: Sequence[str], at: int) -> int:
    """The last word of a day that begins at `at`, over `the`; -1 where none does."""
    at = at + 1 if words[at : at + 1] == ["the"] else at
    word = words[at] if at < len(words) else ""
    following = words[at + 1] if at + 1 < len(words) else ""
    if _FIGURE_DAY.fullmatch(word) or word in _ORDINALS:
        return at
    if word in ("twenty", "thirty"):
        unit = _ORDINALS.get(following, SMALL.get(following, 0))
        if 0 < unit < 10 and (word == "twenty" or unit == 1) and _year_end(words, at) < at:
            return at + 1
        is_year = _year_end(words, at) > at >= _year_end(words, at + 1)
        return -1 if is_year else at
    return at if 1 <= SMALL.get(word, 0) <= 19 and _year_end(words, at) < at + 1 else -1


def _day_start(words: Sequence[str], at: int) -> int:
    """The first word of a day that ends at `at`, over `of`; behind it where none does."""
    behind = at + 1
    at = at - 1 if at >= 0 and words[at] == "of" else at
    if at < 0:
        return behind
    word, before = words[at], words[at - 1] if at else ""
    is_unit = 0 < _ORDINALS.get(word, SMALL.get(word, 0)) < 10
    if is_unit and before in ("twenty", "thirty"):
        at -= 1
    elif not (_FIGURE_DAY.fullmatch(word) or word in _ORDINALS or 1 <= SMALL.get(word, 0) <= 19):
        return behind
    return at - 1 if at and words[at - 1] == "the" else at


def _year_end(words: Sequence[str], at: int) -> int:
    """The last word of a year that begins at `at`, over `of`; before it where none does."""
    before = at - 1
    at = at + 1 if words[at : at + 1] == ["of"] else at
    word = words[at] if at < len(words) else ""
    if len(word) >= 4 and _FIGURE_YEAR.fullmatch(word):
        return at
    if words[at : at + 2] == ["two", "thousand"]:
        rest = at + 3 if words[at + 2 : at + 3] == ["and"] else at + 2
        return rest if _small(words, rest) else at + 1
    if word not in _CENTURIES:
        return before
    pair = words[at + 1] if at + 1 < len(words) else ""
    if pair in ("oh", "o"):
        return at + 2 if 0 < _small(words, at + 2) < 10 else before
    if pair in TENS:
        return at + 2 if 0 < _small(words, at + 2) < 10 else at + 1
    return at + 1 if 10 <= SMALL.get(pair, 0) <= 19 else before


def _small(words: Sequence[str], at: int) -> int:
    return SMALL.get(words[at], 0) if at < len(words) else 0


def _read_out(axis: Axis, every: Sequence[Run], context: Context) -> Iterator[Span]:
    """`oh three twelve eighty five` after a birthday was asked for, `oh four twenty seven`."""
    for run in every:
        if len(run.digits) < _SHORTEST:
            continue
        start, end = axis.bounds(run.first, run.last)
        if _is_birth(context.before(start, _BIRTH_REACH)) and _is_date(run.digits):
            yield Span(start, end, BIRTH, 0.85, run.method)
        elif _is_expiring(context.before(start, _EXPIRY_REACH)):
            yield from _expiry(axis, run)


def _is_date(digits: str) -> bool:
    """Month, day and year in figures, in one of the orders that are in use."""
    for sizes in ((2, 2, 4), (2, 2, 2), (1, 2, 4), (1, 1, 4), (1, 2, 2), (2, 1, 4), (1, 1, 2)):
        if sum(sizes) == len(digits):
            ends = list(accumulate(sizes))
            first, second, year = digits[: ends[0]], digits[ends[0] : ends[1]], digits[ends[1] :]
            is_year = len(year) == 2 or int(year) in _YEARS
            either = _is_day(int(first), int(second)) or _is_day(int(second), int(first))
            if is_year and either:
                return True
    return (
        len(digits) == 8
        and int(digits[:4]) in _YEARS
        and _is_day(int(digits[4:6]), int(digits[6:]))
    )


def _expiry(axis: Axis, run: Run) -> Iterator[Span]:
    """A month and a year, alone or in front of the card's code."""
    digits = ""
    for at, chunk in enumerate(run.chunks):
        digits += chunk.digits
        if len(digits) in (3, 4, 6) and 1 <= int(digits[: 1 if len(digits) == 3 else 2]) <= 12:
            year = digits[1:] if len(digits) == 3 else digits[2:]
            if int(year) in range(20, 60) or int(year) in range(2020, 2060):
                start, end = axis.bounds(run.first, chunk.last)
                yield Span(start, end, EXPIRY, 0.85, run.part(0, at).method)
                return
