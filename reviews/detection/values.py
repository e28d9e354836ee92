"""Values with their units: read alike from calls and from reference documents, and compared."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from reviews.detection.language.types import Slot, SlotKind
from reviews.detection.languages.english import ENGLISH
from reviews.detection.languages.language import PERCENT, Language, Numerals
from reviews.detection.normalize import fold_text
from reviews.detection.slots import SlotReader

VALUED = (SlotKind.MONEY, SlotKind.PERCENT, SlotKind.DURATION, SlotKind.NUMBER)
"""Slots whose values are compared."""
_TIMES = ("second", "minute", "hour", "day", "week", "month", "year")
_BASES = (
    ("second", 1),
    ("second", 60),
    ("second", 3600),
    ("day", 1),
    ("day", 7),
    ("month", 1),
    ("month", 12),
)
"""Units of time by rank: an hour is 60 minutes everywhere, but a day is no 24 hours of business,
and no month has a number of days."""
_CENT, _PENNY = "¢", "p"
_MAJOR = {_CENT: frozenset({"$", "€", "pesos"}), _PENNY: frozenset({"£"})}
_HALF = Fraction(1, 2)
_NEGATIVE = re.compile(r"(?<!\w)[-−–]\s*[\d.$£€¥]")
_SHOWN_AT_MOST = 6
_Amounts = Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Part:
    """`unit`: a sign of money, `%`, an English word for time, or nothing."""

    amount: Fraction
    unit: str


@dataclass(frozen=True, slots=True)
class Value:
    """`1 hour 30 minutes` has two parts."""

    parts: tuple[Part, ...]

    @property
    def amounts(self) -> _Amounts:
        """Amounts by base unit: minutes in seconds, weeks in days, years in months."""
        made: dict[str, Fraction] = {}
        for part in self.parts:
            unit, factor = _base(part.unit)
            made[unit] = made.get(unit, Fraction()) + part.amount * factor
        return made

    def __str__(self) -> str:
        """`$35`, `8.5%`, `1 hour 30 minutes`; a long bare number may name somebody, and is cut."""
        return " ".join(map(_shown, self.parts))


def read(text: str) -> tuple[SlotKind, Value] | None:
    """The one value that an English text is, such as `30 days`, with its kind; else None."""
    axis = fold_text(text.split())
    if not axis.placed or _NEGATIVE.search(text):
        return None
    reader, whole = SlotReader(axis), len(axis.placed)
    for kind in VALUED:
        if reader.end(Slot(kind), 0) == whole:
            return kind, of_tokens(axis.placed, ENGLISH)
    # A lone one may be the word; written as a fact it is the number.
    return (SlotKind.NUMBER, of_tokens(["1"], ENGLISH)) if axis.placed == ["1"] else None


def of_tokens(tokens: Sequence[str], language: Language) -> Value:
    """The value of a slot that was heard; its tokens as folded in that language."""
    numerals = language.numerals
    return Value(tuple(_parts(tokens, numerals, language)) if numerals else ())


def compares(heard: Value, comparison: str, due: Value) -> bool | None:
    """`=`, `!=`, `<`, `<=`, `>` or `>=`; None where units differ: neither less nor more."""
    one, other = _alike(heard.amounts, due.amounts)
    if comparison in ("=", "!="):
        return (one == other) is (comparison == "=")
    if one.keys() != other.keys() or len(one) != 1:
        return None
    (left,), (right,) = one.values(), other.values()
    answers = {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}
    return answers[comparison]


def in_unit_of(heard: Value, due: Value) -> Fraction | None:
    """How much was heard, in the unit that `due` begins with; None where units differ."""
    unit = Value((Part(Fraction(1), due.parts[0].unit),))
    one, other = _alike(heard.amounts, unit.amounts)
    if one.keys() != other.keys() or len(one) != 1:
        return None
    (amount,), (of_one,) = one.values(), other.values()
    return amount / of_one


def _parts(tokens: Sequence[str], numerals: Numerals, language: Language) -> Iterator[Part]:
    at = 0
    while at < len(tokens):
        if tokens[at] in numerals.and_words:
            at += 1
            continue
        is_article = tokens[at] in numerals.articles
        amount, at = Fraction(1 if is_article else tokens[at]), at + 1
        behind = _behind_half(tokens, at, numerals)
        unit = tokens[behind] if behind < len(tokens) else ""
        after = _behind_half(tokens, behind + 1, numerals)
        halves = (behind > at) + (after > behind + 1)
        yield Part(amount + halves * _HALF, _unit(unit, numerals, language))
        at = after


def _behind_half(tokens: Sequence[str], at: int, numerals: Numerals) -> int:
    """Behind `and a half` where that stands at `at`, else `at`."""
    for phrase in numerals.halves:
        if tuple(tokens[at : at + len(phrase)]) == phrase:
            return at + len(phrase)
    return at


def _unit(token: str, numerals: Numerals, language: Language) -> str:
    """The same in every language."""
    if token in numerals.durations:
        return _TIMES[numerals.durations[token]]
    if token in numerals.minor:
        is_penny = "£" in (_sign(each, language) for each in numerals.minor[token])
        return _PENNY if is_penny else _CENT
    return "%" if token == PERCENT else _sign(token, language)


def _sign(token: str, language: Language) -> str:
    return next((sign for sign, name in language.symbols.items() if name == token), token)


def _base(unit: str) -> tuple[str, int]:
    return _BASES[_TIMES.index(unit)] if unit in _TIMES else (unit, 1)


def _alike(heard: _Amounts, due: _Amounts) -> tuple[_Amounts, _Amounts]:
    """Both in hundredths where one is: fifty cents are half a dollar, and half a euro."""
    return _in_minor(heard, due), _in_minor(due, heard)


def _in_minor(amounts: _Amounts, other: _Amounts) -> _Amounts:
    for minor, majors in _MAJOR.items():
        if minor in other and len(amounts) == 1 and majors >= amounts.keys():
            return {minor: 100 * sum(amounts.values(), Fraction())}
    return amounts


def _shown(part: Part) -> str:
    amount = _decimal(part.amount)
    if part.unit in ("$", "£", "€", "¥"):
        return f"{part.unit}{amount}"
    if part.unit in _TIMES:
        return f"{amount} {part.unit}{'' if part.amount == 1 else 's'}"
    if part.unit in ("%", _CENT, _PENNY):
        return f"{amount}{part.unit}"
    if not part.unit and len(amount) > _SHOWN_AT_MOST:
        return "another number"
    return f"{amount} {part.unit}".strip()


def _decimal(amount: Fraction) -> str:
    if amount.denominator == 1:
        return f"{amount.numerator:,}"
    return f"{float(amount):,.4f}".rstrip("0")
