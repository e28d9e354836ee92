"""Where in the call something lies that is known by its time, or by its words: as evidence."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reviews.detection.evidence import Evidence, Mark
from reviews.detection.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Timed:
    """What is said of a stretch of the file: times in ms, a label, a score of 0..1."""

    start_ms: int
    end_ms: int
    label: str
    score: float | None = None


def placed(timed: Timed, transcript: Transcript, utterances: Iterable[int]) -> Iterator[Evidence]:
    """One for each of the utterances that has words in the time; the whole call if none has."""
    is_placed = False
    for utterance in utterances:
        words = _words_in(timed, transcript, utterance)
        if words:
            is_placed = True
            yield _evidence(timed, transcript, utterance, words)
    if not is_placed and transcript.words:
        yield _whole(timed, transcript)


def over(words: Iterable[int], transcript: Transcript, *, label: str) -> Evidence:
    """Of words by index, not none: from the first to the last, each marked."""
    return marked(tuple(_marks(words, transcript)), transcript, label=label)


def marked(
    marks: tuple[Mark, ...], transcript: Transcript, *, label: str, score: float | None = None
) -> Evidence:
    """From the first mark to the last, said by who said the first."""
    first, last = marks[0], marks[-1]
    return Evidence(
        utterance=first.utterance,
        last_utterance=last.utterance,
        first_word=first.first_word,
        last_word=last.last_word,
        speaker=transcript.speakers[first.utterance],
        role=transcript.roles[first.utterance].value,
        start_ms=transcript.start_ms[transcript.bounds[first.utterance] + first.first_word],
        end_ms=transcript.end_ms[transcript.bounds[last.utterance] + last.last_word],
        label=label,
        score=score,
        marks=marks,
    )


def _marks(words: Iterable[int], transcript: Transcript) -> Iterator[Mark]:
    """Neighbours in one utterance as one."""
    bounds = transcript.bounds
    first, last, stop = -1, -1, -1
    for word in words:
        if word != last + 1 or word >= stop:
            if first >= 0:
                yield _mark(first, last, bounds)
            first, stop = word, bounds[bisect_right(bounds, word)]
        last = word
    if first >= 0:
        yield _mark(first, last, bounds)


def _mark(first: int, last: int, bounds: tuple[int, ...]) -> Mark:
    utterance = bisect_right(bounds, first) - 1
    return Mark(utterance, first - bounds[utterance], last - bounds[utterance])


def _words_in(timed: Timed, transcript: Transcript, utterance: int) -> range:
    """Words of an utterance that overlap the time."""
    low, high = transcript.bounds[utterance], transcript.bounds[utterance + 1]
    first = bisect_right(transcript.end_ms, timed.start_ms, low, high)
    last = bisect_left(transcript.start_ms, timed.end_ms, low, high)
    return range(first, last)


def _evidence(timed: Timed, transcript: Transcript, utterance: int, words: range) -> Evidence:
    low = transcript.bounds[utterance]
    return Evidence(
        utterance=utterance,
        last_utterance=utterance,
        first_word=words[0] - low,
        last_word=words[-1] - low,
        speaker=transcript.speakers[utterance],
        role=transcript.roles[utterance].value,
        start_ms=transcript.start_ms[words[0]],
        end_ms=transcript.end_ms[words[-1]],
        label=timed.label,
        score=timed.score,
    )


def _whole(timed: Timed, transcript: Transcript) -> Evidence:
    """The whole call as the place, for a time that holds no word."""
    bounds = transcript.bounds
    spoken = [u for u in range(transcript.utterances) if bounds[u] < bounds[u + 1]]
    last = spoken[-1]
    return Evidence(
        utterance=spoken[0],
        last_utterance=last,
        first_word=0,
        last_word=bounds[last + 1] - bounds[last] - 1,
        speaker=None,
        role="unknown",
        start_ms=timed.start_ms,
        end_ms=timed.end_ms,
        label=timed.label,
        score=timed.score,
    )
