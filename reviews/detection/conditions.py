"""Conditions in three values: found, clear or unknown, each with what it rests on."""

import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import cast

from reviews.detection import intervals
from reviews.detection.callfacts import fact_doubt, is_true
from reviews.detection.evidence import Absence, Reason
from reviews.detection.intervals import Stretch
from reviews.detection.language.types import (
    SPANS,
    AfterRule,
    And,
    Condition,
    Count,
    FactBetween,
    FactIs,
    Nested,
    Nesting,
    Not,
    NotNear,
    Or,
    Span,
    operands_of,
)
from reviews.detection.nearest import closest, find_partial, heard_anywhere
from reviews.detection.pairs import Matches
from reviews.detection.reading import Reading
from reviews.detection.region import Region, absence_of, region_of
from reviews.detection.spans import Scope, matches
from reviews.detection.windows import NOT_TRANSCRIBED, Doubt

COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "=": operator.eq,
    "!=": operator.ne,
}


class State(Enum):
    FOUND = auto()
    CLEAR = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Unheard:
    """What was looked for and not heard; few are ever shown, so the proof is made for those."""

    span: Span
    region: Region
    elsewhere: Sequence[Stretch] = ()
    """Where the words were said outside the region."""
    unsure: tuple[Stretch, ...] = ()
    """What was heard after all, though nowhere surely."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`doubt` is set where unknown; `unheard` where something was looked for and not heard."""

    state: State
    stretches: tuple[Stretch, ...] = ()
    is_unsure: bool = False
    unheard: Unheard | None = None
    doubt: Doubt | None = None


NOT_HEARD = Verdict(State.CLEAR)


@dataclass(frozen=True, slots=True)
class Hearing:
    """How a rule listens: the confidence floor (0..1), and the share of words that may be
    below it, or masked, where the verdict rests on nothing being heard."""

    reading: Reading
    floor: float
    unsure_share: float
    is_absence_asked: bool = False
    """The rule is violated where nothing is heard."""

    def matches(self, span: Span) -> Matches:
        return matches(span, self.reading, Scope(floor=self.floor))

    def most(self, span: Span) -> int | None:
        """How many there are that share no word if all of unknown role are; None: any number."""
        if _takes_away(span):
            return None
        widest = matches(span, self.reading, Scope(floor=self.floor, is_wide=True))
        return None if widest.doubt else len(intervals.disjoint(widest.stretches))


def judge(condition: Condition, hearing: Hearing, *, is_absence_asked: bool) -> Verdict:
    """Evaluate a condition. `is_absence_asked`: the verdict would rest on nothing being found."""
    match condition:
        case And(operands):
            return _all(_each(operands, hearing, is_absence_asked=is_absence_asked))
        case Or(operands):
            return _any(_each(operands, hearing, is_absence_asked=is_absence_asked))
        case Not(operand):
            return _not(judge(operand, hearing, is_absence_asked=True), operand)
        case Count():
            return _count(condition, hearing, is_absence_asked=is_absence_asked)
        case FactIs() | FactBetween():
            return _fact(condition, hearing.reading)
    return _span(condition, hearing, is_absence_asked=is_absence_asked)


def proof_of(unheard: Unheard | None, hearing: Hearing) -> Absence | None:
    """The same where something was looked for."""
    return None if unheard is None else proof(unheard, hearing)


def proof(unheard: Unheard, hearing: Hearing) -> Absence:
    """What was searched, and the nearest miss: the words elsewhere, else part of them."""
    reading, span, elsewhere = hearing.reading, unheard.span, unheard.elsewhere
    absence = absence_of(unheard.region, reading, floor=hearing.floor)
    if unheard.unsure:
        return replace(absence, unsure=tuple(map(reading.evidence, unheard.unsure)))
    nearest = (
        closest(elsewhere, unheard.region, reading) if elsewhere else find_partial(span, reading)
    )
    return replace(absence, nearest=nearest) if nearest else absence


def _each(
    operands: Sequence[Condition], hearing: Hearing, *, is_absence_asked: bool
) -> list[Verdict]:
    return [judge(each, hearing, is_absence_asked=is_absence_asked) for each in operands]


def _all(verdicts: list[Verdict]) -> Verdict:
    for state in (State.CLEAR, State.UNKNOWN):
        first = next((each for each in verdicts if each.state is state), None)
        if first is not None:
            return Verdict(state, unheard=first.unheard, doubt=first.doubt)
    return _together(verdicts, is_unsure=any(each.is_unsure for each in verdicts))


def _any(verdicts: list[Verdict]) -> Verdict:
    found = [each for each in verdicts if each.state is State.FOUND]
    if found:
        return _together(found, is_unsure=all(each.is_unsure for each in found))
    for state in (State.UNKNOWN, State.CLEAR):
        first = next((each for each in verdicts if each.state is state), None)
        if first is not None:
            return Verdict(state, unheard=first.unheard, doubt=first.doubt)
    return Verdict(State.CLEAR)


def _together(verdicts: list[Verdict], *, is_unsure: bool) -> Verdict:
    stretches = intervals.merge(each.stretches for each in verdicts)
    unheard = next((each.unheard for each in verdicts if each.unheard), None)
    return Verdict(State.FOUND, tuple(stretches), is_unsure=is_unsure, unheard=unheard)


def _not(verdict: Verdict, operand: Condition) -> Verdict:
    """Unsure words count as found, so NOT of them is clear; it keeps the words."""
    if verdict.state is State.UNKNOWN:
        return verdict
    if verdict.state is State.CLEAR:
        return Verdict(State.FOUND, unheard=verdict.unheard)
    span = next(_spans_of(operand), None)
    if not verdict.is_unsure or span is None:
        return NOT_HEARD
    return Verdict(State.CLEAR, unheard=Unheard(span, region_of(span), unsure=verdict.stretches))


def _spans_of(condition: Condition) -> Iterator[Span]:
    if isinstance(condition, SPANS):
        yield cast("Span", condition)
        return
    for each in operands_of(condition):
        yield from _spans_of(each)


def _fact(condition: FactIs | FactBetween, reading: Reading) -> Verdict:
    doubt = fact_doubt(condition, reading)
    if doubt is not None:
        return Verdict(State.UNKNOWN, doubt=doubt)
    return Verdict(State.FOUND if is_true(condition, reading) else State.CLEAR)


def _span(span: Span, hearing: Hearing, *, is_absence_asked: bool) -> Verdict:
    found = hearing.matches(span)
    if found.stretches:
        chosen = intervals.shortest(found.stretches)
        is_unsure = all(each.is_unsure for each in chosen)
        return Verdict(State.FOUND, tuple(chosen), is_unsure=is_unsure)
    return _nothing(span, found, hearing, is_absence_asked=is_absence_asked)


def _nothing(span: Span, found: Matches, hearing: Hearing, *, is_absence_asked: bool) -> Verdict:
    if found.doubt is not None:
        return Verdict(State.UNKNOWN, doubt=found.doubt)
    elsewhere = heard_anywhere(span, hearing.reading)
    if not elsewhere and not is_absence_asked:
        return NOT_HEARD
    unheard = Unheard(span, region_of(span), elsewhere)
    doubt = _absence_doubt(unheard.region, hearing) if is_absence_asked else None
    state = State.UNKNOWN if doubt else State.CLEAR
    return Verdict(state, unheard=unheard, doubt=doubt)


def _absence_doubt(region: Region, hearing: Hearing) -> Doubt | None:
    """Why silence proves nothing here: too much of the stretch could not be heard."""
    absence = absence_of(region, hearing.reading, floor=hearing.floor)
    if absence.untranscribed_ms:
        return NOT_TRANSCRIBED
    most = hearing.unsure_share * absence.words
    if absence.below_floor > most:
        return (
            Reason.LOW_CONFIDENCE,
            f"{absence.below_floor} of {absence.words} words searched are below the "
            "confidence floor",
        )
    if absence.masked > most:
        return Reason.MASKED, f"{absence.masked} of {absence.words} words searched are masked"
    return None


def _count(condition: Count, hearing: Hearing, *, is_absence_asked: bool) -> Verdict:
    """Decided when every number that is still possible compares alike."""
    compare = COMPARISONS[condition.comparison]
    if _asks_for_none(condition):
        return _not(_span(condition.operand, hearing, is_absence_asked=True), condition.operand)
    found = hearing.matches(condition.operand)
    chosen = intervals.disjoint(found.stretches)
    if not chosen and found.doubt is None:
        asked = is_absence_asked or compare(0, condition.number)
        nothing = _nothing(condition.operand, found, hearing, is_absence_asked=asked)
        is_found = nothing.state is State.CLEAR and compare(0, condition.number)
        return Verdict(State.FOUND, unheard=nothing.unheard) if is_found else nothing
    possible = {len(chosen)}
    if found.doubt is not None:
        possible |= _possible(condition, len(chosen), hearing.most(condition.operand))
    answers = {compare(number, condition.number) for number in possible}
    if len(answers) > 1:
        return Verdict(State.UNKNOWN, doubt=found.doubt)
    if not answers.pop():
        return Verdict(State.CLEAR)
    sure = sum(not each.is_unsure for each in chosen)
    is_unsure = not compare(sure, condition.number)
    return Verdict(State.FOUND, tuple(chosen), is_unsure=is_unsure)


def _asks_for_none(condition: Count) -> bool:
    """`COUNT(A) = 0` is `NOT A`, with the same proof."""
    return (condition.comparison, condition.number) in (("=", 0), ("<=", 0), ("<", 1))


def _possible(condition: Count, least: int, most: int | None) -> set[int]:
    """The telling numbers above `least`, up to `most`."""
    around = {condition.number - 1, condition.number, condition.number + 1, most or least}
    return {number for number in around if number > least and (most is None or number <= most)}


def _takes_away(span: Span) -> bool:
    """More of an operand may make less of the whole."""
    match span:
        case NotNear() | Nested(_, _, Nesting.NOT_INSIDE) | AfterRule(_, _, True):
            return True
    return any(_takes_away(cast("Span", each)) for each in operands_of(span))
