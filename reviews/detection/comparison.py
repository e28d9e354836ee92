"""One call by two rubrics: what each rule finds in one, in the other, or in both."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from reviews.detection.engine import RuleResult
from reviews.detection.evidence import Evidence, Found
from reviews.detection.report import calls_of
from reviews.detection.rubric import Rubric, canonical_rules, with_those_before
from reviews.detection.scoring import Result

Results = Mapping[str, RuleResult]
"""By the rule's code."""


class Difference(StrEnum):
    NEW = "new"
    LOST = "lost"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that fails on the call: as it is tried, or, where it is lost, as it was."""

    rule: str
    kind: Difference
    result: RuleResult


def differing(tried: Rubric, base: Rubric | None) -> tuple[str, ...]:
    """Codes of the rules that may come out otherwise, in the order of both rubrics.

    What all rules share (lists, documents) makes each of them differ; so does a rule that it comes
    after.
    """
    codes = dict.fromkeys(rule.code for each in (tried, base) if each for rule in each.rules)
    if base is None or (tried.lists, tried.documents) != (base.lists, base.documents):
        return tuple(codes)
    old, new = canonical_rules(base), canonical_rules(tried)
    changed = {code for code in codes if old.get(code) != new.get(code)}
    return tuple(code for code in codes if changed & _heard_for(code, tried, base))


def _heard_for(code: str, *rubrics: Rubric) -> set[str]:
    """The rule, and those that it comes after in either."""
    return {code} | {r.code for each in rubrics for r in with_those_before(each, [code]).rules}


def hits(tried: Results, base: Results) -> tuple[Hit, ...]:
    """What fails, of the rules of either. Elsewhere in the call it is another: lost, and new."""
    made = []
    for code in dict.fromkeys((*tried, *base)):
        new, old = _failed(tried.get(code)), _failed(base.get(code))
        if new and old and is_same(new, old):
            made.append(Hit(code, Difference.SAME, new))
            continue
        made += [Hit(code, Difference.NEW, new)] if new else []
        made += [Hit(code, Difference.LOST, old)] if old else []
    return tuple(made)


def _failed(result: RuleResult | None) -> RuleResult | None:
    return result if result and result.result is Result.FAILED else None


def is_same(one: RuleResult, other: RuleResult) -> bool:
    """Whether two results point to the same: a place in common, the same calls, or an absence."""
    mine, theirs = _evidence(one), _evidence(other)
    if not mine or not theirs:
        return not mine and not theirs and calls_of(one.outcome) == calls_of(other.outcome)
    return any(_touch(a, b) for a in mine for b in theirs)


def _evidence(result: RuleResult) -> tuple[Evidence, ...]:
    return result.outcome.evidence if isinstance(result.outcome, Found) else ()


def _touch(one: Evidence, other: Evidence) -> bool:
    if one.field or other.field:
        return (one.field, one.label) == (other.field, other.label)
    return (one.utterance, one.first_word) <= (other.last_utterance, other.last_word) and (
        other.utterance,
        other.first_word,
    ) <= (one.last_utterance, one.last_word)
