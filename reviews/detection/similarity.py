"""Texts read near-verbatim: where most of their words were said in order, by alignment.

The score of a stretch is the length of the longest common subsequence of words, over the words of
the text; a stretch is one speaker's, and at most twice as long as the text.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from reviews.detection.alignment import Heard, aligned
from reviews.detection.intervals import Stretch
from reviews.detection.language.types import Similar
from reviews.detection.reading import Reading

_WORD = 3
"""The effort of a word that is compared, where a pair of times is one."""
_Scored = tuple[int, int, int]
"""Matched words, first and last place on the axis' placed tokens."""


def find(text: Similar, reading: Reading) -> list[Stretch]:
    """Where the text was said near enough; of stretches that share a word the best one."""
    return reading.once(text.key, lambda: _find(text, reading))


def _find(text: Similar, reading: Reading) -> list[Stretch]:
    tokens = text.tokens_in(reading.axis.language.code)
    needed = -(-text.percent * len(tokens) // 100)
    if sum(map(reading.axis.distinct.__contains__, tokens)) < needed:
        return []
    heard = Heard(tokens)
    scored = [
        each
        for low, high in _runs(reading)
        for start in _likely(tokens, reading.axis.placed[low:high], needed)
        for each in _scored(heard, reading, low + start, high, needed)
    ]
    return sorted(_stretch(each, tokens, reading) for each in _best(scored))


def _runs(reading: Reading) -> Iterator[tuple[int, int]]:
    """Where one speaker's words stand together among the placed tokens."""
    turns = map(reading.axis.turns.__getitem__, reading.axis.kept)
    for _, run in groupby(enumerate(turns), key=itemgetter(1)):
        places = [at for at, _ in run]
        yield places[0], places[-1] + 1


def _likely(text: Sequence[str], spoken: Sequence[str], needed: int) -> Iterator[int]:
    """Places of a word of the text from which enough of its words are within reach."""
    wanted = Counter(text)
    reach = 2 * len(text)
    within: Counter[str] = Counter()
    common = 0
    ahead = 0
    for at, token in enumerate(spoken):
        while ahead < min(at + reach, len(spoken)):
            common += _enters(spoken[ahead], within, wanted)
            ahead += 1
        if common < needed and ahead == len(spoken):
            return
        if common >= needed and token in wanted:
            yield at
        common -= _leaves(token, within, wanted)


def _enters(token: str, within: Counter[str], wanted: Counter[str]) -> int:
    if token not in wanted:
        return 0
    within[token] += 1
    return int(within[token] <= wanted[token])


def _leaves(token: str, within: Counter[str], wanted: Counter[str]) -> int:
    if token not in wanted:
        return 0
    within[token] -= 1
    return int(within[token] < wanted[token])


def _scored(
    heard: Heard, reading: Reading, start: int, high: int, needed: int
) -> Iterator[_Scored]:
    """From one place, the shortest stretch of each score that is enough."""
    heard.forget()
    matched, spoken = 0, reading.axis.placed
    stop = min(start + 2 * heard.length, high)
    reading.effort.spend(_WORD * (stop - start))
    for at in range(start, stop):
        if heard.hears(spoken[at]):
            matched += 1
            if matched >= needed:
                yield matched, start, at


def _best(scored: Iterable[_Scored]) -> list[_Scored]:
    """The best first, then the shortest, then the first; none that shares a word with a better."""
    chosen: list[_Scored] = []
    taken: set[int] = set()
    for each in sorted(scored, key=lambda s: (-s[0], s[2] - s[1], s[1])):
        places = range(each[1], each[2] + 1)
        if taken.isdisjoint(places):
            taken.update(places)
            chosen.append(each)
    return chosen


def _stretch(scored: _Scored, text: Sequence[str], reading: Reading) -> Stretch:
    matched, first, last = scored
    kept = reading.axis.kept[first : last + 1]
    places = aligned(text, reading.axis.placed[first : last + 1])
    runs = groupby(enumerate(places), key=lambda each: each[1] - each[0])
    neighbours = [[at for _, at in run] for _, run in runs]
    marks = tuple((kept[run[0]], kept[run[-1]]) for run in neighbours)
    return Stretch(kept[0], kept[-1], marks, matched / len(text))
