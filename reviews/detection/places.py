"""Where a stretch stands: in its turn, in a question, after a rule; how sure its words are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from reviews.detection.evidence import Reason
from reviews.detection.folding import QUESTION_MARKS
from reviews.detection.intervals import Stretch
from reviews.detection.language.types import AfterRule, Confident, Place, Placed
from reviews.detection.reading import First, Reading
from reviews.detection.windows import NO_TURNS, Doubt

NO_PUNCTUATION: Doubt = (
    Reason.NO_PUNCTUATION,
    "the transcript has no punctuation, so questions cannot be told",
)
NO_CONFIDENCE: Doubt = (
    Reason.NO_CONFIDENCE,
    "the source gave no confidence for the words",
)
_ENDINGS = frozenset(".!。！।") | set(QUESTION_MARKS)
_QUESTIONS = frozenset(QUESTION_MARKS)
Standing = Placed | Confident | AfterRule


def doubt_of(span: Standing, reading: Reading) -> Doubt | None:
    """Why it cannot be told of any stretch of this call, if so."""
    match span:
        case AfterRule(rule):
            return reading.firsts.get(rule, First()).doubt
        case Placed(Place.QUESTION):
            is_punctuated = reading.transcript.is_punctuated and any(_sentences(reading).ends)
            return None if is_punctuated else NO_PUNCTUATION
        case Placed():
            return None if reading.axis.has_turns else NO_TURNS
    return None


def stands(stretch: Stretch, span: Standing, reading: Reading) -> bool | None:
    """Whether it stands there, None where that cannot be told. Only where `doubt_of` is None."""
    match span:
        case AfterRule(rule, _, is_negated):
            end = reading.firsts.get(rule, First()).end
            return (end is not None and stretch.start > end) is not is_negated
        case Confident(per_mille):
            return _is_confident(stretch, per_mille / 1000, reading)
    return _is_placed(stretch, span.place, reading)


def _is_confident(stretch: Stretch, least: float, reading: Reading) -> bool | None:
    words = (word for first, last in stretch.marks for word in reading.matched(first, last))
    sure = [reading.transcript.confidence[word] for word in words]
    if any(each is not None and each < least for each in sure):
        return False
    return None if None in sure else True


def _is_placed(stretch: Stretch, place: Place, reading: Reading) -> bool:
    turns = reading.axis.own_turns
    match place:
        case Place.TURN_START:
            first, _ = reading.turn_edges.get(turns[stretch.start], (-1, -1))
            return stretch.start <= first <= stretch.end
        case Place.TURN_END:
            _, last = reading.turn_edges.get(turns[stretch.end], (-1, -1))
            return stretch.start <= last <= stretch.end
        case Place.ONE_TURN:
            return 0 <= turns[stretch.start] == turns[stretch.end]
    sentences = _sentences(reading)
    stop = sentences.stops[stretch.start]
    return stop >= stretch.end and sentences.ends[stop] == "?"


@dataclass(frozen=True, slots=True)
class _Sentences:
    ends: Sequence[str]
    """By token: the mark that ends a sentence there, else ""."""
    stops: Sequence[int]
    """By token: the last token of its sentence, at most that of its turn."""


def _sentences(reading: Reading) -> _Sentences:
    if _Sentences not in reading.remembered:
        reading.remembered[_Sentences] = _read_sentences(reading)
    return cast("_Sentences", reading.remembered[_Sentences])


def _read_sentences(reading: Reading) -> _Sentences:
    axis, words = reading.axis, reading.transcript.words
    # A word of several tokens ends its sentence with the last of them.
    nexts = [*axis.last[1:], -1]
    ends = [
        "" if last == following else _ending(words[last])
        for last, following in zip(axis.last, nexts, strict=True)
    ]
    stops = list(range(len(ends)))
    for at in range(len(ends) - 2, -1, -1):
        if not ends[at] and axis.turns[at] == axis.turns[at + 1]:
            stops[at] = stops[at + 1]
    return _Sentences(ends, stops)


def _ending(word: str) -> str:
    """`?` where any of the marks asks; three dots are a hesitation, which ends nothing."""
    bare = word.rstrip("\"'”’)]»")
    marks = bare[len(bare.rstrip("".join(_ENDINGS))) :]
    if not _QUESTIONS.isdisjoint(marks):
        return "?"
    return marks[-1:] if not marks.endswith("..") else ""
