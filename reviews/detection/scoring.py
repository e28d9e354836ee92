"""Results and the score: derived once, from what was heard, and explained part by part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from reviews.detection.evidence import Asked, Found, NotAssessable, Outcome
from reviews.detection.rubric import (
    GRAVEST_FIRST,
    NotAssessablePolicy,
    Rubric,
    Rule,
    Severity,
    ViolationWhen,
)


class Result(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    NOT_ASSESSABLE = "not_assessable"
    NOT_APPLICABLE = "not_applicable"
    ASKED = "asked"
    """A person is to answer it."""
    ANSWERED = "answered"
    """A person did, for a share of the points. The machine never gives this one."""


_JUDGED = (Result.FAILED, Result.ANSWERED)
NOBODY_ANSWERED: Mapping[str, float] = {}


class Verdict(StrEnum):
    """The call as a whole."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_ASSESSABLE = "not_assessable"


@dataclass(frozen=True, slots=True)
class Part:
    """One rule's contribution: `earned` of `possible` points, which sum to 100 over all parts.

    `left_out` says why a rule is out of the score: `not_applicable`, `not_assessable`, `asked`,
    `no_weight`, or nothing.
    """

    rule: str
    section: str
    result: Result
    weight: float
    possible: float
    earned: float
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """`percent` 0..100, None where no rule could be counted: then the call is not assessable,
    unless a rule failed it at once."""

    percent: float | None
    pass_mark: float
    verdict: Verdict
    auto_failed_by: tuple[str, ...]
    parts: tuple[Part, ...]


def result_of(rule: Rule, outcome: Outcome | None) -> Result:
    """What an outcome means for a rule; None stands for a rule that does not apply."""
    if outcome is None:
        return Result.NOT_APPLICABLE
    if isinstance(outcome, NotAssessable):
        return Result.NOT_ASSESSABLE
    if isinstance(outcome, Asked):
        return Result.ASKED
    is_bad = isinstance(outcome, Found) is (rule.violation_when is ViolationWhen.FOUND)
    return Result.FAILED if is_bad else Result.PASSED


def score(
    rubric: Rubric, results: Sequence[Result], shares: Mapping[str, float] = NOBODY_ANSWERED
) -> Score:
    """The weighted share of the rules that count, section by section; `results` in rubric order.

    `shares`: by code, what the answered ones, and those upheld in part, earn of their points, 0..1.
    Raises KeyError where one
    that is answered has none.
    """
    pairs = list(zip(rubric.rules, results, strict=True))
    earned = [_earned(rule, result, shares) for rule, result in pairs]
    weights = {"": 1.0} | {each.code: each.weight for each in rubric.sections}
    left_out = [_left_out(rubric, weights, rule, result) for rule, result in pairs]
    possible = _possible(rubric.rules, left_out, weights)
    parts = tuple(map(_part, pairs, left_out, possible, earned))
    auto_failed = tuple(
        rule.code
        for (rule, result), share in zip(pairs, earned, strict=True)
        if rule.auto_fail and not share and result in _JUDGED
    )
    percent = min(sum(part.earned for part in parts), 100.0) if "" in left_out else None
    verdict = Verdict.FAILED if auto_failed else _verdict(percent, rubric.pass_mark)
    return Score(percent, rubric.pass_mark, verdict, auto_failed, parts)


def _verdict(percent: float | None, pass_mark: float) -> Verdict:
    if percent is None:
        return Verdict.NOT_ASSESSABLE
    # Shares of a hundred add up to a hair less than they should.
    return Verdict.PASSED if round(percent, 6) >= pass_mark else Verdict.FAILED


def _possible(
    rules: Sequence[Rule], left_out: Sequence[str], weights: Mapping[str, float]
) -> list[float]:
    """Points that each rule can earn: the section's share of 100 by rule weight, or none."""
    in_section: dict[str, float] = {}
    for rule, why in zip(rules, left_out, strict=True):
        if not why:
            in_section[rule.section] = in_section.get(rule.section, 0) + rule.weight
    total = sum(weights[code] for code in in_section)
    return [
        0.0 if why else 100 * weights[rule.section] / total * rule.weight / in_section[rule.section]
        for rule, why in zip(rules, left_out, strict=True)
    ]


def _earned(rule: Rule, result: Result, shares: Mapping[str, float]) -> float:
    """Of what it can earn, 0..1; a failed one earns only where it was upheld in part."""
    if result is Result.ANSWERED:
        return shares[rule.code]
    return shares.get(rule.code, 0.0) if result is Result.FAILED else float(result is Result.PASSED)


def kept_share(severity: Severity, lowered_to: Severity) -> float:
    """What a rule earns whose finding was upheld as less grave than it says.

    Severities count 4, 3, 2, 1, 0 from the gravest: high (3) upheld as low (1) earns two thirds.
    """
    last = len(GRAVEST_FIRST) - 1
    full = last - GRAVEST_FIRST.index(severity)
    return 1 - (last - GRAVEST_FIRST.index(lowered_to)) / full if full else 0.0


def _part(judged: tuple[Rule, Result], left_out: str, points: float, share: float) -> Part:
    rule, result = judged
    return Part(rule.code, rule.section, result, rule.weight, points, points * share, left_out)


def _left_out(rubric: Rubric, weights: Mapping[str, float], rule: Rule, result: Result) -> str:
    if result in (Result.NOT_APPLICABLE, Result.ASKED):
        return result.value
    is_excluded = rubric.not_assessable is NotAssessablePolicy.EXCLUDED
    if result is Result.NOT_ASSESSABLE and is_excluded:
        return "not_assessable"
    return "" if rule.weight and weights[rule.section] else "no_weight"
