"""Runs of number words, figures and units to tokens: one token a number, one its unit."""

from collections.abc import Sequence
from typing import NamedTuple

from reviews.detection.folding import is_number
from reviews.detection.languages.language import PERCENT, Numerals

_DIGITS_AT_LEAST = 3
_LONGEST_ORDINAL = 20
"""Words."""
_LONGEST_SCALED = 30
"""Digits; a longer number is not multiplied."""
_MILLIONS = "000000"
_REMEMBERED_AT_MOST = 20_000
_REMEMBERED_LENGTH = 4
"""Items of a run; longer ones are account numbers and seldom said twice."""


class Read(NamedTuple):
    """`token` stands for the items first to last (inclusive) of the run."""

    token: str
    first: int
    last: int


class NumberReader:
    """Reads the runs of one language; short runs are remembered."""

    def __init__(self, numerals: Numerals) -> None:
        self.numerals = numerals
        self._remembered: dict[tuple[tuple[str, ...], bool], list[Read]] = {}

    def read(self, words: tuple[str, ...], *, in_date: bool = False) -> list[Read]:
        """The run's tokens, left to right. `in_date`: a month is before it, or `of` after it."""
        key = words, in_date
        reads = self._remembered.get(key)
        if reads is None:
            reads = _Run(words, self.numerals, in_date=in_date).read()
            if len(words) <= _REMEMBERED_LENGTH:
                if len(self._remembered) >= _REMEMBERED_AT_MOST:
                    self._remembered.clear()
                self._remembered[key] = reads
        return reads

    def is_in_date(self, before: str, after: str) -> bool:
        """Whether the words around a run say that an ordinal in it is a day."""
        return before in self.numerals.months or after in self.numerals.of_words

    def begins(self, word: str, following: str, before: str) -> bool:
        """`a` before a scale, `point` before a digit: they begin a number though no others do.

        The `a million` of `half a million` is none.
        """
        numerals = self.numerals
        is_one = word in numerals.articles and following in numerals.after_one
        return (is_one and before not in numerals.halved) or word in numerals.points


Found = tuple[str, int]
"""A number's token, and the index after its last item."""


class _Run:
    def __init__(self, words: Sequence[str], numerals: Numerals, *, in_date: bool) -> None:
        self.words = (*words, "")
        """One more than there are, so that the word after the last can be asked for."""
        self.numerals = numerals
        self.in_date = in_date

    def read(self) -> list[Read]:
        reads: list[Read] = []
        at, size = 0, len(self.words) - 1
        while at < size:
            if found := self._ordinal(at):
                reads.append(Read(found[0], at, found[1] - 1))
                at = found[1]
            elif found := self._digit_run(at) or self._year(at) or self._number(at):
                at = self._put(reads, found, at)
            else:
                reads.append(Read(self.words[at], at, at))
                at += 1
        return reads

    # Units

    def _put(self, reads: list[Read], found: Found, at: int) -> int:
        """The number at `at` and its unit, if one follows; the index after both."""
        text, end = found
        unit, after = self._unit(self._after_scale(end))
        if not unit:
            reads.append(Read(text, at, end - 1))
            return self._put_half(reads, end)
        if unit == PERCENT:
            last = end - 1
        else:
            text, whole_end = self._whole_money(text, unit, after)
            last = (end if whole_end == after else whole_end) - 1
            after = whole_end
        reads.append(Read(text, at, last))
        reads.append(Read(unit, end, after - 1))
        return after

    def _put_half(self, reads: list[Read], at: int) -> int:
        """`and a half per cent` behind a number: words, and the unit; else nothing."""
        half_end = self._half(at)
        unit, after = self._unit(half_end)
        if half_end == at or not unit:
            return at
        reads.extend(Read(self.words[each], each, each) for each in range(at, half_end))
        reads.append(Read(unit, half_end, after - 1))
        return after

    def _half(self, at: int) -> int:
        """Behind `and a half`, else `at`."""
        for phrase in self.numerals.halves:
            if self.words[at : at + len(phrase)] == phrase:
                return at + len(phrase)
        return at

    def _after_scale(self, at: int) -> int:
        """Behind the de of `un millón de pesos`, else `at`."""
        before = self.words[at - 1]
        follows = before in self.numerals.scales or before.endswith(_MILLIONS)
        return at + 1 if follows and self.words[at] in self.numerals.after_scale else at

    def _unit(self, at: int) -> Found:
        for phrase in self.numerals.percents:
            if self.words[at] == phrase[0] and self.words[at : at + len(phrase)] == phrase:
                return PERCENT, at + len(phrase)
        return self.numerals.units.get(self.words[at], ""), at + 1

    def _whole_money(self, text: str, unit: str, at: int) -> Found:
        """The amount with what stands behind its unit: `$35 million`, `dollars and fifty cents`."""
        if self.words[at] in self.numerals.scales:
            return self._scaled(text, at)
        begin = at + 1 if self.words[at] in self.numerals.and_words else at
        hundredths = None if "." in text else self._number(begin)
        if hundredths is None or not _is_below_hundred(hundredths[0]):
            return text, at
        minor, after = self._unit(hundredths[1])
        if unit not in self.numerals.minor.get(minor, ()):
            return text, at
        fraction = hundredths[0].rjust(2, "0").rstrip("0")
        return f"{text}.{fraction}" if fraction else text, after

    def _scaled(self, text: str, at: int) -> Found:
        while self.words[at] in self.numerals.scales and len(text) <= _LONGEST_SCALED:
            text, at = _times(text, self.numerals.scales[self.words[at]]), at + 1
        return text, at

    # Digits read out, years, ordinals

    def _digit_run(self, at: int) -> Found | None:
        """Three or more single digits in succession: one token, leading zeros kept."""
        digits, end, taken = "", at, self._digits(at, is_first=True)
        while taken:
            text, after = taken
            if self.words[after] in self.numerals.scales:  # "five five two thousand"
                break
            digits, end = digits + text, after
            taken = self._digits(end, is_first=False)
        return (digits, end) if len(digits) >= _DIGITS_AT_LEAST else None

    def _digits(self, at: int, *, is_first: bool) -> Found | None:
        word = self.words[at]
        times = self.numerals.repeats.get(word)
        if times:
            digit = self._digit(self.words[at + 1])
            return (digit * times, at + 2) if digit else None
        if is_first and word in self.numerals.digits and word not in self.numerals.small:
            return None
        digit = self._digit(word)
        return (digit, at + 1) if digit else None

    def _digit(self, word: str) -> str:
        return self.numerals.digits.get(word) or (word if len(word) == 1 and word.isdigit() else "")

    def _year(self, at: int) -> Found | None:
        """`nineteen eighty`, `twenty oh six`; none where a unit follows, nor over a day."""
        century = self.numerals.centuries.get(self.words[at])
        pair = self._pair(at + 1) if century else None
        if pair is None or self.words[pair[1]] in self.numerals.closers:
            return None
        if self.in_date and at == 0 and self._begins_year_after_day():
            return None
        return f"{century}{pair[0]}", pair[1]

    def _begins_year_after_day(self) -> bool:
        """`october nineteen twenty twenty four` is the 19th of 2024."""
        day = self._below_hundred(0)
        return bool(
            day and self.words[day[1]] in self.numerals.centuries and self._pair(day[1] + 1)
        )

    def _pair(self, at: int) -> Found | None:
        numerals, word = self.numerals, self.words[at : at + 1]
        if not word or not word[0]:
            return None
        if word[0] not in numerals.small and word[0] in numerals.digits:
            digit = numerals.small.get(self.words[at + 1], 0)
            return (f"0{digit}", at + 2) if 0 < digit < 10 else None
        below = self._below_hundred(at)
        return (str(below[0]), below[1]) if below and below[0] >= 10 else None

    def _ordinal(self, at: int) -> Found | None:
        """`twenty fifth`, `one hundred third`; `thirty second` is a time unless a date is near."""
        numerals, words = self.numerals, self.words
        near = range(at + 1, min(at + _LONGEST_ORDINAL, len(words)))
        last = next((each for each in near if words[each] in numerals.ordinals), 0)
        if not last:
            return None
        if words[last] in numerals.durations and not self.in_date:
            return None
        cardinal = (*words[at:last], numerals.ordinals[words[last]])
        found = _Run(cardinal, numerals, in_date=False).cardinal(0)
        if found is None or found[1] != len(cardinal) or not found[0].isdecimal():
            return None
        return numerals.ordinal(int(found[0])), last + 1

    # Cardinals and decimals

    def _number(self, at: int) -> Found | None:
        if self.words[at] in self.numerals.points:
            return self._leading_point(at)
        whole = self.cardinal(at)
        if whole is None or "." in whole[0]:
            return whole
        half_end = self._half(whole[1])
        if half_end > whole[1] and self.words[half_end] in self.numerals.scales:
            return self._scaled(f"{whole[0]}.5", half_end)
        digits, end = self._fraction(whole[1])
        if not digits:
            return whole
        shown = digits.rstrip("0")
        return self._scaled(f"{whole[0]}.{shown}" if shown else whole[0], end)

    def _fraction(self, at: int) -> Found:
        """The digits after a spoken point; "" where there are none."""
        if self.words[at] not in self.numerals.points:
            return "", at
        digits, end = "", at + 1
        while digit := self._digit(self.words[end]):
            digits, end = digits + digit, end + 1
        if not digits and (below := self._below_hundred(end)) and below[0] >= 10:
            return str(below[0]), below[1]
        return digits, end

    def _leading_point(self, at: int) -> Found | None:
        """`point zero two`, `point five percent`; "at that point five" has no decimal."""
        digits, end = self._fraction(at)
        is_sure = (len(digits) > 1 and digits[0] == "0") or self._unit(end)[0] == PERCENT
        shown = digits.rstrip("0")
        return (f"0.{shown}", end) if shown and is_sure else None

    def cardinal(self, at: int) -> Found | None:
        """The longest cardinal at `at`."""
        numerals, words = self.numerals, self.words
        if words[at][:1].isdecimal():
            return self._scaled(words[at], at + 1) if is_number(words[at]) else None
        total, end, ceiling = 0, at, 0
        while group := self._group(end, ceiling, is_first=end == at):
            value, after = group
            scale = numerals.scales.get(words[after], 0)
            if scale < 1_000:
                return str(total + value), after
            if ceiling and scale >= ceiling:
                if not numerals.bare_thousand or total >= scale:
                    break
                total, value = 0, total + value
            total, end, ceiling = total + value * scale, after + 1, scale
        return (str(total), end) if end > at else None

    def _group(self, at: int, ceiling: int, *, is_first: bool) -> tuple[int, int] | None:
        """What one scale multiplies, or the rest below the last scale (0: there was none)."""
        words, thousand = self.words, self.numerals.bare_thousand
        if ceiling == 1_000 and words[at] in self.numerals.and_words:
            at += 1
        group = self._below_thousand(at, is_first=is_first)
        if group is None and thousand and words[at] in self.numerals.scales:
            is_bare = words[at] == thousand and ceiling != 1_000
            return (1 if is_bare else 0, at) if is_bare or ceiling else None
        if group and ceiling and group[0] >= ceiling:
            return None
        return group

    def _below_thousand(self, at: int, *, is_first: bool) -> tuple[int, int] | None:
        """A number up to 9,999 without a scale above hundred (`twelve hundred and five`)."""
        numerals, words = self.numerals, self.words
        if hundreds := numerals.hundreds.get(words[at]):
            rest = self._rest(at + 1)
            return (hundreds + rest[0], rest[1]) if rest and rest[0] else (hundreds, at + 1)
        if is_first and words[at] in numerals.articles:
            below = (1, at + 1) if words[at + 1] in numerals.after_one else None
        else:
            below = self._below_hundred(at)
        if below is None or words[below[1]] not in numerals.hundred:
            return below
        value, end = below
        if not value or value % 10 == 0 < value - 9:
            return below
        has_and = words[end + 1] in numerals.and_words
        rest = self._rest(end + 2 if has_and else end + 1)
        return (value * 100 + rest[0], rest[1]) if rest and rest[0] else (value * 100, end + 1)

    def _rest(self, at: int) -> tuple[int, int] | None:
        """What is added to hundreds: nothing of digits read out, nor of the next hundreds."""
        rest = None if self._digit_run(at) else self._below_hundred(at)
        return None if rest and self.words[rest[1]] in self.numerals.hundred else rest

    def _below_hundred(self, at: int) -> tuple[int, int] | None:
        numerals, words = self.numerals, self.words
        word = words[at]
        if word in numerals.small:
            return numerals.small[word], at + 1
        if word not in numerals.tens:
            return None
        has_joint = numerals.tens_joint and words[at + 1] == numerals.tens_joint
        begin = at + 2 if has_joint else at + 1
        unit = numerals.small.get(words[begin], 0)
        tens = numerals.tens[word]
        return (tens + unit, begin + 1) if 0 < unit < 10 else (tens, at + 1)


def _is_below_hundred(text: str) -> bool:
    return len(text) <= 2 and text.isdecimal()


def _times(number: str, scale: int) -> str:
    """A number token multiplied, exact."""
    whole, _, fraction = number.partition(".")
    value = int(whole + fraction) * scale
    if not fraction:
        return str(value)
    padded = str(value).rjust(len(fraction) + 1, "0")
    return f"{padded[: -len(fraction)]}.{padded[-len(fraction) :]}".rstrip("0").rstrip(".")
