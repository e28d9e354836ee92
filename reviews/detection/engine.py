"""The entrance of the core: a transcript and a rubric in, every rule's result and a score out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from reviews.detection.checks import content_safety, pii, query
from reviews.detection.conditions import Hearing, State, Verdict, judge
from reviews.detection.evidence import Clear, NotAssessable, Outcome, Reason
from reviews.detection.intervals import TooManyPairs
from reviews.detection.language.parse import parse_query
from reviews.detection.language.types import (
    And,
    ByRole,
    BySpeaker,
    Chain,
    Condition,
    Count,
    Either,
    Leaf,
    Near,
    Not,
    NotNear,
    Or,
    Within,
)
from reviews.detection.matcher import Matcher, TooManySteps
from reviews.detection.normalize import read_axis
from reviews.detection.reading import Reading
from reviews.detection.rubric import PiiRule, QueryRule, Rubric, Rule, ViolationWhen
from reviews.detection.scoring import Result, Score, result_of, score
from reviews.detection.silence import Silence, silence_of
from reviews.detection.transcript import Transcript

ENGINE_VERSION = "1"
SILENT = Clear()
"""The outcome where none of a rule's words were said."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A rubric made ready once, for many calls."""

    rubric: Rubric
    matcher: Matcher
    silences: tuple[Silence | None, ...]
    """For each rule, the leaves without which nothing is found."""


@dataclass(frozen=True, slots=True)
class RuleResult:
    rule: str
    outcome: Outcome | None
    """None: the rule does not apply to this call."""
    result: Result
    is_unsure: bool = False


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`results` in the rubric's order."""

    results: tuple[RuleResult, ...]
    score: Score


def compile_rubric(rubric: Rubric) -> Compiled:
    conditions = [condition for rule in rubric.rules for condition in _conditions(rule)]
    matcher = Matcher(leaf for each in conditions for leaf in leaves_of(each))
    return Compiled(rubric, matcher, tuple(map(_silence, rubric.rules)))


def evaluate(transcript: Transcript, rubric: Rubric | Compiled) -> Evaluation:
    """Every rule's outcome on a call, and the score. Never raises for what a call holds."""
    compiled = rubric if isinstance(rubric, Compiled) else compile_rubric(rubric)
    rules = compiled.rubric.rules
    outcomes = _outcomes(transcript, compiled)
    results = tuple(
        RuleResult(rule.code, outcome, result_of(rule, outcome), _is_unsure(outcome))
        for rule, outcome in zip(rules, outcomes, strict=True)
    )
    return Evaluation(results, score(compiled.rubric, [each.result for each in results]))


def run_query(
    condition: Condition, transcript: Transcript, *, floor: float = 0.0, unsure_share: float = 0.2
) -> Outcome:
    """One query on one call, without a rubric."""
    if transcript.refused is not None:
        return transcript.refused
    try:
        hearing = Hearing(_read(transcript, Matcher(leaves_of(condition))), floor, unsure_share)
        return query.check(QueryRule("", condition), hearing, is_absence_asked=False)
    except Exception as error:  # noqa: BLE001 # the rim of the core: an outcome, never a crash
        return _failed(error)


def parse(text: str, *, lists: Mapping[str, Leaf] | None = None) -> Condition:
    """A query that stands alone. Raises QueryError."""
    return parse_query(text, lists=lists or {})


def leaves_of(condition: Condition) -> Iterator[Leaf]:
    """Every term, phrase and list of a condition."""
    match condition:
        case Leaf():
            yield condition
        case And(operands) | Or(operands) | Either(operands) | Chain(operands, _):
            for each in operands:
                yield from leaves_of(each)
        case Near(left, right, _) | NotNear(left, right, _, _):
            yield from leaves_of(left)
            yield from leaves_of(right)
        case ByRole(_, operand) | BySpeaker(_, operand) | Within(_, operand):
            yield from leaves_of(operand)
        case Not(operand) | Count(operand, _, _):
            yield from leaves_of(operand)


def _silence(rule: Rule) -> Silence | None:
    check = rule.check
    if not isinstance(check, QueryRule) or rule.violation_when is ViolationWhen.ABSENT:
        return None
    return silence_of(check.condition)


def _conditions(rule: Rule) -> Iterator[Condition]:
    for each in (rule.check, rule.applies_when):
        if isinstance(each, QueryRule):
            yield each.condition


def _read(transcript: Transcript, matcher: Matcher) -> Reading:
    axis = read_axis(transcript)
    return Reading(transcript, axis, matcher.find(axis, spellings=transcript.custom_spelling))


def _outcomes(transcript: Transcript, compiled: Compiled) -> Sequence[Outcome | None]:
    rules = compiled.rubric.rules
    if transcript.refused is not None:
        return [transcript.refused] * len(rules)
    try:
        reading = _read(transcript, compiled.matcher)
    except Exception as error:  # noqa: BLE001 # the rim of the core: an outcome, never a crash
        return [_failed(error)] * len(rules)
    pairs = zip(rules, compiled.silences, strict=True)
    return [_outcome(rule, silence, reading) for rule, silence in pairs]


def _outcome(rule: Rule, silence: Silence | None, reading: Reading) -> Outcome | None:
    try:
        return _assess(rule, silence, reading)
    except Exception as error:  # noqa: BLE001 # one rule's failure must not stop the others
        return _failed(error)


def _failed(error: Exception) -> NotAssessable:
    """The exception's class alone: its text could hold words of the call."""
    if isinstance(error, TooManyPairs | TooManySteps):
        text = "the rule tries more stretches than the engine may: narrow what it looks for"
        return NotAssessable(Reason.ENGINE_LIMIT, text)
    return NotAssessable(Reason.ENGINE_ERROR, f"the engine failed with {type(error).__name__}")


def _assess(rule: Rule, silence: Silence | None, reading: Reading) -> Outcome | None:
    hearing = Hearing(reading, rule.confidence_floor, rule.unsure_share)
    is_foreign = not _is_covered(rule.languages, reading.transcript.language)
    when = rule.applies_when
    # Facts of a call are known in every language; its words are not.
    if when and not (is_foreign and any(leaves_of(when.condition))):
        applies = _applies(when, hearing)
        if applies.state is State.CLEAR:
            return None
        if applies.state is State.UNKNOWN:
            reason, text = applies.doubt or (Reason.ENGINE_ERROR, "no answer")
            return NotAssessable(reason, f"whether the rule applies is not known: {text}")
    if is_foreign:
        return NotAssessable(Reason.LANGUAGE, "the call's language is not among the rule's")
    if silence and reading.axis.tokens and silence.isdisjoint(reading.hits):
        return SILENT
    return _check(rule, hearing)


def _applies(when: QueryRule, hearing: Hearing) -> Verdict:
    """Most rules of a rubric apply to the same calls: judged once for all of them."""
    remembered = hearing.reading.remembered
    key = (when.text, hearing.floor, hearing.unsure_share)
    verdict = remembered.get(key)
    if verdict is None:
        verdict = remembered[key] = judge(when.condition, hearing, is_absence_asked=False)
    return cast("Verdict", verdict)


def _check(rule: Rule, hearing: Hearing) -> Outcome:
    check, transcript = rule.check, hearing.reading.transcript
    if isinstance(check, QueryRule):
        is_absence_asked = rule.violation_when is ViolationWhen.ABSENT
        return query.check(check, hearing, is_absence_asked=is_absence_asked)
    if isinstance(check, PiiRule):
        return pii.check(check, transcript)
    return content_safety.check(check, transcript)


def _is_covered(languages: tuple[str, ...], language: str | None) -> bool:
    """`en` covers `en_us`; a call whose language nobody gave is not refused for it."""
    if not languages or language is None:
        return True
    spoken = language.lower().replace("-", "_")
    asked = {each.lower().replace("-", "_") for each in languages}
    return spoken in asked or spoken.split("_")[0] in asked


def _is_unsure(outcome: Outcome | None) -> bool:
    return bool(getattr(outcome, "is_unsure", False))
