"""The `quality` check: whether a transcript is fit to be judged, one measure a rule."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from reviews.detection.asked import Names
from reviews.detection.conditions import Hearing
from reviews.detection.document import Section, refuse
from reviews.detection.evidence import (
    Clear,
    Evidence,
    Found,
    NotAssessable,
    Outcome,
    Reason,
    outside,
)
from reviews.detection.languages.known import is_covered
from reviews.detection.placing import over
from reviews.detection.reading import Reading
from reviews.detection.spans import NO_WORDS
from reviews.detection.speech import doubt_of
from reviews.detection.thresholds import Threshold, threshold
from reviews.detection.transcript import Role, Transcript
from reviews.detection.windows import NOT_TRANSCRIBED, Doubt

SAME_TIME_MS = 250
"""How far apart the same word may begin on two channels that carry the same sound."""
_LONGEST_S = 1_000_000.0


@dataclass(frozen=True, slots=True)
class QualityRule:
    """`threshold` is None for the measures that have none: `speakers` and `language`."""

    measure: str
    threshold: Threshold | None = None
    role: str = "any"
    """`any`, `agent` or `customer`; of the mean confidence."""
    expected: int = 0
    """Speakers; 0: as many as the source was told to expect."""
    languages: tuple[str, ...] = ()
    """Those a call should be in; `en` covers `en_us`."""


@dataclass(frozen=True, slots=True)
class _Measured:
    value: float
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class _Measure:
    """`most` is the largest bound, None where the measure has none."""

    check: Callable[[QualityRule, Reading], Outcome]
    most: float | None = None


def parse(document: Section, _names: Names) -> QualityRule:
    """Each measure takes its own keys and no other."""
    own = document.section("quality")
    name = own.choice("measure", list(MEASURES), default="")
    if not name:
        refuse(own.at("measure"), f"nothing is to be measured: write one of {', '.join(MEASURES)}")
    most = MEASURES[name].most
    roles = ["any", "agent", "customer"]
    is_language = name == "language"
    made = QualityRule(
        measure=name,
        threshold=None if most is None else threshold(own, most=most),
        role=own.choice("role", roles, default="any") if name == "mean_confidence" else "any",
        expected=own.whole("expected", default=0, least=0, most=100) if name == "speakers" else 0,
        languages=own.texts("languages", most=100, length=20) if is_language else (),
    )
    own.close()
    if is_language and not made.languages:
        refuse(own.at("languages"), "no language is allowed: write at least one, such as en")
    return made


def written(rule: QualityRule) -> dict[str, object]:
    """Only what the measure takes."""
    own: Mapping[str, dict[str, object]] = {
        "mean_confidence": {"role": rule.role},
        "speakers": {"expected": rule.expected},
        "language": {"languages": list(rule.languages)},
    }
    bounds = rule.threshold.written() if rule.threshold else {}
    return {"measure": rule.measure} | own.get(rule.measure, {}) | bounds


def check(rule: QualityRule, hearing: Hearing) -> Outcome:
    """Found where the measure is out of bounds, with its value."""
    return MEASURES[rule.measure].check(rule, hearing.reading)


def _bounded(measure: Callable[[QualityRule, Reading], _Measured | Doubt], most: float) -> _Measure:
    """A measure with a threshold of at most `most`."""

    def judged(rule: QualityRule, reading: Reading) -> Outcome:
        measured = measure(rule, reading)
        if isinstance(measured, tuple):
            return NotAssessable(*measured)
        is_broken = rule.threshold is not None and rule.threshold.is_broken(measured.value)
        return Found((measured.evidence,)) if is_broken else Clear()

    return _Measure(judged, most)


def _mean_confidence(rule: QualityRule, reading: Reading) -> _Measured | Doubt:
    call = reading.transcript
    if not call.words:
        return NO_WORDS
    if rule.role != "any" and Role.UNKNOWN in call.roles:
        return Reason.ROLES_UNKNOWN, "it is not known who of those who speak is who"
    known = [each for each in _confidences(rule, call) if each is not None]
    whole = call.analysis.confidence if rule.role == "any" else None
    value = sum(known) / len(known) if known else whole
    if value is None:
        return Reason.NO_CONFIDENCE, "none of the words that count has a confidence"
    return _Measured(value, outside("confidence", label=f"confidence {value:.2f}", score=value))


def _confidences(rule: QualityRule, call: Transcript) -> Sequence[float | None]:
    if rule.role == "any":
        return call.confidence
    spoken = zip(call.roles, pairwise(call.bounds), strict=True)
    return [
        each
        for role, (low, high) in spoken
        if role == rule.role
        for each in call.confidence[low:high]
    ]


def _language_confidence(_rule: QualityRule, reading: Reading) -> _Measured | Doubt:
    value = reading.transcript.analysis.language_confidence
    if value is None:
        return Reason.FEATURE_ABSENT, "the language was not detected, but set"
    label = f"language confidence {value:.2f}"
    return _Measured(value, outside("language_confidence", label=label, score=value))


def _duration(_rule: QualityRule, reading: Reading) -> _Measured | Doubt:
    if not reading.end_ms:
        return Reason.FACT_MISSING, "call.duration is not known for this call"
    seconds = reading.end_ms / 1000
    return _Measured(seconds, outside("audio_duration", label=f"duration {seconds:.1f} s"))


def _duplicate_channels(_rule: QualityRule, reading: Reading) -> _Measured | Doubt:
    """Percent of the words of the channel with fewer that the other has at the same time."""
    call = reading.transcript
    channels = _channels(call)
    if call.words and not channels:
        return Reason.FEATURE_ABSENT, "the channels were not transcribed apart"
    doubt = doubt_of(reading)
    if doubt:
        return doubt
    value, words = 0.0, [0]
    for one, other in combinations(channels.values(), 2):
        reading.effort.spend(len(one) + len(other))
        fewer, more = sorted((one, other), key=len)
        equal = _equal(call, fewer, more)
        if 100 * len(equal) / len(fewer) > value:
            value, words = 100 * len(equal) / len(fewer), equal
    return _Measured(value, over(words, call, label=f"equal words {value:.1f} %"))


def _channels(call: Transcript) -> Mapping[str, Sequence[int]]:
    """Channel to its words; none where a word is on no channel."""
    words: defaultdict[str, list[int]] = defaultdict(list)
    for channel, (low, high) in zip(call.channels, pairwise(call.bounds), strict=True):
        if channel is None and low < high:
            return {}
        if channel is not None and low < high:
            words[channel] += range(low, high)
    return words


def _equal(call: Transcript, fewer: Sequence[int], more: Sequence[int]) -> list[int]:
    starts: defaultdict[str, list[int]] = defaultdict(list)
    for word in more:
        starts[call.words[word].casefold()].append(call.start_ms[word])
    for each in starts.values():
        each.sort()
    return [
        word
        for word in fewer
        if _is_near(starts.get(call.words[word].casefold(), ()), call.start_ms[word])
    ]


def _is_near(starts: Sequence[int], start_ms: int) -> bool:
    at = bisect_left(starts, start_ms - SAME_TIME_MS)
    return at < len(starts) and starts[at] <= start_ms + SAME_TIME_MS


def _speakers(rule: QualityRule, reading: Reading) -> Outcome:
    """More than expected are too many whatever the rest of the call holds; fewer may not be."""
    call = reading.transcript
    expected = rule.expected or call.analysis.speakers_expected
    if not call.words:
        return NotAssessable(*NO_WORDS)
    if expected is None:
        return NotAssessable(Reason.FEATURE_ABSENT, "nobody said how many speakers to expect")
    labels = _labels(call)
    found = len(labels - {None})
    label = f"speakers {found}, expected {expected}"
    if found > expected:
        return Found((outside("speakers_expected", label=label),))
    if None in labels:
        return NotAssessable(Reason.FEATURE_ABSENT, "the speakers were not told apart")
    if found < expected and reading.untranscribed(0, reading.end_ms):
        return NotAssessable(*NOT_TRANSCRIBED)
    is_fewer = found < expected
    return Found((outside("speakers_expected", label=label),)) if is_fewer else Clear()


def _labels(call: Transcript) -> set[str | None]:
    return {
        speaker if speaker is not None else channel
        for speaker, channel, (low, high) in zip(
            call.speakers, call.channels, pairwise(call.bounds), strict=True
        )
        if low < high
    }


def _language(rule: QualityRule, reading: Reading) -> Outcome:
    call = reading.transcript
    if not call.words:
        return NotAssessable(*NO_WORDS)
    if call.language is None:
        return NotAssessable(Reason.FACT_MISSING, "the call's language is not known")
    if is_covered(rule.languages, call.language):
        return Clear()
    return Found((outside("language_code", label=f"language {call.language}"),))


MEASURES: Mapping[str, _Measure] = {
    "mean_confidence": _bounded(_mean_confidence, 1.0),
    "language_confidence": _bounded(_language_confidence, 1.0),
    "duration": _bounded(_duration, _LONGEST_S),
    "duplicate_channels": _bounded(_duplicate_channels, 100.0),
    "speakers": _Measure(_speakers),
    "language": _Measure(_language),
}
