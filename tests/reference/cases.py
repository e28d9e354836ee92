"""Random small calls and queries: few words, so that they meet; every construct, so that all do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from random import Random
from typing import TypeVar

from hypothesis import strategies as st

from reviews.detection.evidence import Reason
from reviews.detection.language.types import (
    AfterRule,
    And,
    ByRole,
    BySpeaker,
    Chain,
    ClockWindow,
    Condition,
    Confident,
    Count,
    Digits,
    Distance,
    EdgeWindow,
    Either,
    FactIs,
    Gap,
    Leaf,
    Literal,
    Near,
    Nested,
    Nesting,
    NextTurn,
    Not,
    NotNear,
    Or,
    Pattern,
    Place,
    Placed,
    SameTurn,
    Similar,
    Slot,
    SlotKind,
    Span,
    Step,
    Unit,
    Wild,
    Window,
    Within,
    operands_of,
)
from reviews.detection.normalize import read_axis
from reviews.detection.reading import First
from reviews.detection.transcript import CallFacts, Role, Transcript

T = TypeVar("T")
SPEAKERS = ("A", "B", "C")
STEP_MS = 100


@dataclass(frozen=True, slots=True)
class Words:
    """What is said, as the source wrote it, and the terms that may be asked of it. `is_plain`:
    a leaf is one term, so that it is often found, and operators have much to work on."""

    spoken: tuple[str, ...]
    terms: tuple[str, ...]
    is_plain: bool = False


PLAIN = Words(("fee", "tax", "no"), ("fee", "tax", "no"), is_plain=True)
VOCABULARIES = (
    PLAIN,
    PLAIN,
    PLAIN,
    Words(("fee", "tax"), ("fee", "tax")),
    Words(("fee", "fees", "tax"), ("fee", "fees", "tax")),
    Words(("can't", "can", "not", "fee"), ("can", "not", "fee")),
    Words(("fee", "30", "days", "dollars"), ("fee", "30", "days", "dollars")),
    Words(("12", "345", "fee"), ("12", "345", "fee")),
    Words(("no", "fee", "####", "f***"), ("no", "fee")),
)


@dataclass(frozen=True, slots=True)
class Case:
    """`is_asked`: the verdict would rest on nothing being found."""

    transcript: Transcript
    condition: Condition
    firsts: dict[str, First]
    floor: float
    share: float
    is_asked: bool


def random_case(random: Random) -> Case:
    words = random.choice(VOCABULARIES)
    transcript = _call(random, words.spoken)
    condition = _condition(random, words, depth=2)
    if _compares(condition):
        # Where words may be aligned in two ways, it is not said which of them were matched.
        sure = random.choice((0.4, 0.5, 0.6, 0.9, None))
        transcript = replace(transcript, confidence=[sure] * len(transcript.words))
    return Case(
        transcript,
        condition,
        _firsts(random, len(read_axis(transcript).tokens)),
        floor=random.choice((0.0, 0.5, 0.6)),
        share=random.choice((0.0, 0.2, 0.5)),
        is_asked=_chance(random, 20),
    )


cases = st.randoms(use_true_random=False).map(random_case)
"""The same cases, so that what is found may be made smaller."""


def _compares(condition: Condition) -> bool:
    """A text near-verbatim is anywhere in it."""
    return isinstance(condition, Similar) or any(map(_compares, operands_of(condition)))


def _chance(random: Random, percent: int) -> bool:
    return random.randrange(100) < percent


def _firsts(random: Random, tokens: int) -> dict[str, First]:
    kind = random.randrange(4)
    if kind == 0 or not tokens:
        return {}
    if kind == 1:
        return {"rule": First(doubt=(Reason.NO_WORDS, "it was not assessable"))}
    return {"rule": First(random.randrange(min(tokens, 4)))}


# The call


def _call(random: Random, vocabulary: Sequence[str]) -> Transcript:
    labels = _labels(random)
    lines = [_line(random, vocabulary) for _ in labels]
    words = tuple(word for line in lines for word in line)
    times = _times(random, lines)
    bounds = [sum(map(len, lines[:at])) for at in range(len(lines) + 1)]
    roles = {label: random.choice(tuple(Role)) for label in SPEAKERS} | {None: Role.UNKNOWN}
    end_ms = max((end for _, end in times), default=0)
    return Transcript(
        id="case",
        words=words,
        start_ms=[start for start, _ in times],
        end_ms=[end for _, end in times],
        confidence=_confidence(random, len(words)),
        bounds=tuple(bounds),
        speakers=labels,
        channels=(None,) * len(labels),
        roles=tuple(roles[label] for label in labels),
        duration_ms=random.choice((None, None, end_ms + 5 * STEP_MS)),
        transcribed_ms=_transcribed(random, end_ms),
        is_punctuated=not _chance(random, 5),
        facts=CallFacts(first_contact=random.choice((None, True, False))),
    )


def _labels(random: Random) -> tuple[str | None, ...]:
    """Some calls lack every label, some utterances theirs."""
    utterances = random.randint(0 if _chance(random, 5) else 1, 5)
    if _chance(random, 10):
        return (None,) * utterances
    few = SPEAKERS[: random.randint(1, 3)]
    return tuple(None if _chance(random, 5) else random.choice(few) for _ in range(utterances))


def _line(random: Random, vocabulary: Sequence[str]) -> list[str]:
    return [_word(random, vocabulary) for _ in range(random.randint(0, 4))]


def _word(random: Random, vocabulary: Sequence[str]) -> str:
    word = "um" if _chance(random, 8) else random.choice(vocabulary)
    return word + random.choice(".?") if _chance(random, 20) else word


def _times(random: Random, lines: Sequence[Sequence[str]]) -> list[tuple[int, int]]:
    """Utterances one after the other, or over each other; some calls have no times."""
    if _chance(random, 8):
        return [(-1, -1) for line in lines for _ in line]
    times: list[tuple[int, int]] = []
    clock = 0
    for line in lines:
        clock = random.randint(0, 30) if _chance(random, 40) else clock
        for _ in line:
            clock += random.choice((0, 0, 1, 3, 11, 24))
            length = random.randint(1, 4)
            times.append((clock * STEP_MS, (clock + length) * STEP_MS))
            clock += length
    return times


def _confidence(random: Random, words: int) -> list[float | None]:
    shown = random.choice(((1.0,), (0.4, 0.5, 0.6, 0.9), (0.4, 0.9, 0.9, 0.9, None)))
    return [random.choice(shown) for _ in range(words)]


def _transcribed(random: Random, end_ms: int) -> tuple[int, int | None]:
    if _chance(random, 80):
        return 0, None
    return random.choice((0, 5 * STEP_MS)), random.choice((None, max(end_ms - 5 * STEP_MS, 0)))


# The query


def _condition(random: Random, words: Words, *, depth: int) -> Condition:
    kind = random.randrange(20)
    if depth and kind < 4:
        operands = tuple(_condition(random, words, depth=depth - 1) for _ in range(2))
        return And(operands) if kind < 2 else Or(operands)
    if depth and kind < 6:
        return Not(_condition(random, words, depth=depth - 1))
    if kind < 8:
        return _count(random, words)
    if kind == 8 and depth < 2:
        return FactIs("first_contact", random.choice(("=", "!=")), value=True)
    return _span(random, words, random.choice((1, 2, 3, 3)), frozenset())


def _count(random: Random, words: Words) -> Count:
    comparison = random.choice((">=", ">", "<=", "<", "=", "!="))
    least = 1 if comparison in (">=", "<") else 0
    span = _span(random, words, random.choice((0, 1, 2)), frozenset())
    return Count(span, comparison, random.randint(least, 3))


Scopes = frozenset[type]
Maker = Callable[[Random, Words, int, Scopes], Span]


def _span(random: Random, words: Words, depth: int, scopes: Scopes) -> Span:
    """`scopes` are those that hold already: contrary ones are no query."""
    if not depth or _chance(random, 10):
        return _leaf(random, words)
    return random.choice(MAKERS)(random, words, depth - 1, scopes)


def _scoped(random: Random, words: Words, depth: int, scopes: Scopes) -> Span:
    if random.randrange(2):
        if ByRole in scopes:
            return _leaf(random, words)
        role = random.choice((Role.AGENT, Role.CUSTOMER, Role.OTHER))
        return ByRole(role, _span(random, words, depth, scopes | {ByRole}))
    if BySpeaker in scopes:
        return _leaf(random, words)
    return BySpeaker(random.choice(SPEAKERS), _span(random, words, depth, scopes | {BySpeaker}))


def _either(random: Random, words: Words, depth: int, scopes: Scopes) -> Span:
    return Either(tuple(_span(random, words, depth, scopes) for _ in range(2)))


def _within(random: Random, words: Words, depth: int, scopes: Scopes) -> Span:
    return Within(_window(random), _span(random, words, depth, scopes))


def _chain(random: Random, words: Words, depth: int, scopes: Scopes) -> Span:
    operands = tuple(_span(random, words, depth, scopes) for _ in range(random.choice((2, 3))))
    distances = [None if _chance(random, 40) else _distance(random) for _ in operands[1:]]
    return Chain(operands, tuple(distances))


def _pair(
    make: Callable[[Random, Span, Span], Span],
    random: Random,
    words: Words,
    depth: int,
    scopes: Scopes,
) -> Span:
    left, right = (_span(random, words, depth, scopes) for _ in range(2))
    return make(random, left, right)


def _near(random: Random, left: Span, right: Span) -> Span:
    return Near(left, right, _distance(random))


def _not_near(random: Random, left: Span, right: Span) -> Span:
    return NotNear(left, right, _distance(random), is_before=_chance(random, 50))


def _nested(random: Random, left: Span, right: Span) -> Span:
    return Nested(left, right, random.choice(tuple(Nesting)))


def _turns(random: Random, left: Span, right: Span) -> Span:
    return SameTurn(left, right) if random.randrange(2) else NextTurn(left, right)


def _standing(random: Random, words: Words, depth: int, scopes: Scopes) -> Span:
    operand = _span(random, words, depth, scopes)
    kind = random.randrange(4)
    if kind == 0:
        return Confident(random.choice((400, 500, 600, 600, 900, 1000)), operand)
    if kind == 1:
        return AfterRule("rule", operand, is_negated=_chance(random, 50))
    return Placed(random.choice(tuple(Place)), operand)


MAKERS: tuple[Maker, ...] = (
    _scoped,
    _either,
    _either,
    _within,
    _within,
    _chain,
    _chain,
    _standing,
    _standing,
    _standing,
    partial(_pair, _near),
    partial(_pair, _near),
    partial(_pair, _not_near),
    partial(_pair, _nested),
    partial(_pair, _turns),
    partial(_pair, _turns),
)


def _distance(random: Random) -> Distance:
    unit = random.choice((Unit.WORDS, Unit.WORDS, Unit.SECONDS, Unit.TURNS))
    return Distance(random.randint(0, 2), unit)


def _window(random: Random) -> Window:
    kind = random.randrange(4)
    if kind == 0:
        start = random.randint(0, 40) * STEP_MS
        return ClockWindow(start, start + random.randint(1, 60) * STEP_MS)
    unit = (Unit.SECONDS, Unit.PERCENT, Unit.TURNS)[kind - 1]
    amount = random.choice((10, 50, 80)) if unit is Unit.PERCENT else random.randint(1, 5)
    return EdgeWindow(_chance(random, 50), amount, unit)


def _leaf(random: Random, words: Words) -> Span:
    if words.is_plain:
        return _plain(random, words)
    if _chance(random, 8):
        tokens = tuple(random.choice(words.terms) for _ in range(random.randint(3, 4)))
        percent = random.choice((50, 67, 75, 100))
        return Similar("text", f"~{percent}{tokens}", tokens, percent)
    patterns = tuple(_pattern(random, words) for _ in range(1 if _chance(random, 80) else 2))
    return Leaf("words", repr(patterns), patterns)


def _plain(random: Random, words: Words) -> Leaf:
    """A term, sometimes with a phrase around it as its alternative."""
    before, term, after = (Literal(random.choice(words.terms)) for _ in range(3))
    patterns: tuple[Pattern, ...] = (Pattern((term,)),)
    if _chance(random, 30):
        patterns = (*patterns, Pattern((before, term, after)))
    return Leaf(term.token, repr(patterns), patterns)


def _pattern(random: Random, words: Words) -> Pattern:
    if _chance(random, 5):
        steps: list[Step] = [Literal("um"), Literal(random.choice(words.terms))]
        return Pattern(_with_gap(random, steps), is_spoken=True)
    steps = [_step(random, words) for _ in range(random.choice((1, 1, 1, 1, 1, 2, 3)))]
    return Pattern(_with_gap(random, steps))


def _with_gap(random: Random, steps: Sequence[Step]) -> tuple[Step, ...]:
    """Sometimes free words between the steps, or around them."""
    if not _chance(random, 10):
        return tuple(steps)
    at, least = random.randint(0, len(steps)), random.randint(0, 1)
    return (*steps[:at], Gap(least, least + random.randint(0, 2)), *steps[at:])


def _step(random: Random, words: Words) -> Step:
    if _chance(random, 88):
        return Literal(random.choice(words.terms))
    kind = random.randrange(3)
    if kind == 0 and "12" in words.terms:
        return Digits("12345")
    return Wild(random.choice(("fe*", "*ee", "ta?"))) if kind else _slot(random)


def _slot(random: Random) -> Slot:
    kind = random.choice(tuple(SlotKind))
    return Slot(kind, digits=random.choice((3, 5)) if kind is SlotKind.DIGITS else 0)
