"""Results and the score: derived once, from what was heard, and explained part by part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from reviews.detection.evidence import Found, NotAssessable, Outcome
from reviews.detection.rubric import NotAssessablePolicy, Rubric, Rule, ViolationWhen


class Result(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    NOT_ASSESSABLE = "not_assessable"
    NOT_APPLICABLE = "not_applicable"


class Verdict(StrEnum):
    """The call as a whole."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_ASSESSABLE = "not_assessable"


@dataclass(frozen=True, slots=True)
class Part:
    """One rule's contribution: `earned` of `possible` points, which sum to 100 over all parts.

    `left_out` says why a rule is out of the score: `not_applicable`, `not_assessable`,
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
    is_bad = isinstance(outcome, Found) is (rule.violation_when is ViolationWhen.FOUND)
    return Result.FAILED if is_bad else Result.PASSED


def score(rubric: Rubric, results: Sequence[Result]) -> Score:
    """The weighted share of the rules that count, section by section; `results` in rubric order."""
    pairs = list(zip(rubric.rules, results, strict=True))
    weights = {"": 1.0} | {each.code: each.weight for each in rubric.sections}
    left_out = [_left_out(rubric, weights, rule, result) for rule, result in pairs]
    possible = _possible(rubric.rules, left_out, weights)
    parts = tuple(map(_part, rubric.rules, results, left_out, possible))
    auto_failed = tuple(
        rule.code for rule, result in pairs if rule.auto_fail and result is Result.FAILED
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


def _part(rule: Rule, result: Result, left_out: str, points: float) -> Part:
    earned = points if result is Result.PASSED else 0.0
    return Part(rule.code, rule.section, result, rule.weight, points, earned, left_out)


def _left_out(rubric: Rubric, weights: Mapping[str, float], rule: Rule, result: Result) -> str:
    if result is Result.NOT_APPLICABLE:
        return "not_applicable"
    is_excluded = rubric.not_assessable is NotAssessablePolicy.EXCLUDED
    if result is Result.NOT_ASSESSABLE and is_excluded:
        return "not_assessable"
    return "" if rule.weight and weights[rule.section] else "no_weight"
