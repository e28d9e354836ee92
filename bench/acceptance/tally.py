"""How often a rule was right, and whether it pointed at the right turn."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.acceptance.truth import Case
from reviews.detection.engine import Compiled, evaluate
from reviews.detection.evidence import Evidence, Found, Outcome


@dataclass(frozen=True, slots=True)
class Judged:
    """One rule on one call: what is true, what was found, and whether it was found in its place."""

    agent: str
    is_free: bool
    """Some turns of the agent are worded freely."""
    is_true: bool
    is_found: bool
    is_placed: bool = False
    is_unknown: bool = False
    """Found where nobody wrote down what is true: in freely worded turns alone."""


@dataclass(frozen=True, slots=True)
class Tally:
    right: int
    wrong: int
    missed: int
    placed: int
    unknown: int

    @property
    def precision(self) -> float:
        return _share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float:
        return _share(self.right, self.right + self.missed)

    @property
    def place(self) -> float:
        return _share(self.placed, self.right)


@dataclass(frozen=True, slots=True)
class Worst:
    """The lowest figure of any agent, and whose it is."""

    figure: float
    agent: str


def judge(cases: Iterable[Case], compiled: Compiled) -> dict[str, list[Judged]]:
    """Every rule that the truth answers -> one judgement a call."""
    judged: dict[str, list[Judged]] = {}
    for case in cases:
        for result in evaluate(case.transcript, compiled).results:
            if result.rule in case.answers:
                judged.setdefault(result.rule, []).append(
                    _judged(case, case.answers[result.rule], result.outcome)
                )
    return judged


def tally(judged: Iterable[Judged]) -> Tally:
    known = [each for each in judged if not each.is_unknown]
    right = [each for each in known if each.is_found and each.is_true]
    return Tally(
        right=len(right),
        wrong=sum(each.is_found and not each.is_true for each in known),
        missed=sum(each.is_true and not each.is_found for each in known),
        placed=sum(each.is_placed for each in right),
        unknown=sum(each.is_unknown for each in judged),
    )


def left_out(judged: Sequence[Judged], figure: str) -> Worst:
    """The lowest `precision` or `recall` of the others' calls with one agent's left out."""
    agents = sorted({each.agent for each in judged})
    if len(agents) < 2:
        return Worst(getattr(tally(judged), figure), "")
    rests = ((agent, [each for each in judged if each.agent != agent]) for agent in agents)
    return min((Worst(getattr(tally(rest), figure), agent) for agent, rest in rests), key=_figure)


def own(judged: Sequence[Judged], figure: str) -> Worst:
    """The lowest `precision` or `recall` of an agent's own calls."""
    agents = sorted({each.agent for each in judged})
    alone = ((agent, [each for each in judged if each.agent == agent]) for agent in agents)
    return min((Worst(getattr(tally(calls), figure), agent) for agent, calls in alone), key=_figure)


def _figure(worst: Worst) -> float:
    return worst.figure


def _judged(case: Case, places: frozenset[int], outcome: Outcome | None) -> Judged:
    evidence = outcome.evidence if isinstance(outcome, Found) else ()
    return Judged(
        agent=case.agent,
        is_free=bool(case.free),
        is_true=bool(places),
        is_found=isinstance(outcome, Found),
        is_placed=any(_turn(each) in places for each in evidence),
        is_unknown=not places and bool(evidence) and all(_turn(e) in case.free for e in evidence),
    )


def _turn(evidence: Evidence) -> int:
    """The utterance an evidence lies in, -1 where it runs over several."""
    return evidence.utterance if evidence.utterance == evidence.last_utterance else -1


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
