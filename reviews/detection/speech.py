"""Who spoke when: a call's words as stretches of speech, the silences, turns and overlaps."""

from bisect import insort
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import sub

from reviews.detection.effort import Effort
from reviews.detection.evidence import Reason
from reviews.detection.reading import Reading
from reviews.detection.spans import NO_WORDS
from reviews.detection.transcript import Role, Timing, Transcript
from reviews.detection.windows import Doubt

PAUSE_MS = 1_000
"""So long without a word is a silence; anything shorter is how people speak."""
BREAK_MS = 5_000
"""A silence that long ends a turn, though nobody else spoke."""
_WORDS = 50
_TURNS = 3
"""So many words that are equally long, or breaks between utterances, are no chance."""
Voice = Role | tuple[str | None, str | None]
"""The role where it is known, else the label and the channel."""
_NO_TIMES: Doubt = (Reason.NO_TIMES, "a word has no time, so nothing can be measured")
_EVEN_TIMES: Doubt = (
    Reason.NO_TIMES,
    "the times are made up: all words are equally long, as nobody speaks",
)

_ESTIMATED: Mapping[Timing, Doubt] = {
    Timing.INTERPOLATED: (
        Reason.NO_TIMES,
        "the times of some words are estimated, so pauses and overlaps cannot be measured",
    ),
    Timing.CUE: (
        Reason.NO_TIMES,
        "the words' times are estimated from captions, so nothing can be measured",
    ),
}


@dataclass(frozen=True, slots=True)
class Speech:
    """What a voice says without a pause, within one utterance; times in ms."""

    voice: Voice
    role: Role
    start_ms: int
    end_ms: int
    words: Sequence[int]
    """Indexes into the transcript's words, never empty."""
    is_aside: bool = False
    """Fillers alone, such as `mm-hm`, said while another has the turn."""

    @property
    def length_ms(self) -> int:
        return self.end_ms - self.start_ms


@dataclass(frozen=True, slots=True)
class Silence:
    """Between two words, by index."""

    start_ms: int
    end_ms: int
    before: int
    after: int


@dataclass(slots=True)
class Turn:
    """What a voice says until another speaks or all are silent for long."""

    voice: Voice
    role: Role
    start_ms: int
    end_ms: int
    parts: list[Speech] = field(default_factory=list)

    @property
    def words(self) -> list[int]:
        return [word for each in self.parts for word in each.words]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two or more voices at once; `words` are theirs in it, ascending."""

    start_ms: int
    end_ms: int
    words: Sequence[int]


def doubt_of(reading: Reading) -> Doubt | None:
    """Why nothing can be measured: no words, no times, or times that nobody measured."""
    return reading.once("times", lambda: _doubt(reading.transcript))


def _doubt(transcript: Transcript) -> Doubt | None:
    starts, ends = transcript.start_ms, transcript.end_ms
    if not transcript.words:
        return NO_WORDS
    if min(starts) < 0 or min(ends) < 0:
        return _NO_TIMES
    if transcript.timing in _ESTIMATED:
        return _ESTIMATED[transcript.timing]
    return _EVEN_TIMES if is_even(transcript) else None


def is_even(call: Transcript) -> bool:
    """Every word as long as the next, as no recording has it: a typed text that was given times.

    A few words may be so by chance, and are taken for it where their pauses are even, too.
    """
    starts, lengths = call.start_ms, set(map(sub, call.end_ms, call.start_ms))
    if len(lengths) > 1 or len(starts) == 1:
        return False
    steps = list(map(sub, starts[1:], starts))
    turns = {low for low, high in pairwise(call.bounds) if 0 < low < high}
    within = {step for at, step in enumerate(steps, 1) if at not in turns}
    between = {steps[at - 1] for at in turns}
    is_regular = len(turns) >= _TURNS and len(within) <= 1 and len(between) == 1
    return len(starts) >= _WORDS or is_regular or within | between == lengths


def speech_of(reading: Reading) -> Sequence[Speech]:
    """By start; worked out once a call. Only where `doubt_of` is None."""
    return reading.once("speech", lambda: sorted(_speech(reading), key=lambda one: one.start_ms))


def _speech(reading: Reading) -> Iterator[Speech]:
    call, asides = reading.transcript, _asides(reading)
    for at, (low, high) in enumerate(pairwise(call.bounds)):
        role = call.roles[at]
        is_known = role in (Role.AGENT, Role.CUSTOMER)
        voice = role if is_known else (call.speakers[at], call.channels[at])
        for words in _unbroken(call, low, high):
            end_ms = max(map(call.end_ms.__getitem__, words))
            yield Speech(voice, role, call.start_ms[words[0]], end_ms, words, at in asides)


def _asides(reading: Reading) -> set[int]:
    axis = reading.axis
    return {reading.utterance_of(axis.first[token]) for token in axis.asides}


def _unbroken(call: Transcript, low: int, high: int) -> Iterator[Sequence[int]]:
    """The words of an utterance by start, cut at every pause."""
    starts, ends = call.start_ms[low:high], call.end_ms[low:high]
    if list(starts) != sorted(starts):
        yield from _unsorted(call, sorted(range(low, high), key=call.start_ms.__getitem__))
        return
    if high - low and max(map(sub, starts[1:], ends), default=0) < PAUSE_MS:
        yield range(low, high)
        return
    begin = low
    for at, (end, start) in enumerate(zip(ends, starts[1:], strict=False), low + 1):
        if start - end >= PAUSE_MS:
            yield range(begin, at)
            begin = at
    if begin < high:
        yield range(begin, high)


def _unsorted(call: Transcript, words: list[int]) -> Iterator[Sequence[int]]:
    begin, end_ms = 0, call.end_ms[words[0]]
    for at, word in enumerate(words):
        if call.start_ms[word] - end_ms >= PAUSE_MS:
            yield words[begin:at]
            begin = at
        end_ms = max(end_ms, call.end_ms[word])
    yield words[begin:]


def silences(speech: Sequence[Speech], call: Transcript) -> Iterator[Silence]:
    """Between the first word and the last; ringing before and hanging up after are none."""
    last = speech[0]
    for each in speech:
        if each.start_ms - last.end_ms >= PAUSE_MS:
            before = max(last.words, key=call.end_ms.__getitem__)
            yield Silence(last.end_ms, each.start_ms, before, each.words[0])
        if each.end_ms >= last.end_ms:
            last = each


def turns(speech: Sequence[Speech]) -> list[Turn]:
    """What is uttered aside is in none, and ends none."""
    made: list[Turn] = []
    for each in speech:
        if each.is_aside:
            continue
        last = made[-1] if made else None
        if last is None or last.voice != each.voice or each.start_ms - last.end_ms >= BREAK_MS:
            last = Turn(each.voice, each.role, each.start_ms, each.end_ms)
            made.append(last)
        last.parts.append(each)
        last.end_ms = max(last.end_ms, each.end_ms)
    return made


def overlaps(speech: Sequence[Speech], call: Transcript, effort: Effort) -> list[Overlap]:
    """Where voices speak at once, asides left out, in order. Raises TooMuchEffort."""
    made: list[tuple[int, int, set[int]]] = []
    for start, end, both in sorted(_pairs(speech, effort), key=lambda each: each[:2]):
        words = _within(both, call, start, end)
        if made and start <= made[-1][1]:
            first, last, said = made.pop()
            start, end, words = first, max(last, end), said | words
        made.append((start, end, words))
    return [Overlap(start, end, sorted(words)) for start, end, words in made]


def _pairs(
    speech: Sequence[Speech], effort: Effort
) -> Iterator[tuple[int, int, tuple[Speech, Speech]]]:
    for first, second in begun_within(speech, effort):
        if second.length_ms:  # words without length are over nothing
            yield second.start_ms, min(first.end_ms, second.end_ms), (first, second)


def begun_within(speech: Sequence[Speech], effort: Effort) -> Iterator[tuple[Speech, Speech]]:
    """Pairs of one who speaks and another who begins meanwhile. Raises TooMuchEffort."""
    speaking: list[Speech] = []
    for each in speech:
        if each.is_aside:
            continue
        speaking = [one for one in speaking if one.end_ms > each.start_ms]
        effort.spend(len(speaking))
        yield from ((one, each) for one in speaking if one.voice != each.voice)
        if each.length_ms:
            insort(speaking, each, key=lambda one: one.end_ms)


def _within(both: Sequence[Speech], call: Transcript, start: int, end: int) -> set[int]:
    """The words of that time; where none takes any, those that the stretches begin with."""
    words = {
        word
        for each in both
        for word in each.words
        if call.start_ms[word] < end and call.end_ms[word] > start
    }
    return words or {each.words[0] for each in both}
