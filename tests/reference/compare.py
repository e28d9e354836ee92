"""The fast evaluation and the reference on one case, side by side."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from reviews.detection import conditions, matcher, normalize
from reviews.detection.language.types import leaves_of
from reviews.detection.reading import Reading
from tests.reference.call import Call
from tests.reference.cases import Case, random_case
from tests.reference.verdict import Ear, Verdict, verdict


@dataclass(frozen=True, slots=True)
class Disagreement:
    case: Case
    fast: Verdict
    slow: Verdict

    def __str__(self) -> str:
        return f"{self.case}\n  fast: {self.fast}\n  slow: {self.slow}"


def seeded(count: int, seed: int) -> Iterator[Case]:
    random = Random(seed)
    return (random_case(random) for _ in range(count))


def disagreements(count: int, seed: int) -> Iterator[Disagreement]:
    for case in seeded(count, seed):
        quick, right = fast(case), slow(case)
        if quick != right:
            yield Disagreement(case, quick, right)


def fast(case: Case) -> Verdict:
    """By the modules' own names, so that a test may put a fault in the place of any of them."""
    axis = normalize.read_axis(case.transcript)
    hits = matcher.Matcher(leaves_of(case.condition)).find(axis)
    reading = Reading(case.transcript, axis, hits, firsts=case.firsts)
    hearing = conditions.Hearing(reading, case.floor, case.share)
    found = conditions.judge(case.condition, hearing, is_absence_asked=case.is_asked)
    places = frozenset((stretch.start, stretch.end) for stretch in found.stretches)
    return Verdict(found.state.name.lower(), places, is_unsure=found.is_unsure)


def slow(case: Case) -> Verdict:
    call = Call(case.transcript, normalize.read_axis(case.transcript), case.firsts)
    return verdict(case.condition, Ear(call, case.floor, case.share, case.is_asked))
