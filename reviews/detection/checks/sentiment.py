"""The `sentiment` check: how somebody felt as the source heard it, in a row or over the call."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from reviews.detection.analysis import Sentence
from reviews.detection.asked import Names
from reviews.detection.conditions import Hearing
from reviews.detection.document import Section, refuse
from reviews.detection.evidence import Clear, Evidence, Found, NotAssessable, Outcome, Reason
from reviews.detection.placing import Timed, placed
from reviews.detection.reading import Reading
from reviews.detection.spans import NO_WORDS
from reviews.detection.transcript import Role
from reviews.detection.windows import NOT_TRANSCRIBED, Doubt

_SENSES = {"positive": 1, "neutral": 0, "negative": -1}
_THIRDS = {"whole": (0.0, 1.0), "first_third": (0.0, 1 / 3), "last_third": (2 / 3, 1.0)}
_SHARE = re.compile(r"(first|last) ([1-9]\d?|100)%")
_NO_TIMES: Doubt = (
    Reason.NO_TIMES,
    "a sentence that may count has no time, or the words have none",
)
_NO_ROLE: Doubt = (Reason.ROLES_UNKNOWN, "it is not known who said a sentence that may count")
_NO_CONFIDENCE: Doubt = (Reason.NO_CONFIDENCE, "a sentence that may count has no confidence")
_NO_SENSE: Doubt = (Reason.FEATURE_UNAVAILABLE, "a sentence came without its sentiment")
_NO_MEAN: Doubt = (
    Reason.NO_WORDS,
    "in the first or the last third nothing was said whose sentiment is sure enough",
)


@dataclass(frozen=True, slots=True)
class SentimentRule:
    """`run` sentences of the role in a row, in the window; or a `swing` between its thirds.

    `minimum_confidence` is 0..1, `swing` 0..2, 0 where it is not asked.
    """

    role: str = "any"
    """`any`, `agent` or `customer`."""
    polarity: str = "negative"
    minimum_confidence: float = 0.5
    run: int = 1
    window: str = "whole"
    """Or `first_third`, `last_third`, `first 20%`, `last 30%`."""
    swing: float = 0.0


@dataclass(frozen=True, slots=True)
class _Heard:
    """A sentence that may be the role's; `counts` None: that cannot be told, for its `doubt`."""

    sentence: Sentence
    counts: bool | None
    doubt: Doubt | None = None
    is_own: bool = True
    """False: it is not known who said it."""


def parse(document: Section, _names: Names) -> SentimentRule:
    own = document.section("sentiment")
    made = SentimentRule(
        role=own.choice("role", ["any", "agent", "customer"], default="any"),
        polarity=own.choice("polarity", list(_SENSES), default="negative"),
        minimum_confidence=own.number("minimum_confidence", default=0.5, least=0, most=1),
        run=own.whole("run", default=1, least=1, most=1_000),
        window=own.choice("window", _windows(own), default="whole"),
        swing=own.number("swing", default=0, least=0, most=2),
    )
    own.close()
    if made.swing and (made.polarity == "neutral" or (made.run, made.window) != (1, "whole")):
        refuse(own.at("swing"), "a swing is to positive or negative: leave out run and window")
    return made


def _windows(own: Section) -> list[str]:
    """The names, and a share as it is written."""
    written = own.data.get("window")
    is_share = isinstance(written, str) and _SHARE.fullmatch(written)
    return [*_THIRDS, str(written)] if is_share else [*_THIRDS, "first 20%", "last 30%"]


def check(rule: SentimentRule, hearing: Hearing) -> Outcome:
    """Found on the sentences that stand in such a row, or on those that the mood swung to."""
    reading = hearing.reading
    doubt = _unheard(reading)
    if doubt:
        return NotAssessable(*doubt)
    places = _Places(reading)
    if rule.swing:
        return _swing(rule, reading, places)
    low, high = _edges(rule.window, reading.end_ms)
    heard = list(_heard(rule, places, low, high))
    runs = list(_runs(heard, rule.run))
    if runs:
        sentences = [each.sentence for run in runs for each in run]
        return Found(tuple(places.evidence(sentences, rule.polarity)))
    possible = next(_runs(heard, rule.run, is_wide=True), None)
    if possible:
        return NotAssessable(*next((each.doubt for each in possible if each.doubt), _NO_ROLE))
    if reading.untranscribed(low, high):
        return NotAssessable(*NOT_TRANSCRIBED)
    return Clear()


def _unheard(reading: Reading) -> Doubt | None:
    sentiment = reading.transcript.analysis.sentiment
    if sentiment is None:
        return Reason.FEATURE_ABSENT, "sentiment was not asked for"
    if not sentiment.is_available:
        return Reason.FEATURE_UNAVAILABLE, "sentiment failed at the source"
    if not reading.transcript.words:
        return NO_WORDS
    if not sentiment.sentences:
        return Reason.FEATURE_UNAVAILABLE, "sentiment came back without any sentence"
    return None if reading.has_times else _NO_TIMES


def _edges(window: str, end_ms: int) -> tuple[int, int]:
    share = _SHARE.fullmatch(window)
    if not share:
        first, last = _THIRDS[window]
    elif share[1] == "first":
        first, last = 0.0, int(share[2]) / 100
    else:
        first, last = 1 - int(share[2]) / 100, 1.0
    return round(first * end_ms), round(last * end_ms)


def _heard(rule: SentimentRule, places: "_Places", low: int, high: int) -> Iterator[_Heard]:
    """The sentences of the role, and those that may be, which lie in the window or may."""
    for sentence in places.sentences:
        role = places.role_of(sentence) if rule.role != "any" else rule.role
        is_own = role == rule.role
        if places.is_outside(sentence, low, high) or not (is_own or role is Role.UNKNOWN):
            continue
        counts, doubt = _counts(rule, sentence)
        if counts and not is_own:
            counts, doubt = None, _NO_ROLE
        yield _Heard(sentence, counts, doubt, is_own)


def _counts(rule: SentimentRule, sentence: Sentence) -> tuple[bool | None, Doubt | None]:
    if sentence.polarity and sentence.polarity != rule.polarity:
        return False, None
    if sentence.confidence is not None and sentence.confidence < rule.minimum_confidence:
        return False, None
    doubt = _doubt(rule, sentence)
    return (None, doubt) if doubt else (True, None)


def _doubt(rule: SentimentRule, sentence: Sentence) -> Doubt | None:
    if not sentence.polarity:
        return _NO_SENSE
    if sentence.confidence is None and rule.minimum_confidence:
        return _NO_CONFIDENCE
    return _NO_TIMES if sentence.start_ms < 0 else None


def _runs(heard: Sequence[_Heard], least: int, *, is_wide: bool = False) -> Iterator[list[_Heard]]:
    """Each longest row of at least that many; `is_wide` also takes what may count."""
    run: list[_Heard] = []
    for each in heard:
        if each.counts or (is_wide and each.counts is None):
            run.append(each)
        elif not is_wide or each.is_own:  # else: perhaps another's, and no break
            if len(run) >= least:
                yield run
            run = []
    if len(run) >= least:
        yield run


def _swing(rule: SentimentRule, reading: Reading, places: "_Places") -> Outcome:
    """Mean of the last third less that of the first, +1 being positive and -1 negative."""
    thirds = [_edges(name, reading.end_ms) for name in ("first_third", "last_third")]
    if any(reading.untranscribed(*edges) for edges in thirds):
        return NotAssessable(*NOT_TRANSCRIBED)
    first, last = (list(_heard(rule, places, *edges)) for edges in thirds)
    doubt = next((doubt for each in (*first, *last) if (doubt := _mean_doubt(rule, each))), None)
    before, after = _sure(rule, first), _sure(rule, last)
    if doubt or not before or not after:
        return NotAssessable(*(doubt or _NO_MEAN))
    change = round(_mean(after) - _mean(before), 6)
    if change * _SENSES[rule.polarity] < rule.swing:
        return Clear()
    to = [each for each in after if each.polarity == rule.polarity]
    return Found(tuple(places.evidence(to or after, f"swing {change:+.2f}")))


def _mean_doubt(rule: SentimentRule, each: _Heard) -> Doubt | None:
    return _doubt(rule, each.sentence) or (None if each.is_own else _NO_ROLE)


def _sure(rule: SentimentRule, third: Sequence[_Heard]) -> list[Sentence]:
    least = rule.minimum_confidence
    return [each.sentence for each in third if (each.sentence.confidence or 0.0) >= least]


def _mean(sentences: Sequence[Sentence]) -> float:
    return sum(_SENSES[each.polarity] for each in sentences) / len(sentences)


class _Places:
    """Whose a sentence is and where it stands: by its speaker, else by its time."""

    def __init__(self, reading: Reading) -> None:
        transcript = self._transcript = reading.transcript
        self._end_ms = reading.end_ms
        self._effort = reading.effort
        sentiment = transcript.analysis.sentiment
        given = sentiment.sentences if sentiment else ()
        has_times = all(each.start_ms >= 0 for each in given)
        self.sentences = sorted(given, key=lambda each: each.start_ms) if has_times else given
        self._roles: dict[str | None, set[Role]] = {}
        voices = list(zip(transcript.speakers, transcript.channels, strict=True))
        for labels, role in zip(voices, transcript.roles, strict=True):
            for label in labels:
                self._roles.setdefault(label, set()).add(role)
        self._voices = voices
        spans = sorted(
            (transcript.start_ms[low], max(transcript.end_ms[low:high]), at)
            for at, (low, high) in enumerate(pairwise(transcript.bounds))
            if low < high
        )
        self._spans = spans
        self._starts = [start for start, _, _ in spans]
        self._until = list(accumulate((end for _, end, _ in spans), max))

    def is_outside(self, sentence: Sentence, low: int, high: int) -> bool:
        """Some of it lies out of the window; never for the part of it behind the call's end."""
        start, end = (min(each, self._end_ms) for each in (sentence.start_ms, sentence.end_ms))
        return start >= 0 and not low <= start <= end <= high

    def role_of(self, sentence: Sentence) -> Role:
        """Unknown where its speaker, and else those who speak in its time, have several."""
        roles = self._roles.get(sentence.speaker) if sentence.speaker else None
        if not roles or len(roles) > 1:
            roles = {self._transcript.roles[at] for at in self._utterances(sentence)}
        return next(iter(roles)) if len(roles) == 1 else Role.UNKNOWN

    def evidence(self, sentences: Sequence[Sentence], label: str) -> Iterator[Evidence]:
        for each in sentences:
            timed = Timed(each.start_ms, each.end_ms, label, each.confidence)
            yield from placed(timed, self._transcript, self._utterances(each))

    def _utterances(self, sentence: Sentence) -> list[int]:
        """Those of its time; its speaker's alone where one is. Raises TooMuchEffort."""
        start, end = sentence.start_ms, sentence.end_ms
        first, stop = bisect_right(self._until, start), bisect_left(self._starts, end)
        self._effort.spend(max(0, stop - first))
        within = sorted(at for _, last, at in self._spans[first:stop] if last > start)
        own = [at for at in within if sentence.speaker in self._voices[at]]
        return own or within
