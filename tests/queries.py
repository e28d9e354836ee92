"""Random typed queries with every construct of the language, as the parser would build them."""

from collections.abc import Callable, Sequence
from typing import cast

from hypothesis import strategies as st

from reviews.detection.language.phrase import leaf
from reviews.detection.language.similar import similar
from reviews.detection.language.types import (
    SPANS,
    AfterRule,
    And,
    ByRole,
    BySpeaker,
    Chain,
    ClockWindow,
    Condition,
    Confident,
    Count,
    Distance,
    EdgeWindow,
    Either,
    FactBetween,
    FactIs,
    Near,
    Nested,
    Nesting,
    NextTurn,
    Not,
    NotNear,
    Or,
    Place,
    Placed,
    SameTurn,
    Span,
    Unit,
    Within,
)
from reviews.detection.transcript import Role

LISTS = {
    "fees": leaf(["card fee", "[late] charge*"], shown="{fees}"),
    "a list's name": leaf(["I promise"], shown="{a list's name}"),
}
RULES = frozenset({"identity", "notice.2"})
_CODES = sorted(RULES)
_ROLES = (Role.AGENT, Role.CUSTOMER, Role.OTHER)
_Spans = st.SearchStrategy[Span]
_Inner = Callable[[], Span]
_Maker = Callable[[st.DrawFn, _Inner], Span]
_TERMS = (
    *("refund", "refund*", "*able", "refun?", "30", "24/7", "$1,200.50", "can't", "co-pay", "uh"),
    *("agent", "near", "rule", "<number>", "<digits 16>", "<masked PERSON_NAME>", "<profanity>"),
)
_PHRASES = (
    *("this call is being recorded", "we (guarantee|promise) [you] a return", "cancel *3 account"),
    *(
        "your * account",
        "fee of <money>",
        "OR",
        "suite#one",
        "no no",
        "a \\(b\\) c\\?",
        "<percent>",
    ),
    *("35 dollars AND a NEAR/5", "it's  the customer's"),
)
_SIMILAR = ('~"this call may be recorded for training" 85%', "~“you owe nothing” 100%")
_FACTS: tuple[Condition, ...] = (
    FactIs("kind", "=", "live"),
    FactIs("direction", "!=", "outbound"),
    FactIs("queue", "=", "loss team"),
    FactIs("region", "=", "north"),
    FactIs("duration", ">=", 90_000),
    FactIs("first_contact", "=", value=True),
    FactBetween("local_time", 480, 1_260, is_inside=False),
    FactBetween("local_time", 1_320, 360, is_inside=True),
)
_ATOMS: _Spans = st.one_of(
    st.sampled_from([leaf([text], shown=text) for text in _TERMS]),
    st.sampled_from([leaf([text], shown=f'"{text}"') for text in _PHRASES]),
    st.sampled_from([similar(text) for text in _SIMILAR]),
    st.sampled_from(list(LISTS.values())),
)
_DISTANCES = st.one_of(
    st.builds(Distance, st.integers(0, 1_000), st.just(Unit.WORDS)),
    st.builds(Distance, st.integers(0, 3_600), st.just(Unit.SECONDS)),
    st.builds(Distance, st.integers(0, 500), st.just(Unit.TURNS)),
)
_WINDOWS = st.one_of(
    st.builds(EdgeWindow, st.booleans(), st.integers(0, 3_600), st.just(Unit.SECONDS)),
    st.builds(EdgeWindow, st.booleans(), st.integers(1, 100), st.just(Unit.PERCENT)),
    st.builds(EdgeWindow, st.booleans(), st.integers(1, 500), st.just(Unit.TURNS)),
    st.tuples(st.integers(0, 9_000), st.integers(1, 9_000)).map(
        lambda pair: ClockWindow(pair[0] * 1000, sum(pair) * 1000)
    ),
)
_COMPARISONS = st.sampled_from([">=", ">", "<=", "<", "=", "!="])


def _span(draw: st.DrawFn, depth: int, makers: "Sequence[_Maker | None]") -> Span:
    """Scopes do not stand in each other: two different ones are refused."""
    make = draw(st.sampled_from(makers)) if depth else None
    if make is None:
        return draw(_ATOMS)
    inner = _UNSCOPED if make in _SCOPED else makers
    return make(draw, lambda: _span(draw, depth - 1, inner))


def _either(draw: st.DrawFn, inner: _Inner) -> Span:
    return Either(tuple(inner() for _ in range(draw(st.integers(2, 3)))))


def _chain(draw: st.DrawFn, inner: _Inner) -> Span:
    distances = draw(st.lists(st.one_of(st.none(), _DISTANCES), min_size=1, max_size=3))
    return Chain(tuple(inner() for _ in (*distances, None)), tuple(distances))


def _by_speaker(draw: st.DrawFn, inner: _Inner) -> Span:
    return BySpeaker(draw(st.sampled_from(["A", "1 B", "Ann-Lee"])), inner())


_SCOPED: tuple[_Maker, ...] = (
    lambda draw, inner: ByRole(draw(st.sampled_from(_ROLES)), inner()),
    _by_speaker,
)
_UNSCOPED: tuple[_Maker | None, ...] = (
    None,
    _either,
    _chain,
    lambda _, inner: SameTurn(inner(), inner()),
    lambda _, inner: NextTurn(inner(), inner()),
    lambda draw, inner: Near(inner(), inner(), draw(_DISTANCES)),
    lambda draw, inner: NotNear(inner(), inner(), draw(_DISTANCES), draw(st.booleans())),
    lambda draw, inner: Nested(inner(), inner(), draw(st.sampled_from(Nesting))),
    lambda draw, inner: Within(draw(_WINDOWS), inner()),
    lambda draw, inner: Placed(draw(st.sampled_from(Place)), inner()),
    lambda draw, inner: Confident(draw(st.integers(0, 1_000)), inner()),
    lambda draw, inner: AfterRule(draw(st.sampled_from(_CODES)), inner(), draw(st.booleans())),
)
_MAKERS = (*_UNSCOPED, *_SCOPED, *_SCOPED)


@st.composite
def queries(draw: st.DrawFn, depth: int = 2) -> Condition:
    """AST of whole queries, which name LISTS and RULES."""
    return _condition(draw, depth)


def _condition(draw: st.DrawFn, depth: int) -> Condition:
    kind = draw(st.sampled_from(("span", "count", "fact", "and", "or", "not")[: 6 if depth else 3]))
    match kind:
        case "and":
            return And(_some(draw, depth))
        case "or":
            return _any_of(_some(draw, depth))
        case "not":
            return Not(_condition(draw, depth - 1))
        case "fact":
            return draw(st.sampled_from(_FACTS))
        case "count":
            return _count(draw)
    return _span(draw, 3, _MAKERS)


def _some(draw: st.DrawFn, depth: int) -> tuple[Condition, ...]:
    return tuple(_condition(draw, depth - 1) for _ in range(draw(st.integers(2, 3))))


def _count(draw: st.DrawFn) -> Count:
    comparison, number = draw(_COMPARISONS), draw(st.integers(0, 999))
    # Neither always true nor always false.
    least = int(comparison in (">=", "<"))
    return Count(_span(draw, 2, _MAKERS), comparison, max(number, least))


def _any_of(operands: tuple[Condition, ...]) -> Condition:
    """OR of spans is itself a span."""
    if all(isinstance(each, SPANS) for each in operands):
        return Either(cast("tuple[Span, ...]", operands))
    return Or(operands)
