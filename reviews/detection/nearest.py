"""The nearest miss: right words elsewhere, or the best partial alignment of what was required."""

from collections.abc import Sequence
from heapq import nlargest

from rapidfuzz.distance import LCSseq

from reviews.detection.evidence import NearestMiss
from reviews.detection.intervals import Stretch
from reviews.detection.language.types import (
    ByRole,
    BySpeaker,
    Either,
    Leaf,
    Span,
    Within,
)
from reviews.detection.reading import Reading
from reviews.detection.region import Region
from reviews.detection.windows import edges_ms, is_inside

_PATTERNS_TRIED = 2
_ANCHORS_TRIED = 2
_PLACES_TRIED = 6
_ALIGNED = 2
_WORDS_AT_LEAST = 2


def find_elsewhere(span: Span, region: Region, reading: Reading) -> NearestMiss | None:
    """The required words, whole, but outside the window or from another speaker."""
    stretches = [
        Stretch(first, last, ((first, last),))
        for leaf in _leaves(span)
        for first, last in reading.hits.get(leaf.key, ())
    ]
    if not stretches:
        return None
    best = min(stretches, key=lambda stretch: _remoteness(stretch, region, reading))
    return _missed(best, "role" if _is_others(best, region, reading) else "window", reading)


def find_partial(span: Span, reading: Reading) -> NearestMiss | None:
    """The stretch of one turn that holds most of a phrase's words in order, at least half."""
    is_said = reading.axis.distinct.__contains__
    phrases = [tokens for leaf in _leaves(span) for tokens in leaf.phrases]
    shares = [(sum(map(is_said, tokens)) / len(tokens), tokens) for tokens in phrases]
    ranked = sorted((each for each in shares if each[0] >= 0.5), key=lambda each: -each[0])
    best: tuple[float, Stretch, int, int] | None = None
    for _, tokens in ranked[:_PATTERNS_TRIED]:
        for place in _likeliest(tokens, reading):
            aligned = _align(tokens, place, reading)
            if aligned and (best is None or aligned[0] > best[0]):
                best = aligned
    if best is None:
        return None
    _, stretch, matched, wanted = best
    return NearestMiss(reading.evidence(stretch), matched, wanted, "words")


def _leaves(span: Span) -> list[Leaf]:
    """Leaves that alone would satisfy the span; operators that build a stretch have none."""
    match span:
        case Leaf():
            return [span]
        case ByRole(_, operand) | BySpeaker(_, operand) | Within(_, operand):
            return _leaves(operand)
        case Either(operands):
            return [leaf for each in operands for leaf in _leaves(each)]
    return []


def _is_others(stretch: Stretch, region: Region, reading: Reading) -> bool:
    is_other_role = bool(region.roles) and reading.role_of(stretch.start) not in region.roles
    is_other_label = bool(region.labels) and reading.speaker_of(stretch.start) not in region.labels
    return is_other_role or is_other_label


def _remoteness(stretch: Stretch, region: Region, reading: Reading) -> tuple[bool, int]:
    """The right speaker first, then nearest to the window in ms."""
    start_ms, end_ms = reading.times_of(stretch.start, stretch.end)
    missed = 0
    for window in region.windows:
        if not is_inside(stretch, window, reading):
            low, high = edges_ms(window, reading)
            missed += max(low - start_ms, end_ms - high, 0)
    return _is_others(stretch, region, reading), missed


def _missed(stretch: Stretch, cause: str, reading: Reading) -> NearestMiss:
    words = len(reading.words_of(stretch.start, stretch.end))
    return NearestMiss(reading.evidence(stretch), words, words, cause)


def _places(tokens: tuple[str, ...], reading: Reading) -> list[tuple[int, int]]:
    """(position on the axis, place in the phrase) of the phrase's rarest words in the call."""
    known = reading.places
    found = [(known[token], at) for at, token in enumerate(tokens) if token in known]
    rarest = sorted(found, key=lambda each: len(each[0]))[:_ANCHORS_TRIED]
    return [(place, at) for places, at in rarest for place in places[:_PLACES_TRIED]]


def _likeliest(tokens: tuple[str, ...], reading: Reading) -> list[tuple[int, int]]:
    """The places with most of the phrase's words around them; only these are aligned."""
    wanted = frozenset(tokens)
    return nlargest(
        _ALIGNED,
        _places(tokens, reading),
        key=lambda place: len(wanted.intersection(reading.placed[slice(*_around(tokens, place))])),
    )


def _around(tokens: tuple[str, ...], place: tuple[int, int]) -> tuple[int, int]:
    """Where the phrase would stand, and half its length more on both sides."""
    start, slack = place[0] - place[1], len(tokens) // 2
    return max(start - slack, 0), start + len(tokens) + slack


def _align(
    tokens: tuple[str, ...], place: tuple[int, int], reading: Reading
) -> tuple[float, Stretch, int, int] | None:
    """The longest common subsequence around one place, in one turn: (share, where, n, of m)."""
    axis = reading.axis
    turn = axis.turns[axis.kept[place[0]]]
    around = axis.kept[slice(*_around(tokens, place))]
    kept = [at for at in around if axis.turns[at] == turn]
    matched = _matched(tokens, [axis.tokens[at] for at in kept])
    if len(matched) < _WORDS_AT_LEAST or len(matched) * 2 < len(tokens):
        return None
    first, last = kept[matched[0]], kept[matched[-1]]
    marks = tuple((kept[at], kept[at]) for at in matched)
    return len(matched) / len(tokens), Stretch(first, last, marks), len(matched), len(tokens)


def _matched(tokens: Sequence[str], heard: Sequence[str]) -> list[int]:
    """Places in `heard` of the longest common subsequence."""
    blocks = LCSseq.opcodes(tokens, heard)
    return [
        at
        for block in blocks
        if block.tag == "equal"
        for at in range(block.dest_start, block.dest_end)
    ]
