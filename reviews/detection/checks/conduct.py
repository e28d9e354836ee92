"""The `conduct` check: how people spoke with each other, measured by the times of their words."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

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
from reviews.detection.placing import over
from reviews.detection.reading import Reading
from reviews.detection.speech import (
    Speech,
    Turn,
    begun_within,
    doubt_of,
    overlaps,
    silences,
    speech_of,
    turns,
)
from reviews.detection.thresholds import Threshold, threshold
from reviews.detection.transcript import Role
from reviews.detection.windows import NOT_TRANSCRIBED, Doubt

LARGEST = 100_000.0
_INTERRUPTIONS = "interruptions"
_HOLD = "hold_time"
_NO_ROLES: Doubt = (Reason.ROLES_UNKNOWN, "it is not known who of those who speak is who")
_NO_LABELS: Doubt = (Reason.ROLES_UNKNOWN, "the words have no speaker labels")
_NEVER_AT_ONCE: Doubt = (
    Reason.ONE_CHANNEL,
    "all is on one channel and nobody is written down as speaking at once, so it says nothing",
)
_ALONE: Doubt = (Reason.ONE_SPEAKER, "one voice alone speaks, and the measure is of two")


@dataclass(frozen=True, slots=True)
class ConductRule:
    measure: str
    threshold: Threshold
    role: str = "any"
    """`any`, `agent` or `customer`."""
    words: int = 3
    """How many an interruption has at least."""
    hold: float = 10.0
    """Seconds of silence from which on it is a hold."""


@dataclass(frozen=True, slots=True)
class _Part:
    """Words of a call and what was measured on them."""

    value: float
    words: Sequence[int]
    times_ms: tuple[int, int] | None = None
    """Where they are not those of the words."""


@dataclass(frozen=True, slots=True)
class _Measured:
    """`is_each`: every part is held to the threshold; else the value is, and all parts are why."""

    value: float
    parts: Sequence[_Part]
    is_each: bool = True


@dataclass(frozen=True, slots=True)
class _Call:
    reading: Reading
    speech: Sequence[Speech]
    rule: ConductRule

    @property
    def own(self) -> list[Speech]:
        return [each for each in self.speech if self.is_own(each)]

    def is_own(self, each: Speech | Turn) -> bool:
        return self.rule.role in ("any", each.role)


@dataclass(frozen=True, slots=True)
class _Measure:
    label: str
    unit: str
    of: Callable[[_Call], _Measured | Doubt]
    most: float = LARGEST
    needs_role: bool = False
    takes_role: bool = False
    needs_labels: bool = False
    needs_two: bool = False
    needs_overlaps: bool = False
    """Of speaking at once, which a recogniser writes down only where it hears the voices apart."""
    grows: bool = True
    """More of the call can only make it more, never less."""


def parse(document: Section, _names: Names) -> ConductRule:
    own = document.section("conduct")
    name = own.choice("measure", list(MEASURES), default="")
    if not name:
        refuse(own.at("measure"), f"nothing is to be measured: write one of {', '.join(MEASURES)}")
    measure = MEASURES[name]
    made = ConductRule(
        measure=name,
        threshold=threshold(own, most=measure.most),
        role=own.choice("role", ["any", "agent", "customer"], default="any"),
        words=own.whole("words", default=3, least=1, most=1_000) if name == _INTERRUPTIONS else 3,
        hold=own.number("hold", default=10, least=1, most=3_600) if name == _HOLD else 10.0,
    )
    own.close()
    if measure.needs_role and made.role == "any":
        refuse(own.at("role"), f"{name} is measured of one role: write agent or customer")
    if made.role != "any" and not (measure.needs_role or measure.takes_role):
        refuse(own.at("role"), f"{name} is of the whole call: write no role")
    return made


def written(rule: ConductRule) -> dict[str, object]:
    """Only what the measure takes."""
    document: dict[str, object] = {"measure": rule.measure, "role": rule.role}
    if rule.measure == _INTERRUPTIONS:
        document["words"] = rule.words
    if rule.measure == _HOLD:
        document["hold"] = rule.hold
    return document | rule.threshold.written()


def check(rule: ConductRule, hearing: Hearing) -> Outcome:
    """Found where the measure is out of bounds, on the stretches it was measured on."""
    reading, measure = hearing.reading, MEASURES[rule.measure]
    doubt = doubt_of(reading)
    if doubt:
        return NotAssessable(*doubt)
    call = _Call(reading, speech_of(reading), rule)
    measured = _doubt(call, measure) or measure.of(call)
    if isinstance(measured, tuple):
        return NotAssessable(*measured)
    return _judged(call, measure, measured)


def _doubt(call: _Call, measure: _Measure) -> Doubt | None:
    """Why the voices are not known well enough for the measure."""
    if call.rule.role != "any" and any(each.role is Role.UNKNOWN for each in call.speech):
        return _NO_ROLES
    voices = {each.voice for each in call.speech}
    if measure.needs_labels and (None, None) in voices:
        return _NO_LABELS
    if measure.needs_two and len(voices) < 2:
        return _ALONE
    return _NEVER_AT_ONCE if measure.needs_overlaps and not _can_overlap(call) else None


def _can_overlap(call: _Call) -> bool:
    """Whether the call was heard in a way that shows who speaks at once."""
    has_channels = len(set(call.reading.transcript.channels) - {None}) > 1
    return has_channels or any(
        second.start_ms < first.end_ms and second.voice != first.voice
        for first, second in pairwise(call.speech)
    )


def _judged(call: _Call, measure: _Measure, measured: _Measured) -> Outcome:
    """In a call that was transcribed in part, only what the rest cannot change is said."""
    bound = call.rule.threshold
    is_broken = bound.is_broken(measured.value)
    is_sure = measure.grows and is_broken is (bound.over is not None)
    if not is_sure and _is_clipped(call.reading):
        return NotAssessable(*NOT_TRANSCRIBED)
    if not is_broken:
        return Clear()
    return Found(tuple(_evidence(call, measure, measured)))


def _is_clipped(reading: Reading) -> bool:
    end = reading.transcript.transcribed_ms[1]
    has_no_end = end is not None and reading.transcript.duration_ms is None
    return has_no_end or reading.untranscribed(0, reading.end_ms) > 0


def _evidence(call: _Call, measure: _Measure, measured: _Measured) -> Iterator[Evidence]:
    parts = measured.parts
    if measured.is_each and call.rule.threshold.over is not None:
        parts = [each for each in parts if call.rule.threshold.is_broken(each.value)]
    elif measured.is_each:
        parts = [each for each in parts if each.value == measured.value][:1]
    if not parts:
        yield outside("words", label=_label(measure, measured.value))
    for part in parts:
        label = _label(measure, part.value if measured.is_each else measured.value)
        found = over(part.words, call.reading.transcript, label=label)
        if part.times_ms:
            found = replace(found, start_ms=part.times_ms[0], end_ms=part.times_ms[1])
        yield found


def _label(measure: _Measure, value: float) -> str:
    """Such as `silence 12.4 s`: a point, one decimal, the same in every language."""
    number = f"{value:.0f}" if not measure.unit else f"{value:.1f}"
    return f"{measure.label} {number} {measure.unit}".strip()


def _most(parts: Iterable[_Part]) -> _Measured:
    every = list(parts)
    return _Measured(max((each.value for each in every), default=0.0), every)


def _longest_silence(call: _Call) -> _Measured:
    return _most(_silences(call))


def _silences(call: _Call) -> Iterator[_Part]:
    for each in silences(call.speech, call.reading.transcript):
        times = each.start_ms, each.end_ms
        yield _Part((times[1] - times[0]) / 1000, (each.before, each.after), times)


def _hold_time(call: _Call) -> _Measured:
    holds = [each for each in _silences(call) if each.value >= call.rule.hold]
    return _Measured(sum(each.value for each in holds), holds, is_each=False)


def _longest_monologue(call: _Call) -> _Measured:
    return _most(
        _Part((turn.end_ms - turn.start_ms) / 1000, turn.words)
        for turn in turns(call.speech)
        if call.is_own(turn)
    )


def _talk_share(call: _Call) -> _Measured:
    own, every = _length_ms(call.own), _length_ms(call.speech)
    return _whole(100 * own / every if every else 0.0, call)


def _words_per_minute(call: _Call) -> _Measured | Doubt:
    length = _length_ms(call.own)
    if not length:
        return Reason.NO_TURNS, f"the {call.rule.role} says nothing that takes time"
    return _whole(60_000 * sum(len(each.words) for each in call.own) / length, call)


def _whole(value: float, call: _Call) -> _Measured:
    words = sorted(word for each in call.own for word in each.words)
    return _Measured(value, [_Part(value, words)] if words else [], is_each=False)


def _length_ms(speech: Iterable[Speech]) -> int:
    return sum(each.length_ms for each in speech)


def _longest_overtalk(call: _Call) -> _Measured:
    return _most(_overtalk(call))


def _overtalk_share(call: _Call) -> _Measured:
    parts = list(_overtalk(call))
    spoken = _union_ms(call.speech) / 1000
    value = 100 * sum(each.value for each in parts) / spoken if spoken else 0.0
    return _Measured(value, parts, is_each=False)


def _overtalk(call: _Call) -> Iterator[_Part]:
    transcript, effort = call.reading.transcript, call.reading.effort
    for each in overlaps(call.speech, transcript, effort):
        times = each.start_ms, each.end_ms
        yield _Part((times[1] - times[0]) / 1000, each.words, times)


def _union_ms(speech: Sequence[Speech]) -> int:
    """Time in which anybody speaks."""
    total, until = 0, 0
    for each in speech:
        total += max(0, each.end_ms - max(each.start_ms, until))
        until = max(until, each.end_ms)
    return total


def _interruptions(call: _Call) -> _Measured:
    """A stretch counts once, however many it breaks in on."""
    begun = {
        each.words[0]: each
        for first, each in begun_within(call.speech, call.reading.effort)
        if call.is_own(each)
        and first.start_ms < each.start_ms
        and len(each.words) >= call.rule.words
    }
    parts = [_Part(1.0, sorted(each.words)) for each in begun.values()]
    return _Measured(float(len(parts)), parts, is_each=False)


def _longest_response(call: _Call) -> _Measured | Doubt:
    parts = list(_responses(call))
    return _most(parts) if parts else _unanswered(call)


def _median_response(call: _Call) -> _Measured | Doubt:
    parts = list(_responses(call))
    if not parts:
        return _unanswered(call)
    value = median(each.value for each in parts)
    bound = call.rule.threshold
    return _Measured(value, [each for each in parts if bound.is_broken(each.value)], is_each=False)


def _unanswered(call: _Call) -> Doubt:
    return Reason.NO_TURNS, f"no turn of the {call.rule.role} follows one of the other"


def _responses(call: _Call) -> Iterator[_Part]:
    """From the last word of the other to the first of the role; 0 where that was before."""
    transcript = call.reading.transcript
    asking = Role.CUSTOMER if call.rule.role == Role.AGENT else Role.AGENT
    for other, own in pairwise(turns(call.speech)):
        if call.is_own(own) and other.role is asking:
            before = max(other.parts[-1].words, key=transcript.end_ms.__getitem__)
            times = min(other.end_ms, own.start_ms), own.start_ms
            yield _Part((times[1] - times[0]) / 1000, (before, own.parts[0].words[0]), times)


MEASURES: Mapping[str, _Measure] = {
    "talk_share": _Measure(
        "talk share", "%", _talk_share, 100, needs_role=True, needs_two=True, grows=False
    ),
    "longest_silence": _Measure("silence", "s", _longest_silence),
    "longest_monologue": _Measure(
        "monologue", "s", _longest_monologue, takes_role=True, needs_labels=True
    ),
    "longest_overtalk": _Measure(
        "overtalk", "s", _longest_overtalk, needs_labels=True, needs_two=True, needs_overlaps=True
    ),
    "overtalk_share": _Measure(
        "overtalk",
        "%",
        _overtalk_share,
        100,
        needs_labels=True,
        needs_two=True,
        needs_overlaps=True,
        grows=False,
    ),
    _INTERRUPTIONS: _Measure(
        "interruptions", "", _interruptions, needs_role=True, needs_two=True, needs_overlaps=True
    ),
    "words_per_minute": _Measure(
        "words per minute", "", _words_per_minute, takes_role=True, grows=False
    ),
    "median_response": _Measure(
        "median response", "s", _median_response, needs_role=True, needs_two=True, grows=False
    ),
    "longest_response": _Measure(
        "response", "s", _longest_response, needs_role=True, needs_two=True
    ),
    _HOLD: _Measure("hold", "s", _hold_time),
}
