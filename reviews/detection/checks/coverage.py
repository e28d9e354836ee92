"""The `coverage` check: topics that a call must come to, how many, in which order, how long."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple, cast

from reviews.detection.asked import Names, QueryRule
from reviews.detection.conditions import Hearing, State, Unheard, Verdict, judge, proof
from reviews.detection.document import Section, check_unique, refuse
from reviews.detection.evidence import (
    Absence,
    Clear,
    Evidence,
    Found,
    NearestMiss,
    NotAssessable,
    Outcome,
)
from reviews.detection.intervals import Stretch
from reviews.detection.language.types import SPANS, Span
from reviews.detection.region import absence_of, region_of, widest
from reviews.detection.spans import NO_WORDS
from reviews.detection.windows import NO_TIMES, NOT_TRANSCRIBED, Doubt

TOPICS_AT_MOST = 200
_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Topic:
    code: str
    title: str
    query: QueryRule
    minimum_seconds: float = 0.0

    @property
    def span(self) -> Span:
        return cast("Span", self.query.condition)


@dataclass(frozen=True, slots=True)
class CoverageRule:
    """At least so many of the topics; `in_order`: each behind the one listed before it."""

    topics: tuple[Topic, ...]
    at_least: int
    in_order: bool = False


def parse(document: Section, names: Names) -> CoverageRule:
    own = document.section("coverage")
    topics = tuple(_topic(each, names) for each in own.sections("topics", most=TOPICS_AT_MOST))
    if not topics:
        refuse(own.at("topics"), "there is no topic: write at least one")
    check_unique(own.at("topics"), [topic.code for topic in topics])
    made = CoverageRule(
        topics=topics,
        at_least=own.whole("at_least", default=len(topics), least=1, most=len(topics)),
        in_order=own.yes_no("in_order"),
    )
    own.close()
    return made


def _topic(document: Section, names: Names) -> Topic:
    code = document.text("code", most=100)
    made = Topic(
        code=code,
        title=document.text("title", default=code),
        query=names.query(document, "query"),
        minimum_seconds=document.number("minimum_seconds", default=0, least=0, most=_DAY_S),
    )
    if not isinstance(made.query.condition, SPANS):
        message = "a topic has a place in the call: write words to hear, without AND, NOT or COUNT"
        refuse(document.at("query"), message)
    document.close()
    return made


def written(rule: CoverageRule) -> Mapping[str, object]:
    topics = [
        {
            "code": topic.code,
            "title": topic.title,
            "query": topic.query.text,
            "minimum_seconds": topic.minimum_seconds,
        }
        for topic in rule.topics
    ]
    return {"topics": topics, "at_least": rule.at_least, "in_order": rule.in_order}


def queries(rule: CoverageRule) -> Iterator[tuple[str, QueryRule]]:
    for at, topic in enumerate(rule.topics):
        yield f"coverage.topics[{at}].query", topic.query


def check(rule: CoverageRule, hearing: Hearing) -> Outcome:
    """Found with one place for each topic that counts, or clear with a proof for each that lacks.

    Unknown topics may count or not: only where that decides is the rule not assessable. Raises
    TooMuchEffort.
    """
    if not hearing.reading.axis.tokens:
        return NotAssessable(*NO_WORDS)
    return _Covered(rule, hearing, _heard(rule, hearing)).outcome()


@dataclass(frozen=True, slots=True)
class _Heard:
    """A topic on a call; `doubt`: it may be covered, though what was heard does not show it."""

    topic: Topic
    verdict: Verdict
    is_too_short: bool = False
    doubt: Doubt | None = None

    @property
    def stretches(self) -> Sequence[Stretch]:
        """Where the topic is come to; nowhere where it does not count."""
        return () if self.is_too_short or self.doubt else self.verdict.stretches


class _Step(NamedTuple):
    """A topic by its place in the list, and where it is come to."""

    topic: int
    stretch: Stretch


def _heard(rule: CoverageRule, hearing: Hearing) -> list[_Heard]:
    judged = [
        judge(topic.span, hearing, is_absence_asked=hearing.is_absence_asked)
        for topic in rule.topics
    ]
    times, doubt = _times_ms(judged, hearing), next((e.doubt for e in judged if e.doubt), None)
    return [
        _timed(
            _Heard(topic, verdict, doubt=verdict.doubt),
            times[at] if times else None,
            doubt,
            hearing,
        )
        for at, (topic, verdict) in enumerate(zip(rule.topics, judged, strict=True))
    ]


def _times_ms(judged: Sequence[Verdict], hearing: Hearing) -> list[int] | None:
    """How long each topic lasts: from each of its places to the next place of any topic, and
    from the last place of all to the call's last word. None where a place has no time.
    """
    reading, times = hearing.reading, [0] * len(judged)
    places = sorted(
        (reading.times_of(each.start, each.end)[0], at)
        for at, verdict in enumerate(judged)
        for each in verdict.stretches
    )
    if places and places[0][0] < 0:
        return None
    last = max(reading.transcript.end_ms)
    for (start, at), (following, _) in pairwise([*places, (last, 0)]):
        times[at] += max(following - start, 0)
    return times


def _timed(heard: _Heard, time_ms: int | None, others: Doubt | None, hearing: Hearing) -> _Heard:
    """Whether the topic lasts long enough; `others`: topics that may take time from it."""
    least = round(heard.topic.minimum_seconds * 1000)
    if not least or heard.verdict.state is not State.FOUND:
        return heard
    if time_ms is None:
        return replace(heard, doubt=NO_TIMES)
    if time_ms >= least:
        return replace(heard, doubt=others)
    return replace(heard, is_too_short=True, doubt=_more(heard, hearing) or _unheard(hearing))


def _more(heard: _Heard, hearing: Hearing) -> Doubt | None:
    """Why the topic may be come to at other places as well."""
    return hearing.matches(heard.topic.span).doubt


def _unheard(hearing: Hearing) -> Doubt | None:
    reading = hearing.reading
    return NOT_TRANSCRIBED if reading.untranscribed(0, reading.end_ms) else None


@dataclass(frozen=True, slots=True)
class _Covered:
    rule: CoverageRule
    hearing: Hearing
    heard: Sequence[_Heard]

    def outcome(self) -> Outcome:
        steps = self.steps([each.stretches for each in self.heard])
        if len(steps) >= self.rule.at_least:
            surely = [[s for s in each.stretches if not s.is_unsure] for each in self.heard]
            is_unsure = len(self.steps(surely)) < self.rule.at_least
            return Found(tuple(map(self.evidence, steps)), is_unsure=is_unsure)
        counted = {step.topic for step in steps}
        left = [each for at, each in enumerate(self.heard) if at not in counted]
        doubts = [doubt for doubt in map(self.doubt, left) if doubt]
        if len(steps) + len(doubts) >= self.rule.at_least:
            return NotAssessable(*doubts[0], tuple(map(self.evidence, steps)))
        return Clear(self.proof(left))

    def steps(self, stretches: Sequence[Sequence[Stretch]]) -> list[_Step]:
        if self.rule.in_order:
            return _in_order(stretches)
        firsts = [_Step(at, each[0]) for at, each in enumerate(stretches) if each]
        return sorted(firsts, key=lambda step: (step.stretch[:2], step.topic))

    def evidence(self, step: _Step) -> Evidence:
        return self.labelled(self.heard[step.topic], step.stretch)

    def labelled(self, heard: _Heard, stretch: Stretch) -> Evidence:
        return replace(self.hearing.reading.evidence(stretch), label=heard.topic.code)

    def doubt(self, heard: _Heard) -> Doubt | None:
        """Why a topic that is not counted may count after all."""
        is_misplaced = self.rule.in_order and heard.stretches
        return heard.doubt or (_more(heard, self.hearing) if is_misplaced else None)

    def proof(self, missing: Sequence[_Heard]) -> Absence:
        """What was searched for all of them, for each, and what came nearest to any."""
        region = widest([region_of(each.topic.span) for each in missing])
        whole = absence_of(region, self.hearing.reading, floor=self.hearing.floor)
        parts = tuple(map(self.part, missing))
        near = [part.nearest for part in parts if part.nearest]
        return replace(
            whole,
            nearest=max(near, key=lambda each: each.matched / each.wanted, default=None),
            missing=tuple(each.topic.code for each in missing),
            parts=parts,
        )

    def part(self, heard: _Heard) -> Absence:
        span, verdict = heard.topic.span, heard.verdict
        unheard = verdict.unheard or Unheard(span, region_of(span))
        absence = proof(unheard, self.hearing)
        is_elsewhere = verdict.stretches and not heard.doubt
        nearest = self.misplaced(heard) if is_elsewhere else absence.nearest
        if nearest is not None:
            evidence = replace(nearest.evidence, label=heard.topic.code)
            nearest = replace(nearest, evidence=evidence)
        return replace(absence, nearest=nearest, missing=(heard.topic.code,))

    def misplaced(self, heard: _Heard) -> NearestMiss:
        """The topic was come to, too briefly or not in its turn."""
        evidence = self.labelled(heard, heard.verdict.stretches[0])
        words = len(self.hearing.reading.words_of(*heard.verdict.stretches[0][:2]))
        return NearestMiss(evidence, words, words, "time" if heard.is_too_short else "order")


class _Way(NamedTuple):
    """Steps in order, the last of them first, that end at this token."""

    end: int
    last: _Step | None = None
    before: "_Way | None" = None


def _in_order(stretches: Sequence[Sequence[Stretch]]) -> list[_Step]:
    """The most topics, each beginning behind the one before; of equal ways that ending first.

    Worked like the longest rising sequence: for each number of steps the way that ends first.
    """
    ways = [_Way(-1)]
    for topic, places in enumerate(stretches):
        starts = [place.start for place in places]
        for length in reversed(range(len(ways))):
            at = bisect_right(starts, ways[length].end)
            if at == len(places):
                continue
            longer = _Way(places[at].end, _Step(topic, places[at]), ways[length])
            if length + 1 == len(ways):
                ways.append(longer)
            elif longer.end < ways[length + 1].end:
                ways[length + 1] = longer
    return list(_steps_of(ways[-1]))[::-1]


def _steps_of(way: _Way | None) -> Iterator[_Step]:
    while way is not None and way.last is not None:
        yield way.last
        way = way.before
