"""What the typed outputs of a rubric come to on a call, from its results as they are stored.

None wherever the answer would rest on what could not be assessed: never taken for a pass.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from reviews.detection.checks import fact
from reviews.detection.checks.fact import FactRule
from reviews.detection.engine import Evaluation, RuleResult
from reviews.detection.evidence import Found
from reviews.detection.outputs import From, Levels, OutputType, Source
from reviews.detection.report import percent
from reviews.detection.rubric import Rubric, Severity
from reviews.detection.scoring import Result

Value = bool | float | str | tuple[str, ...] | None
_JUDGED = (Result.PASSED, Result.FAILED)
_GRAVE = (Severity.HIGH, Severity.CRITICAL)


def values(rubric: Rubric, evaluation: Evaluation) -> dict[str, Value]:
    """By key, those that every rubric has first; `evaluation` is by this very rubric."""
    call = _Call(rubric, evaluation, {each.rule: each for each in evaluation.results})
    return {each.key: call.value(each.source, each.type) for each in rubric.all_outputs}


def risk_flag(rubric: Rubric, evaluation: Evaluation) -> bool | None:
    """As `values` has it."""
    codes = {rule.code for rule in rubric.rules if rule.severity in _GRAVE}
    grave = {each.result for each in evaluation.results if each.rule in codes}
    if Result.FAILED in grave:
        return True
    return None if Result.NOT_ASSESSABLE in grave else False


def rests_on(rubric: Rubric, source: Source | Levels, evaluation: Evaluation) -> tuple[str, ...]:
    """Codes of the rules whose places show why a value is what it is; of a score none."""
    if isinstance(source, Levels):
        return rests_on(rubric, source.of, evaluation)
    if source.kind in (From.SCORE, From.SECTION):
        return ()
    if source.kind not in (From.FAILED_RULES, From.RISK):
        return source.names
    grave = {rule.code for rule in rubric.rules if rule.severity in _GRAVE}
    asked = grave if source.kind is From.RISK else set(source.names)
    failed = (each.rule for each in evaluation.results if each.result is Result.FAILED)
    is_every = source == Source(From.FAILED_RULES)
    return tuple(code for code in failed if is_every or code in asked)


@dataclass(frozen=True, slots=True)
class _Call:
    rubric: Rubric
    evaluation: Evaluation
    results: Mapping[str, RuleResult]

    def value(self, source: Source | Levels, type_: OutputType) -> Value:
        if isinstance(source, Levels):
            return _level(source, cast("float | None", self.value(source.of, OutputType.NUMBER)))
        if source.kind is From.HEARD:
            return self._heard(source.names[0], type_)
        return _READERS[source.kind](self, source.names)

    def _heard(self, code: str, type_: OutputType) -> Value:
        """The first value that was said and is wrong; what was right is kept nowhere."""
        check = next(rule.check for rule in self.rubric.rules if rule.code == code)
        outcome = self.results[code].outcome
        if not isinstance(outcome, Found) or not outcome.evidence:
            return None
        said = fact.said(outcome.evidence[0].label)
        if type_ is OutputType.STRING:
            return said
        return fact.amount(cast(FactRule, check), said)

    def _result(self, names: Sequence[str]) -> Result:
        return self.results[names[0]].result

    def passed(self, names: Sequence[str]) -> Value:
        result = self._result(names)
        return result is Result.PASSED if result in _JUDGED else None

    def failed(self, names: Sequence[str]) -> Value:
        result = self._result(names)
        return result is Result.FAILED if result in _JUDGED else None

    def result(self, names: Sequence[str]) -> Value:
        return self._result(names).value

    def count(self, names: Sequence[str]) -> Value:
        """Places of the evidence; of a rule that rests on earlier calls, those calls."""
        if self._result(names) not in _JUDGED:
            return None
        outcome = self.results[names[0]].outcome
        if not isinstance(outcome, Found):
            return 0.0
        return float(len(outcome.evidence) or len(outcome.calls))

    def score(self, _: Sequence[str]) -> Value:
        return percent(self.evaluation.score)

    def section(self, names: Sequence[str]) -> Value:
        parts = [part for part in self.evaluation.score.parts if part.section == names[0]]
        possible = sum(part.possible for part in parts)
        earned = sum(part.earned for part in parts)
        return round(min(100 * earned / possible, 100), 6) if possible else None

    def failed_rules(self, names: Sequence[str]) -> Value:
        """In the rubric's order; None where none of them could be assessed."""
        asked = [each for each in self.evaluation.results if not names or each.rule in names]
        if not any(each.result in _JUDGED for each in asked):
            return None
        return tuple(each.rule for each in asked if each.result is Result.FAILED)

    def risk(self, _: Sequence[str]) -> Value:
        return risk_flag(self.rubric, self.evaluation)


def _level(levels: Levels, value: float | None) -> Value:
    if value is None:
        return None
    return levels.labels[sum(value >= bound for bound in levels.bounds)]


_READERS: Mapping[From, Callable[[_Call, Sequence[str]], Value]] = {
    From.PASSED: _Call.passed,
    From.FAILED: _Call.failed,
    From.RESULT: _Call.result,
    From.COUNT: _Call.count,
    From.SCORE: _Call.score,
    From.SECTION: _Call.section,
    From.FAILED_RULES: _Call.failed_rules,
    From.RISK: _Call.risk,
}
