"""What a condition comes to: found, clear or unknown, and the stretches that show it."""

import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import singledispatch

from reviews.detection.folding import MASK
from reviews.detection.language.types import (
    AfterRule,
    And,
    ByRole,
    BySpeaker,
    Chain,
    ClockWindow,
    Condition,
    Count,
    Either,
    FactIs,
    Near,
    Nested,
    Nesting,
    NextTurn,
    Not,
    NotNear,
    Or,
    SameTurn,
    Span,
    Unit,
    Window,
    Within,
)
from reviews.detection.transcript import Role
from tests.reference.call import Call, Hit
from tests.reference.evaluator import (
    Meaning,
    apart,
    edges,
    is_applicable,
    is_within,
    meaning,
    shortest,
)

Places = frozenset[tuple[int, int]]
COMPARE = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "=": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """`state` is found, clear or unknown; `places` the first and last token of each stretch."""

    state: str
    places: Places = frozenset()
    is_unsure: bool = False


CLEAR, UNKNOWN, FOUND = Verdict("clear"), Verdict("unknown"), Verdict("found")


@dataclass(frozen=True, slots=True)
class Ear:
    """A call as a rule hears it. `is_asked`: the verdict would rest on nothing being found."""

    call: Call
    floor: float
    share: float
    is_asked: bool = False

    def asked(self) -> "Ear":
        return Ear(self.call, self.floor, self.share, is_asked=True)


@singledispatch
def verdict(condition: Condition, ear: Ear) -> Verdict:
    raise TypeError(f"no verdict is written for {type(condition).__name__}: write one")


@verdict.register
def _span(condition: Span, ear: Ear) -> Verdict:
    """At least one."""
    found = meaning(condition, ear.call)
    if not found.hits:
        return _nothing(condition, found, ear)
    hits = shortest(found.hits)
    is_sure = any(_is_sure(hit, ear) for hit in hits)
    return Verdict("found", _places(hits), is_unsure=not is_sure)


@verdict.register
def _and(condition: And, ear: Ear) -> Verdict:
    each = [verdict(operand, ear) for operand in condition.operands]
    states = {one.state for one in each}
    if states == {"found"}:
        return Verdict("found", _all_places(each), any(one.is_unsure for one in each))
    return CLEAR if "clear" in states else UNKNOWN


@verdict.register
def _or(condition: Or, ear: Ear) -> Verdict:
    each = [verdict(operand, ear) for operand in condition.operands]
    found = [one for one in each if one.state == "found"]
    if found:
        return Verdict("found", _all_places(found), all(one.is_unsure for one in found))
    return UNKNOWN if any(one.state == "unknown" for one in each) else CLEAR


@verdict.register
def _not(condition: Not, ear: Ear) -> Verdict:
    opposite = {"found": CLEAR, "clear": FOUND, "unknown": UNKNOWN}
    return opposite[verdict(condition.operand, ear.asked()).state]


@verdict.register
def _count(condition: Count, ear: Ear) -> Verdict:
    """Decided when every number that there may be compares alike."""
    compare, number = COMPARE[condition.comparison], condition.number
    if [n for n in range(number + 3) if compare(n, number)] == [0]:
        return verdict(Not(condition.operand), ear)
    found = meaning(condition.operand, ear.call)
    places = apart(found.hits)
    if not places and not found.has_more:
        is_true = compare(0, number)
        nothing = _nothing(condition.operand, found, ear.asked() if is_true else ear)
        return FOUND if is_true and nothing is CLEAR else nothing
    most = (
        _most(condition.operand, len(places) + number + 2, ear) if found.has_more else len(places)
    )
    answers = {compare(possible, number) for possible in range(len(places), most + 1)}
    if len(answers) > 1:
        return UNKNOWN
    sure = {(hit.start, hit.end) for hit in found.hits if _is_sure(hit, ear)}
    is_unsure = not compare(len(places & sure), number)
    return Verdict("found", frozenset(places), is_unsure) if answers.pop() else CLEAR


def _most(span: Span, any_number: int, ear: Ear) -> int:
    """If all of unknown role were that role's; where more of one makes less of another: any."""
    wide = meaning(span, replace(ear.call, is_wide=True))
    if wide.has_more or _takes_away(span):
        return any_number
    return len(apart(wide.hits))


def _takes_away(span: Span) -> bool:
    is_one = isinstance(span, NotNear) or (
        isinstance(span, Nested) and span.nesting is Nesting.NOT_INSIDE
    )
    is_one = is_one or (isinstance(span, AfterRule) and span.is_negated)
    return is_one or any(map(_takes_away, _all_operands(span)))


def _all_operands(span: Span) -> Sequence[Span]:
    match span:
        case Either(operands) | Chain(operands):
            return operands
        case Near() | NotNear() | Nested() | SameTurn() | NextTurn():
            return [span.left, span.right]
    return [span.operand] if hasattr(span, "operand") else []


@verdict.register
def _fact(condition: FactIs, ear: Ear) -> Verdict:
    """Of the facts, the one that is a yes or no stands here for all of them."""
    value = ear.call.transcript.facts.first_contact
    if value is None:
        return UNKNOWN
    return FOUND if COMPARE[condition.comparison](value, condition.value) else CLEAR


def _nothing(span: Span, found: Meaning, ear: Ear) -> Verdict:
    if found.has_more or (ear.is_asked and not _could_be_heard(span, ear)):
        return UNKNOWN
    return CLEAR


def _is_sure(hit: Hit, ear: Ear) -> bool:
    known = [ear.call.transcript.confidence[word] for word in ear.call.words(hit.tokens)]
    return all(value is None or value >= ear.floor for value in known)


def _places(hits: Iterable[Hit]) -> Places:
    return frozenset((hit.start, hit.end) for hit in hits)


def _all_places(verdicts: Sequence[Verdict]) -> Places:
    return frozenset().union(*(each.places for each in verdicts))


@dataclass(frozen=True, slots=True)
class Searched:
    """Where a span was looked for: whose words (none named: anyone's), in all of the windows,
    behind the first hits of the rules."""

    roles: frozenset[Role] = frozenset()
    labels: frozenset[str] = frozenset()
    windows: tuple[Window, ...] = ()
    rules: frozenset[str] = frozenset()


def searched(span: Span) -> Searched:
    """Where the operands of a span differ: the widest place that holds all of theirs."""
    inner = _widest([searched(each) for each in _looked_for(span)])
    match span:
        case ByRole(role):
            return replace(inner, roles=frozenset({role}))
        case BySpeaker(label):
            return replace(inner, labels=frozenset({label}))
        case Within(window):
            return replace(inner, windows=(*inner.windows, window))
        case AfterRule(rule, _, False):
            return replace(inner, rules=inner.rules | {rule})
    return inner


def _looked_for(span: Span) -> Sequence[Span]:
    """Its operands, but for those that must not be heard."""
    match span:
        case Either(operands) | Chain(operands):
            return operands
        case NotNear(left) | Nested(left, _, Nesting.NOT_INSIDE):
            return [left]
        case (
            Near(left, right) | Nested(left, right) | SameTurn(left, right) | NextTurn(left, right)
        ):
            return [left, right]
    return [span.operand] if hasattr(span, "operand") else []


def _widest(places: Sequence[Searched]) -> Searched:
    if not places:
        return Searched()
    roles, labels = [each.roles for each in places], [each.labels for each in places]
    return Searched(
        frozenset().union(*roles) if all(roles) else frozenset(),
        frozenset().union(*labels) if all(labels) else frozenset(),
        places[0].windows if len({each.windows for each in places}) == 1 else (),
        frozenset.intersection(*(each.rules for each in places)),
    )


def _could_be_heard(span: Span, ear: Ear) -> bool:
    """All of the place searched was transcribed, and enough of its words were heard clearly."""
    place, call = searched(span), ear.call
    if _is_cut(place, call):
        return False
    tokens = [at for at in call.axis.kept if _is_searched(at, place, call)]
    words = {call.axis.first[at] for at in tokens}
    known = [call.transcript.confidence[word] for word in words]
    unsure = sum(value is not None and value < ear.floor for value in known)
    masked = sum(call.axis.tokens[at].startswith(MASK) for at in tokens)
    return max(unsure, masked) <= ear.share * len(words)


def _is_searched(token: int, place: Searched, call: Call) -> bool:
    """Words of an unknown role may be anyone's."""
    windows = [window for window in place.windows if is_applicable(window, call)]
    return (
        (not place.roles or call.role_of(token) in {*place.roles, Role.UNKNOWN})
        and (not place.labels or call.label_of(token) in {*place.labels, None})
        and all(is_within(token, window, call) for window in windows)
        and all(token > end for end in _firsts(place, call))
    )


def _firsts(place: Searched, call: Call) -> list[int]:
    """Where the first hits of the rules end, of those that have one."""
    ends = [call.firsts[rule].end for rule in place.rules if rule in call.firsts]
    return [end for end in ends if end is not None]


def _is_cut(place: Searched, call: Call) -> bool:
    begins, ends = call.transcript.transcribed_ms
    clocks = [_clock(window, call) for window in place.windows]
    low = max(
        [0, *(low for low, _ in clocks), *(call.clock([at])[1] for at in _firsts(place, call))]
    )
    high = min([call.end_ms, *(high for _, high in clocks)])
    return low < high and (low < begins or (ends is not None and ends < high))


def _clock(window: Window, call: Call) -> tuple[Fraction | int, Fraction | int]:
    """Edges in ms; of a window in turns, those of the words in it."""
    if isinstance(window, ClockWindow) or window.unit is not Unit.TURNS:
        return edges(window, call)
    tokens = [at for at in range(len(call.axis.tokens)) if is_within(at, window, call)]
    return call.clock(tokens) if tokens and call.has_times else (0, 0)
