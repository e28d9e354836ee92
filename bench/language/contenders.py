"""Ours as contenders: reading a call, matching phrases on it, the whole check with evidence."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from bench.language.timing import Prepare
from reviews.detection.engine import Compiled, evaluate
from reviews.detection.evidence import Found
from reviews.detection.language.phrase import leaf
from reviews.detection.matcher import Hits, Matcher
from reviews.detection.normalize import Axis, read_axis
from reviews.detection.transcript import Transcript

Places = set[tuple[int, int, int]]
"""(call, phrase, its first word in the call)."""


@dataclass(frozen=True, slots=True)
class Contender:
    name: str
    prepare: Prepare
    found: Places | None
    """None: it says which phrases occur, and not where."""
    note: str


def ours(transcripts: Sequence[Transcript], phrases: Sequence[str]) -> list[Contender]:
    leaves = [leaf([phrase], shown=phrase) for phrase in phrases]
    matcher = Matcher(leaves)
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    for number, each in enumerate(leaves):
        numbers[each.key].append(number)
    axes = [read_axis(each) for each in transcripts]
    found = {
        (call, number, axis.first[first])
        for call, axis in enumerate(axes)
        for key, hits in matcher.find(axis).items()
        for first, _ in hits
        for number in numbers[key]
    }
    return [
        Contender("verbatim: find on a read axis", finding(matcher, axes), found, "words known"),
        Contender(
            "verbatim: read the axis, find", _both(matcher, transcripts), found, "from words"
        ),
    ]


def reading(transcripts: Sequence[Transcript]) -> Prepare:
    return lambda: [partial(read_axis, each) for each in transcripts]


def finding(matcher: Matcher, axes: Sequence[Axis]) -> Prepare:
    """On axes that nobody has looked at yet: an axis remembers what was asked of it."""
    return lambda: [partial(matcher.find, replace(axis)) for axis in axes]


def checking(compiled: Compiled, transcripts: Sequence[Transcript]) -> Prepare:
    return lambda: [partial(evaluate, each, compiled) for each in transcripts]


def evidence(compiled: Compiled, transcripts: Sequence[Transcript]) -> int:
    """Of all rules on all calls, so that nobody is quick for finding nothing."""
    outcomes = [
        result.outcome for each in transcripts for result in evaluate(each, compiled).results
    ]
    return sum(len(outcome.evidence) for outcome in outcomes if isinstance(outcome, Found))


def _both(matcher: Matcher, transcripts: Sequence[Transcript]) -> Prepare:
    def work(transcript: Transcript) -> Hits:
        return matcher.find(read_axis(transcript))

    return lambda: [partial(work, each) for each in transcripts]
