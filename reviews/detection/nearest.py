"""The nearest miss: right words elsewhere, or the best partial alignment of what was required."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from rapidfuzz.distance import LCSseq

from reviews.detection import similarity
from reviews.detection.evidence import NearestMiss
from reviews.detection.intervals import Stretch
from reviews.detection.language.types import (
    AfterRule,
    ByRole,
    BySpeaker,
    Confident,
    Either,
    Leaf,
    Placed,
    Similar,
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
_SHARE_AT_LEAST = 0.5
_Ranked = tuple[float, tuple[str, ...]]
"""Share of a phrase's words that were said, and the phrase."""


@dataclass(frozen=True, slots=True)
class _Alignment:
    """Where words of a phrase stand in order, `wanted` in all."""

    places: tuple[int, ...]
    """Tokens of the axis, ascending."""
    wanted: int

    @property
    def share(self) -> float:
        return len(self.places) / self.wanted


def heard_anywhere(span: Span, reading: Reading) -> list[Stretch]:
    """Where the required words were said whole, inside the region or not."""
    return [stretch for leaf in _leaves(span) for stretch in _said(leaf, reading)]


def _said(leaf: Leaf | Similar, reading: Reading) -> list[Stretch]:
    if isinstance(leaf, Similar):
        return similarity.find(leaf, reading)
    return [
        Stretch(first, last, ((first, last),)) for first, last in reading.hits.get(leaf.key, ())
    ]


def closest(stretches: Sequence[Stretch], region: Region, reading: Reading) -> NearestMiss:
    """Of the required words, said outside the window or by another speaker, the nearest."""
    best = min(stretches, key=lambda stretch: _remoteness(stretch, region, reading))
    return _missed(best, _cause(best, region, reading), reading)


def _cause(stretch: Stretch, region: Region, reading: Reading) -> str:
    if _is_others(stretch, region, reading):
        return "role"
    is_in = all(is_inside(stretch, window, reading) for window in region.windows)
    return "place" if is_in else "window"


def find_partial(span: Span, reading: Reading) -> NearestMiss | None:
    """The stretch of one turn that holds most of a phrase's words in order, at least half."""
    best: _Alignment | None = None
    for share, tokens in _ranked(span, reading):
        if best is None or share > best.share:
            best = _aligned(tokens, reading, best)
    if best is None:
        return None
    marks = tuple((at, at) for at in best.places)
    stretch = Stretch(best.places[0], best.places[-1], marks)
    return NearestMiss(reading.evidence(stretch), len(marks), best.wanted, "words")


def _ranked(span: Span, reading: Reading) -> list[_Ranked]:
    """The phrases with the largest share of words that were said at all, and that share."""
    is_said = reading.axis.distinct.__contains__
    language = reading.axis.language.code
    phrases = (tokens for leaf in _leaves(span) for tokens in _phrases(leaf, language))
    shares = ((sum(map(is_said, tokens)) / len(tokens), tokens) for tokens in phrases)
    likely = [each for each in _until_whole(shares) if each[0] >= _SHARE_AT_LEAST]
    return sorted(likely, key=itemgetter(0), reverse=True)[:_PATTERNS_TRIED]


def _until_whole(shares: Iterable[_Ranked]) -> Iterator[_Ranked]:
    """No share exceeds a whole one: a long list need not be read to its end."""
    whole = 0
    for each in shares:
        yield each
        whole += each[0] == 1
        if whole == _PATTERNS_TRIED:
            return


def _phrases(leaf: Leaf | Similar, language: str) -> Sequence[tuple[str, ...]]:
    if isinstance(leaf, Similar):
        return (leaf.tokens_in(language),)
    return leaf.phrases_in(language)


def _leaves(span: Span) -> list[Leaf | Similar]:
    """Leaves that alone would satisfy the span; operators that build a stretch have none."""
    while isinstance(span, ByRole | BySpeaker | Within | Placed | Confident | AfterRule):
        span = span.operand
    if isinstance(span, Leaf | Similar):
        return [span]
    if isinstance(span, Either):
        return [leaf for each in span.operands for leaf in _leaves(each)]
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
    known = reading.axis.places
    found = [(known[token], at) for at, token in enumerate(tokens) if token in known]
    rarest = sorted(found, key=lambda each: len(each[0]))[:_ANCHORS_TRIED]
    return [(place, at) for places, at in rarest for place in places[:_PLACES_TRIED]]


def _likeliest(tokens: tuple[str, ...], reading: Reading) -> list[tuple[int, tuple[int, int]]]:
    """The places with most of the phrase's words around them, and how many different ones."""
    wanted, placed = frozenset(tokens), reading.axis.placed
    counted = [
        (len(wanted.intersection(placed[_around(tokens, place)])), place)
        for place in _places(tokens, reading)
    ]
    return sorted(counted, key=itemgetter(0), reverse=True)[:_ALIGNED]


def _around(tokens: tuple[str, ...], place: tuple[int, int]) -> slice:
    """Where the phrase would stand, and half its length more on both sides."""
    start, slack = place[0] - place[1], len(tokens) // 2
    return slice(max(start - slack, 0), start + len(tokens) + slack)


def _aligned(
    tokens: tuple[str, ...], reading: Reading, best: _Alignment | None
) -> _Alignment | None:
    """The best alignment of the phrase where it is better than `best`, else `best`."""
    different = len(frozenset(tokens))
    for common, place in _likeliest(tokens, reading):
        # No alignment holds a word that is not around: most places are done with here.
        most = len(tokens) - (different - common)
        if _is_enough(most, tokens) and (best is None or most / len(tokens) > best.share):
            found = _align(tokens, place, reading)
            if found and (best is None or found.share > best.share):
                best = found
    return best


def _is_enough(matched: int, tokens: tuple[str, ...]) -> bool:
    return matched >= _WORDS_AT_LEAST and matched >= _SHARE_AT_LEAST * len(tokens)


def _align(tokens: tuple[str, ...], place: tuple[int, int], reading: Reading) -> _Alignment | None:
    """The longest common subsequence around one place, in one turn."""
    axis = reading.axis
    turns, around = axis.turns, axis.kept[_around(tokens, place)]
    turn = turns[axis.kept[place[0]]]
    kept = [at for at in around if turns[at] == turn]
    matched = _matched(tokens, [axis.tokens[at] for at in kept])
    if not _is_enough(len(matched), tokens):
        return None
    return _Alignment(tuple(kept[at] for at in matched), len(tokens))


def _matched(tokens: Sequence[str], heard: Sequence[str]) -> list[int]:
    """Places in `heard` of the longest common subsequence."""
    blocks = LCSseq.opcodes(tokens, heard)
    return [
        at
        for block in blocks
        if block.tag == "equal"
        for at in range(block.dest_start, block.dest_end)
    ]
