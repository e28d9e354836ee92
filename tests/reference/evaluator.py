"""What a query means, by trying everything: each definition of the language once, and slowly.

A span means a set of stretches, and whether there may be more of them than can be told: with none,
it is clear or, with more, unknown. No code is shared with the fast evaluation.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import singledispatch
from itertools import combinations, pairwise, product

from reviews.detection.language.types import (
    AfterRule,
    ByRole,
    BySpeaker,
    Chain,
    ClockWindow,
    Confident,
    Distance,
    EdgeWindow,
    Either,
    Leaf,
    Near,
    Nested,
    Nesting,
    NextTurn,
    NotNear,
    Place,
    Placed,
    SameTurn,
    Similar,
    Span,
    Unit,
    Window,
    Within,
)
from reviews.detection.reading import First
from reviews.detection.transcript import Role
from tests.reference.call import Call, Hit, hits_of

Hits = frozenset[Hit]
Pair = Callable[[Hit, Hit], bool]


@dataclass(frozen=True, slots=True)
class Meaning:
    hits: Hits
    has_more: bool = False
    """There may be more hits than these."""

    @property
    def is_clear(self) -> bool:
        return not self.hits and not self.has_more


CLEAR = Meaning(frozenset())
UNKNOWN = Meaning(frozenset(), has_more=True)


def shortest(hits: Iterable[Hit]) -> Hits:
    """Those that hold no shorter one; all the ways in which the words of one may be matched."""
    every = set(hits)
    return frozenset(
        hit for hit in every if not any(hit.holds(o) and len(o) < len(hit) for o in every)
    )


def apart(hits: Iterable[Hit]) -> set[tuple[int, int]]:
    """The largest choice of the shortest that share no word, leftmost end first."""
    places = sorted({(hit.end, hit.start) for hit in shortest(hits)})
    for size in range(len(places), 0, -1):
        for choice in combinations(places, size):
            if all(before[0] < after[1] for before, after in pairwise(choice)):
                return {(start, end) for end, start in choice}
    return set()


def meaning(span: Span, call: Call) -> Meaning:
    return _meaning(span, call) if call.axis.tokens else UNKNOWN


@singledispatch
def _meaning(span: Span, call: Call) -> Meaning:
    raise TypeError(f"no meaning is written for {type(span).__name__}: write one")


@_meaning.register
def _leaf(span: Leaf | Similar, call: Call) -> Meaning:
    """Said by the one whose words count; unknown where that may be."""
    hits = hits_of(span, call)
    is_open = False
    if call.label is not None:
        if hits and not any(call.transcript.speakers):
            return UNKNOWN
        labels = (call.label, None) if call.is_wide else (call.label,)
        is_open = any(call.label_of(hit.start) is None for hit in hits) and not call.is_wide
        hits = [hit for hit in hits if call.label_of(hit.start) in labels]
    if call.role is None:
        return Meaning(frozenset(hits), is_open)
    roles = {hit: call.role_of(hit.start) for hit in hits}
    if call.is_wide:
        return Meaning(frozenset(hit for hit in hits if roles[hit] in (call.role, Role.UNKNOWN)))
    theirs = frozenset(hit for hit in hits if roles[hit] is call.role)
    return Meaning(theirs, is_open or Role.UNKNOWN in roles.values())


@_meaning.register
def _by_role(span: ByRole, call: Call) -> Meaning:
    return meaning(span.operand, replace(call, role=span.role))


@_meaning.register
def _by_speaker(span: BySpeaker, call: Call) -> Meaning:
    return meaning(span.operand, replace(call, label=span.label))


@_meaning.register
def _either(span: Either, call: Call) -> Meaning:
    """Every stretch of every branch."""
    each = [meaning(operand, call) for operand in span.operands]
    return Meaning(frozenset().union(*(m.hits for m in each)), any(m.has_more for m in each))


@_meaning.register
def _near(span: Near, call: Call) -> Meaning:
    def build(left: Hits, right: Hits) -> Iterable[Hit]:
        pairs = [*product(left, right), *product(right, left)]
        return [_cover(a, b) for a, b in pairs if _is_later(a, b, span.distance, call)]

    return _built(
        [meaning(span.left, call), meaning(span.right, call)], build, (span.distance,), call
    )


@_meaning.register
def _chain(span: Chain, call: Call) -> Meaning:
    """One stretch of each, in order, every neighbouring distance kept."""

    def build(*sides: Hits) -> Iterable[Hit]:
        return [
            _cover(*picked)
            for picked in product(*sides)
            if all(
                _is_later(a, b, distance, call)
                for (a, b), distance in zip(pairwise(picked), span.distances, strict=True)
            )
        ]

    return _built([meaning(each, call) for each in span.operands], build, span.distances, call)


@_meaning.register
def _same_turn(span: SameTurn, call: Call) -> Meaning:
    def build(left: Hits, right: Hits) -> Iterable[Hit]:
        pairs = [(a, b) for a, b in product(left, right) if not a.shares(b)]
        return [
            _cover(a, b)
            for a, b in pairs
            if None not in (_turn_of(a, call), _turn_of(b, call))
            if _turn_of(a, call) == _turn_of(b, call)
        ]

    return _built([meaning(span.left, call), meaning(span.right, call)], build, (_TURN,), call)


@_meaning.register
def _next_turn(span: NextTurn, call: Call) -> Meaning:
    def build(left: Hits, right: Hits) -> Iterable[Hit]:
        return [
            _cover(a, b)
            for a, b in product(left, right)
            if not call.is_aside(a.end) and _turn_of(b, call) == call.axis.turns[a.end] + 1
        ]

    return _built([meaning(span.left, call), meaning(span.right, call)], build, (_TURN,), call)


_TURN = Distance(0, Unit.TURNS)


def _built(
    sides: Sequence[Meaning],
    build: Callable[..., Iterable[Hit]],
    distances: Iterable[Distance | None],
    call: Call,
) -> Meaning:
    """An operator that needs all of its sides and makes new stretches, the shortest of them."""
    if any(side.is_clear for side in sides):
        return CLEAR
    if not all(_is_measurable(distance, call) for distance in distances):
        return UNKNOWN
    hits = shortest(build(*(side.hits for side in sides)))
    return Meaning(hits, any(side.has_more for side in sides))


@_meaning.register
def _not_near(span: NotNear, call: Call) -> Meaning:
    def is_near(left: Hit, right: Hit) -> bool:
        after = _is_later(left, right, span.distance, call)
        before = left.shares(right) or _is_later(right, left, span.distance, call)
        return after or (before and not span.is_before)

    is_measurable = _is_measurable(span.distance, call)
    return _without(meaning(span.left, call), meaning(span.right, call), is_near, is_measurable)


@_meaning.register
def _nested(span: Nested, call: Call) -> Meaning:
    left, right = meaning(span.left, call), meaning(span.right, call)
    if span.nesting is Nesting.NOT_INSIDE:
        return _without(left, right, lambda a, b: b.holds(a), is_measurable=True)
    if left.is_clear or right.is_clear:
        return CLEAR
    is_inside = span.nesting is Nesting.INSIDE
    hits = [
        a for a, b in product(left.hits, right.hits) if (b.holds(a) if is_inside else a.holds(b))
    ]
    return Meaning(frozenset(hits), left.has_more or right.has_more)


def _without(left: Meaning, right: Meaning, excludes: Pair, is_measurable: bool) -> Meaning:
    """Stretches of the left that no stretch of the right excludes."""
    if not left.hits or right.is_clear:
        return left
    if not right.hits or not is_measurable:
        return UNKNOWN
    kept = frozenset(a for a in left.hits if not any(excludes(a, b) for b in right.hits))
    return UNKNOWN if kept and right.has_more else Meaning(kept, left.has_more)


@_meaning.register
def _within(span: Within, call: Call) -> Meaning:
    """Every matched word lies in the window by its own time, or its own turn."""
    inner, window = meaning(span.operand, call), span.window
    if inner.hits and not is_applicable(window, call):
        return UNKNOWN
    kept = [hit for hit in inner.hits if all(is_within(at, window, call) for at in hit.tokens)]
    return Meaning(frozenset(kept), inner.has_more or (not kept and is_cut(window, call)))


def is_applicable(window: Window, call: Call) -> bool:
    return call.axis.has_turns if _is_of_turns(window) else call.has_times


def is_within(token: int, window: Window, call: Call) -> bool:
    low, high = edges(window, call)
    if _is_of_turns(window):
        return low <= call.axis.turns[token] <= high
    start, end = call.clock([token])
    return low <= start and end <= high


def edges(window: Window, call: Call) -> tuple[Fraction, Fraction]:
    """In ms of the file, or as numbers of turns."""
    if isinstance(window, ClockWindow):
        return Fraction(window.start_ms), Fraction(window.end_ms)
    last = call.axis.turns[-1] + 1 if _is_of_turns(window) else call.end_ms
    scale = {Unit.SECONDS: Fraction(1000), Unit.PERCENT: Fraction(last, 100)}
    length = min(window.amount * scale.get(window.unit, Fraction(1)), Fraction(last))
    low, high = (Fraction(0), length) if window.is_first else (last - length, Fraction(last))
    return (low, high - 1) if _is_of_turns(window) else (low, high)


def is_cut(window: Window, call: Call) -> bool:
    """Some of the window was not transcribed."""
    begins, ends = call.transcript.transcribed_ms
    stops = call.end_ms if ends is None else ends
    if isinstance(window, EdgeWindow) and _is_of_turns(window):
        return begins > 0 if window.is_first else stops < call.end_ms
    low, high = edges(window, call)
    high = min(high, Fraction(call.end_ms))
    return low < high and (low < begins or stops < high)


def _is_of_turns(window: Window) -> bool:
    return isinstance(window, EdgeWindow) and window.unit is Unit.TURNS


@_meaning.register
def _confident(span: Confident, call: Call) -> Meaning:
    """Only matched words count; one without a confidence leaves it open, unless another decides."""
    inner = meaning(span.operand, call)
    least = span.per_mille / 1000
    sure = {hit: _confidences(hit, call) for hit in inner.hits}
    able = [hit for hit in inner.hits if all(s is None or s >= least for s in sure[hit])]
    kept = frozenset(hit for hit in able if None not in sure[hit])
    return Meaning(kept, inner.has_more or len(kept) < len(able))


def _confidences(hit: Hit, call: Call) -> list[float | None]:
    return [call.transcript.confidence[word] for word in call.words(hit.tokens)]


@_meaning.register
def _after_rule(span: AfterRule, call: Call) -> Meaning:
    inner, first = meaning(span.operand, call), call.firsts.get(span.rule, First())
    if inner.hits and first.doubt is not None:
        return UNKNOWN
    after = {hit for hit in inner.hits if first.end is not None and hit.start > first.end}
    return Meaning(inner.hits - after if span.is_negated else frozenset(after), inner.has_more)


@_meaning.register
def _placed(span: Placed, call: Call) -> Meaning:
    inner = meaning(span.operand, call)
    is_question = span.place is Place.QUESTION
    if inner.hits and not (_has_sentences(call) if is_question else call.axis.has_turns):
        return UNKNOWN
    kept = frozenset(hit for hit in inner.hits if _PLACES[span.place](hit, call))
    return Meaning(kept, inner.has_more)


def _is_one_turn(hit: Hit, call: Call) -> bool:
    return _turn_of(hit, call) is not None


def _turn_of(hit: Hit, call: Call) -> int | None:
    """The turn that it begins and ends in; what others mutter meanwhile is in none."""
    turns = {call.axis.turns[at] for at in (hit.start, hit.end)}
    is_aside = call.is_aside(hit.start) or call.is_aside(hit.end)
    return turns.pop() if len(turns) == 1 and not is_aside else None


def _is_at_start(hit: Hit, call: Call) -> bool:
    """It holds the first word of the turn in which it begins."""
    turn = _turn(hit.start, call)
    return bool(turn) and not call.is_aside(hit.start) and hit.start <= turn[0] <= hit.end


def _is_at_end(hit: Hit, call: Call) -> bool:
    turn = _turn(hit.end, call)
    return bool(turn) and not call.is_aside(hit.end) and hit.start <= turn[-1] <= hit.end


def _turn(token: int, call: Call) -> list[int]:
    """All tokens with a position of the same turn."""
    turns = call.axis.turns
    return [each for each in call.axis.kept if turns[each] == turns[token]]


def _is_question(hit: Hit, call: Call) -> bool:
    """No sentence ends before the stretch does; the next end is a question mark, in the turn."""
    marks = [call.mark(at) for at in range(hit.start, len(call.axis.tokens))]
    length = len(hit) - 1
    ahead = [at for at, mark in enumerate(marks) if mark]
    if not ahead or ahead[0] < length or marks[ahead[0]] != "?":
        return False
    return call.axis.turns[hit.start] == call.axis.turns[hit.start + ahead[0]]


def _has_sentences(call: Call) -> bool:
    return call.transcript.is_punctuated and any(
        call.mark(at) for at in range(len(call.axis.tokens))
    )


_PLACES = {
    Place.ONE_TURN: _is_one_turn,
    Place.TURN_START: _is_at_start,
    Place.TURN_END: _is_at_end,
    Place.QUESTION: _is_question,
}


def _cover(*hits: Hit) -> Hit:
    tokens = frozenset().union(*(hit.tokens for hit in hits))
    return Hit(min(hit.start for hit in hits), max(hit.end for hit in hits), tokens)


def _is_later(earlier: Hit, later: Hit, distance: Distance | None, call: Call) -> bool:
    """They share no word, stand in this order, and no further apart than that."""
    if later.start <= earlier.end:
        return False
    if distance is None:
        return True
    if distance.unit is Unit.WORDS:
        return sum(earlier.end < at < later.start for at in call.axis.kept) <= distance.amount
    if distance.unit is Unit.TURNS:
        return call.axis.turns[later.start] - call.axis.turns[earlier.end] <= distance.amount
    return _ms_between(earlier, later, call) <= distance.amount * 1000


def _ms_between(one: Hit, other: Hit, call: Call) -> int:
    """From the end of the earlier on the clock to the start of the later; 0 where they overlap."""
    first, second = sorted(_clock(hit, call) for hit in (one, other))
    return max(0, second[0] - first[1])


def _clock(hit: Hit, call: Call) -> tuple[int, int]:
    """Of the utterances at both ends: what was said meanwhile does not count."""
    ends = (call.utterance(hit.start), call.utterance(hit.end))
    between = range(hit.start, hit.end + 1)
    return call.clock(at for at in between if call.utterance(at) in ends)


def _is_measurable(distance: Distance | None, call: Call) -> bool:
    if distance is None or distance.unit is Unit.WORDS:
        return True
    return call.axis.has_turns if distance.unit is Unit.TURNS else call.has_times
