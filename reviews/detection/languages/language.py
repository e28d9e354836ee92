"""The shape of a language: its fillers, its contractions, how it says and writes numbers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

PERCENT = "percent"
"""The token of % in every language."""


@dataclass(frozen=True)
class Numerals:
    """How numbers and their units are said. Words are folded."""

    small: Mapping[str, int]
    """Words of one value, zero to nineteen or more."""
    tens: Mapping[str, int]
    scales: Mapping[str, int]
    """Words that multiply what is before them."""
    digits: Mapping[str, str]
    repeats: Mapping[str, int]
    units: Mapping[str, str]
    """What a number is counted in that is money: as said → its token after a number."""
    minor: Mapping[str, frozenset[str]]
    """Token of a hundredth of a unit → the units it is one of."""
    percents: tuple[tuple[str, ...], ...]
    durations: Mapping[str, int]
    """Words for lengths of time → rank, seconds first."""
    months: frozenset[str]
    points: frozenset[str]
    articles: frozenset[str]
    """One, but a number only before a scale or, in a slot, before a unit."""
    and_words: frozenset[str]
    """May stand after hundred or thousand, and between money and its hundredths."""
    of_words: frozenset[str] = frozenset()
    """Between the parts of a date."""
    the_words: frozenset[str] = frozenset()
    """Likewise, after `of` or alone."""
    after_scale: frozenset[str] = frozenset()
    """Between a scale and its unit: the de of `un millón de pesos`."""
    single: frozenset[str] = frozenset()
    """Units before which an article is the number one: `un dólar`."""
    days: frozenset[str] = frozenset()
    """Ordinals of one word that are days of a month."""
    month_verbs: frozenset[str] = frozenset()
    """Months that are other words as well: a bare number beside one need not be a day."""
    halves: tuple[tuple[str, ...], ...] = ()
    """`and a half`, after a number or its unit."""
    halved: frozenset[str] = frozenset()
    """`half a year` is not a year."""
    hundred: frozenset[str] = frozenset()
    """The scale below a thousand, of languages that say `two hundred`."""
    hundreds: Mapping[str, int] = field(default_factory=dict)
    """Of the others: doscientos."""
    tens_joint: str = ""
    """Between tens and ones: the y of `treinta y cinco`."""
    bare_thousand: str = ""
    """The scale that is a number by itself: mil."""
    ordinals: Mapping[str, str] = field(default_factory=dict)
    """Ordinal → its cardinal."""
    ordinal: Callable[[int], str] = str
    """The token of an ordinal."""
    centuries: Mapping[str, int] = field(default_factory=dict)
    """First halves of years said as pairs."""

    @cached_property
    def starters(self) -> frozenset[str]:
        """Words that may begin a number."""
        words = {*self.small, *self.tens, *self.scales, *self.hundreds, *self.repeats}
        return frozenset(words - self.articles)

    @cached_property
    def inside(self) -> frozenset[str]:
        """Words that belong to an open number, or follow it as its unit."""
        of_percent = {word for words in self.percents for word in words}
        joints = self.and_words | self.points | self.articles | self.after_scale
        joints |= {self.tens_joint} - {""}
        of_half = {word for words in self.halves for word in words}
        others = of_half | {*self.digits, *self.ordinals, *self.units, *self.durations}
        return self.starters | joints | others | of_percent

    @cached_property
    def closers(self) -> frozenset[str]:
        """Words after which a pair is no year: units, scales, a decimal point."""
        of_percent = {words[0] for words in self.percents}
        return self.points.union(self.units, self.durations, self.scales, of_percent)

    @cached_property
    def after_one(self) -> frozenset[str]:
        """What makes a number of an article before it."""
        return self.single.union(self.scales)

    @cached_property
    def currencies(self) -> frozenset[str]:
        return frozenset({*self.units, *self.units.values()})

    @cached_property
    def counted(self) -> frozenset[str]:
        """Tokens that make even a lone `one` a value."""
        return self.currencies | self.durations.keys() | {PERCENT}


@dataclass(frozen=True)
class Language:
    code: str
    """Two letters; "" of a language of which only the words are known."""
    fillers: frozenset[str] = frozenset()
    contractions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    endings: tuple[tuple[str, str], ...] = ()
    """Ends of contracted words → the word that they stand for."""
    drops_possessive: bool = False
    """`he's` is `he`, `lawyers'` is `lawyer`."""
    symbols: Mapping[str, str] = field(default_factory=dict)
    """A sign that is written to a number → the token of the unit."""
    scale_signs: Mapping[str, str] = field(default_factory=dict)
    """What may be written behind an amount with a sign → its word: the k of `$5k`."""
    splits_lists: bool = False
    """A comma between digits that groups no thousands parts numbers: `3,5` is 3, 5."""
    written: Callable[[str], str | None] = lambda _: None
    """The token of a number in figures; None where the text is none."""
    numerals: Numerals | None = None
    """None: numbers are not read in this language."""
