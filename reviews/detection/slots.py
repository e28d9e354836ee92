"""Typed slots: where numbers, amounts, dates and masks stand among the placed tokens of a call."""

import re
from bisect import bisect_left
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from functools import cached_property

from reviews.detection.folding import MASK, PROFANITY, is_number
from reviews.detection.language.types import Slot, SlotKind
from reviews.detection.languages.language import PERCENT, Numerals
from reviews.detection.normalize import Axis

_ONE = "1"
"""Alone it may be the word `one`, which is no value."""
_YEARS = range(1900, 2100)
_ORDINAL_DAY = re.compile(r"(?:[12]\d|3[01])(?:st|nd|rd|th)")
_DOTTED = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}")
_NOTHING: Mapping[int, int] = {}
_Ends = Mapping[int, int]
"""Where a value begins → where it ends."""


class SlotReader:
    """Values do not overlap: the leftmost stands first, the longest that begins there counts.

    None runs over a turn or the end of a sentence. Nothing is read before a slot is asked for,
    then all values of its kind at once. In a language whose numbers are not read there are only
    masked words: see `Axis.reads_numbers`.
    """

    def __init__(self, axis: Axis) -> None:
        self._axis = axis
        self._read: dict[tuple[SlotKind, int, str], _Ends] = {}

    def starts(self, slot: Slot) -> list[int]:
        """Indexes into `axis.placed` at which a value begins, ascending."""
        return list(self._ends(slot))

    def end(self, slot: Slot, at: int) -> int:
        """The index after the value that begins at `at`; 0 where none does."""
        return self._ends(slot).get(at, 0)

    def _ends(self, slot: Slot) -> _Ends:
        key = slot.kind, slot.digits, slot.label
        if key not in self._read:
            self._read[key] = self._values(slot)
        return self._read[key]

    def _values(self, slot: Slot) -> _Ends:
        if slot.kind in (SlotKind.MASKED, SlotKind.PROFANITY):
            return self._hidden(slot)
        numerals = self._axis.language.numerals
        if numerals is None:
            return _NOTHING
        if slot.kind is SlotKind.DIGITS:
            return {at: end for at, end, size in self._digit_runs if size == slot.digits}
        return _KINDS[slot.kind](_Placed(self._axis, numerals))

    def _hidden(self, slot: Slot) -> _Ends:
        if slot.kind is SlotKind.PROFANITY:
            wanted = {PROFANITY}
        elif slot.label:
            wanted = {MASK + slot.label}
        else:
            wanted = {token for token in self._axis.places if token[0] == MASK} - {PROFANITY}
        return {at: at + 1 for at in _places(self._axis, wanted)}

    @cached_property
    def _digit_runs(self) -> list[tuple[int, int, int]]:
        """Runs of adjacent digit tokens, as long as they go: begin, end, digits in all."""
        axis, runs = self._axis, list[tuple[int, int, int]]()
        seams = _seams(axis, axis.breaks) | _seams(axis, axis.pauses)
        for at in _places(axis, filter(str.isdecimal, axis.places)):
            size = len(axis.placed[at])
            if runs and runs[-1][1] == at and at not in seams:
                begin, _, before = runs.pop()
                runs.append((begin, at + 1, before + size))
            else:
                runs.append((at, at + 1, size))
        return [run for run in runs if axis.placed[run[0]] != _ONE or run[1] > run[0] + 1]


class _Placed:
    """The placed tokens of a call with what a language needs to see values in them."""

    def __init__(self, axis: Axis, numerals: Numerals) -> None:
        self._axis = axis
        self._tokens = axis.placed
        self._numerals = numerals
        self._seams = _seams(axis, axis.breaks)

    def numbers(self) -> _Ends:
        counted = self._numerals.counted
        return {
            at: at + 1
            for at in self._number_places()
            if self._tokens[at] != _ONE or self._after(at + 1) in counted
        }

    def money(self) -> _Ends:
        return self._counted_in(self._numerals.currencies)

    def percents(self) -> _Ends:
        return self._counted_in(frozenset({PERCENT}))

    def durations(self) -> _Ends:
        return self._apart(self._duration, self._amount_places())

    def dates(self) -> _Ends:
        days = {
            token
            for token in self._axis.places
            if self._is_ordinal_day(token) or token in self._numerals.months
        }
        dotted = {token for token in self._axis.places if _DOTTED.fullmatch(token)}
        begins = {*self._number_places(), *_places(self._axis, days | dotted)}
        return self._apart(self._date, sorted(begins))

    def _apart(self, end_of: Callable[[int], int], begins: Iterable[int]) -> _Ends:
        """The values that begin at those places, without any that begins inside another."""
        values: dict[int, int] = {}
        behind = 0
        for at in begins:
            if at >= behind and (end := end_of(at)):
                values[at] = behind = end
        return values

    def _number_places(self) -> list[int]:
        return _places(self._axis, filter(is_number, self._axis.places))

    def _amount_places(self) -> list[int]:
        articles = self._numerals.articles
        wanted = (each for each in self._axis.places if each in articles or is_number(each))
        return _places(self._axis, wanted)

    def _after(self, at: int) -> str:
        """The token at `at` as one that goes on from the last, "" where a sentence ended."""
        return "" if at >= len(self._tokens) or at in self._seams else self._tokens[at]

    # Amounts

    def _counted_in(self, units: frozenset[str]) -> _Ends:
        return self._apart(lambda at: self._amount(at, units), self._amount_places())

    def _amount(self, at: int, units: Container[str]) -> int:
        """The end of an amount in one of those units: `two and a half dollars`, `a dollar`."""
        end = self._number_end(at)
        return self._half(end + 1) if end and self._after(end) in units else 0

    def _number_end(self, at: int) -> int:
        token = self._tokens[at]
        if is_number(token):
            return self._half(at + 1)
        is_halved = at and at not in self._seams and self._tokens[at - 1] in self._numerals.halved
        return at + 1 if token in self._numerals.articles and not is_halved else 0

    def _half(self, at: int) -> int:
        """Behind `and a half` where that stands at `at`, else `at`."""
        for phrase in self._numerals.halves:
            if all(self._after(at + index) == word for index, word in enumerate(phrase)):
                return at + len(phrase)
        return at

    def _duration(self, at: int) -> int:
        """`thirty days`, `one hour and thirty minutes`: each unit smaller than the one before."""
        ranks = self._numerals.durations
        rank, behind, begin = len(ranks), 0, at
        while end := self._amount(begin, ranks) if begin < len(self._tokens) else 0:
            unit = next(
                self._tokens[each] for each in range(begin, end) if self._tokens[each] in ranks
            )
            if ranks[unit] >= rank:
                break
            rank, behind = ranks[unit], end
            begin = end + 1 if self._after(end) in self._numerals.and_words else end
            if not self._after(begin):
                break
        return behind

    # Dates

    def _date(self, at: int) -> int:
        if self._tokens[at] in self._numerals.months:
            return self._from_month(at)
        return self._from_day(at) or self._in_figures(at)

    def _from_month(self, at: int) -> int:
        """`july 25th, 2012`, `july the 25th`, `march 2024`."""
        begin = self._skip(at + 1)
        day, is_verb = self._after(begin), self._tokens[at] in self._numerals.month_verbs
        if not self._is_day(day):
            return begin + 1 if _is_year(day) else 0
        end = self._year_end(begin + 1)
        return 0 if is_verb and day == _ONE and end == begin + 1 else end

    def _from_day(self, at: int) -> int:
        """`25 july 2012`, `the 25th of july`."""
        day, month_at = self._tokens[at], self._skip(at + 1)
        month = self._after(month_at)
        if month not in self._numerals.months or not self._is_day(day):
            return 0
        end = self._year_end(month_at + 1)
        is_sure = month_at > at + 1 or end > month_at + 1 or self._is_ordinal_day(day)
        return end if is_sure or month not in self._numerals.month_verbs else 0

    def _in_figures(self, at: int) -> int:
        """`12/25/2024`, `25.12.2024` and `2024-12-25`; a year of two digits in one word only."""
        if _DOTTED.fullmatch(self._tokens[at]):
            return at + 1
        parts = [self._tokens[at], self._after(at + 1), self._after(at + 2)]
        if not all(part.isdecimal() and len(part) in (1, 2, 4) for part in parts):
            return 0
        if _is_year(parts[0]):
            is_date = 1 <= int(parts[1]) <= 12 and self._is_day(parts[2])
        else:
            is_date = self._is_day_and_month(*parts[:2]) and (
                _is_year(parts[2]) or (len(parts[2]) == 2 and self._is_one_word(at, at + 2))
            )
        return at + 3 if is_date else 0

    def _is_day_and_month(self, first: str, second: str) -> bool:
        are_days = self._is_day(first) and self._is_day(second)
        return are_days and min(int(first), int(second)) <= 12

    def _is_one_word(self, at: int, last: int) -> bool:
        first, kept = self._axis.first, self._axis.kept
        return first[kept[at]] == first[kept[last]]

    def _year_end(self, at: int) -> int:
        """Behind the year that may follow a day and a month, else `at`."""
        begin = self._skip(at)
        return begin + 1 if _is_year(self._after(begin)) else at

    def _skip(self, at: int) -> int:
        """Over `of`, `the`, `of the`."""
        at = at + 1 if self._after(at) in self._numerals.of_words else at
        return at + 1 if self._after(at) in self._numerals.the_words else at

    def _is_day(self, token: str) -> bool:
        if token.isdecimal():
            return len(token) <= 2 and 1 <= int(token) <= 31
        return self._is_ordinal_day(token)

    def _is_ordinal_day(self, token: str) -> bool:
        return token in self._numerals.days or bool(_ORDINAL_DAY.fullmatch(token))


def _is_year(token: str) -> bool:
    return len(token) == 4 and token.isdecimal() and int(token) in _YEARS


def _places(axis: Axis, tokens: Iterable[str]) -> list[int]:
    return sorted(place for token in tokens for place in axis.places.get(token, ()))


def _seams(axis: Axis, counts: Sequence[int]) -> frozenset[int]:
    """Places that do not go on from the one before, from counts of tokens on the axis."""
    return frozenset(bisect_left(axis.kept, count) for count in counts)


_KINDS: Mapping[SlotKind, Callable[[_Placed], _Ends]] = {
    SlotKind.NUMBER: _Placed.numbers,
    SlotKind.MONEY: _Placed.money,
    SlotKind.PERCENT: _Placed.percents,
    SlotKind.DURATION: _Placed.durations,
    SlotKind.DATE: _Placed.dates,
}
