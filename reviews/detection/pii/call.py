"""Personal data over a whole call: a number dictated turn by turn is one span with its parts."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from operator import add

from reviews.detection.evidence import Mark
from reviews.detection.pii import source
from reviews.detection.pii.axis import Axis, axis
from reviews.detection.pii.detect import apart, find_numbers, find_on, security_codes
from reviews.detection.pii.kinds import SHORTEST
from reviews.detection.pii.numbers import Run, runs
from reviews.detection.pii.span import CallSpan, Span, is_hidden
from reviews.detection.transcript import Transcript

VERSION = "3"
"""Of what is found; rises when the same call would give other spans."""
Mask = tuple[int, int, str]
"""First and last word of an utterance (0-based, inclusive), entity."""
_ASIDE = 8
"""Words that the other speaker may say between two parts of a number."""
_TURNS_APART = 5
_EDGE = 4
"""Words between a number's part and the end or the beginning of its utterance."""


@dataclass(frozen=True, slots=True)
class _Spoken:
    """The words of a call as one text, an utterance a line; `starts` holds each word's place."""

    transcript: Transcript
    text: str
    starts: Sequence[int]

    def word_at(self, char: int) -> int:
        return bisect_right(self.starts, char) - 1

    def utterance_of(self, word: int) -> int:
        return bisect_right(self.transcript.bounds, word) - 1


def find_in_call(transcript: Transcript) -> tuple[CallSpan, ...]:
    """Every value of a known kind in the call, in order, none over another."""
    spoken = _spoken(transcript)
    seen = axis(spoken.text)
    every = runs(seen)
    spans = list(find_on(seen, every))
    for aside in _asides(spoken, seen, every):
        spans += find_numbers(_without(spoken, aside))
    ours = [
        CallSpan(span.entity, span.score, span.method, tuple(_parts(spoken, span)))
        for span in (apart(spans) if spans else ())
    ]
    return _with_the_source(transcript, spoken.text, ours)


def _with_the_source(
    transcript: Transcript, text: str, ours: Sequence[CallSpan]
) -> tuple[CallSpan, ...]:
    """Where both found something, ours stands: it says how."""
    masks = list(source.masked(transcript)) if "[" in text else []
    theirs = [*masks, *source.named(transcript, words_of(transcript, [*ours, *masks]))]
    if not theirs:
        return tuple(ours)
    return tuple(
        sorted(
            [*ours, *theirs], key=lambda span: (span.parts[0].utterance, span.parts[0].first_word)
        )
    )


def masks(transcript: Transcript) -> list[list[Mask]]:
    """What is not shown of each utterance, in order: the words of every value, and its kind."""
    made: list[list[Mask]] = [[] for _ in transcript.speakers]
    for span in find_in_call(transcript):
        for part in span.parts if is_hidden(span.entity, span.score) else ():
            made[part.utterance].append((part.first_word, part.last_word, span.entity))
    return [sorted(each) for each in made]


def words_of(transcript: Transcript, spans: Iterable[CallSpan]) -> Mapping[int, str]:
    """Index into `transcript.words` -> entity, for every word that belongs to a value."""
    return {
        transcript.bounds[part.utterance] + word: span.entity
        for span in spans
        for part in span.parts
        for word in range(part.first_word, part.last_word + 1)
    }


def security_code_words(transcript: Transcript) -> tuple[int, ...]:
    """Indexes into `transcript.words` of card security codes and PINs, in order."""
    spoken = _spoken(transcript)
    places = (
        (spoken.word_at(start), spoken.word_at(end - 1))
        for start, end in security_codes(spoken.text)
    )
    return tuple(word for first, last in places for word in range(first, last + 1))


def _spoken(transcript: Transcript) -> _Spoken:
    words, bounds = transcript.words, transcript.bounds
    lines = (" ".join(words[a:b]) for a, b in pairwise(bounds) if b > a)
    starts = list(map(add, accumulate(map(len, words), initial=0), range(len(words))))
    return _Spoken(transcript, "\n".join(lines), starts)


def _asides(spoken: _Spoken, seen: Axis, every: Sequence[Run]) -> list[frozenset[int]]:
    """For each speaker whose numbers are cut by another's words: the utterances that cut them."""
    transcript = spoken.transcript
    if len(set(transcript.speakers)) < 2 or sum(len(run.digits) for run in every) < SHORTEST:
        return []
    cut: dict[str | None, set[int]] = {}
    for left, right in _broken(spoken, _edges(spoken, seen, every)):
        speaker = transcript.speakers[left]
        others = [u for u in range(left + 1, right) if transcript.speakers[u] != speaker]
        if others and all(_length(transcript, u) <= _ASIDE for u in others):
            cut.setdefault(speaker, set()).update(others)
    return [frozenset(others) for others in cut.values()]


def _edges(spoken: _Spoken, seen: Axis, every: Sequence[Run]) -> Iterator[tuple[int, bool, bool]]:
    """Utterances that hold digits, and whether near their beginning, and near their end."""
    bounds = spoken.transcript.bounds
    for run in every:
        for chunk in run.chunks:
            start, _ = seen.bounds(chunk.first, chunk.last)
            word = spoken.word_at(start)
            utterance = spoken.utterance_of(word)
            is_near_end = bounds[utterance + 1] - word <= _EDGE + len(chunk.digits)
            yield utterance, word - bounds[utterance] <= _EDGE, is_near_end


def _broken(spoken: _Spoken, edges: Iterable[tuple[int, bool, bool]]) -> Iterator[tuple[int, int]]:
    """Pairs of utterances of one speaker: a number ends the first and begins the second."""
    speakers = spoken.transcript.speakers
    ending: dict[str | None, int] = {}
    for utterance, is_near_start, is_near_end in edges:
        left = ending.get(speakers[utterance])
        if left is not None and is_near_start and left < utterance <= left + _TURNS_APART:
            yield left, utterance
        if is_near_end:
            ending[speakers[utterance]] = utterance


def _length(transcript: Transcript, utterance: int) -> int:
    return transcript.bounds[utterance + 1] - transcript.bounds[utterance]


def _without(spoken: _Spoken, aside: frozenset[int]) -> str:
    """The text with those utterances blank, every other character in its place."""
    bounds, words = spoken.transcript.bounds, spoken.transcript.words
    kept, at = [], 0
    for utterance in sorted(aside):
        if _length(spoken.transcript, utterance):
            last = bounds[utterance + 1] - 1
            start = spoken.starts[bounds[utterance]]
            end = spoken.starts[last] + len(words[last])
            kept += [spoken.text[at:start], " " * (end - start)]
            at = end
    return "".join([*kept, spoken.text[at:]])


def _parts(spoken: _Spoken, span: Span) -> Iterator[Mark]:
    """The span's words by utterance, without what another speaker only put in."""
    transcript = spoken.transcript
    first, last = spoken.word_at(span.start), spoken.word_at(span.end - 1)
    begins = spoken.utterance_of(first)
    for utterance in range(begins, spoken.utterance_of(last) + 1):
        low = max(first, transcript.bounds[utterance])
        high = min(last, transcript.bounds[utterance + 1] - 1)
        is_own = transcript.speakers[utterance] == transcript.speakers[begins]
        if low <= high and (is_own or _holds_digits(transcript.words[low : high + 1])):
            base = transcript.bounds[utterance]
            yield Mark(utterance, low - base, high - base)


def _holds_digits(words: Sequence[str]) -> bool:
    return bool(runs(axis(" ".join(words))))
