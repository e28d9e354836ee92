"""The entrance of the core: a transcript and a rubric in, every rule's result and a score out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from reviews.detection.asked import QueryRule
from reviews.detection.checks import query
from reviews.detection.checks.judge import JudgeRule
from reviews.detection.conditions import Hearing, State, Verdict, judge
from reviews.detection.effort import TooMuchEffort
from reviews.detection.evidence import Asked, Clear, Found, NotAssessable, Outcome, Reason
from reviews.detection.kinds import kind_of
from reviews.detection.language.parse import parse_query
from reviews.detection.language.types import Condition, Leaf, leaves_of
from reviews.detection.languages.known import is_covered
from reviews.detection.matcher import Matcher
from reviews.detection.normalize import read_axis
from reviews.detection.reading import First, Reading
from reviews.detection.rubric import (
    Rubric,
    Rule,
    ViolationWhen,
    conditions_of,
    order_of,
    rules_before,
)
from reviews.detection.scoring import Result, Score, result_of, score
from reviews.detection.silence import Silence, silence_of
from reviews.detection.transcript import Transcript

ENGINE_VERSION = "3"
SILENT = Clear()
"""The outcome where none of a rule's words were said."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A rubric made ready once, for many calls."""

    rubric: Rubric
    matcher: Matcher
    silences: tuple[Silence | None, ...]
    """For each rule, the leaves without which nothing is found."""
    order: tuple[int, ...]
    """Places of the rules, each behind those it comes after."""
    followed: frozenset[str]
    """Rules that others come after."""


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
    conditions = [condition for rule in rubric.rules for condition in conditions_of(rule)]
    matcher = Matcher(leaf for each in conditions for leaf in leaves_of(each))
    silences = tuple(map(_silence, rubric.rules))
    places = {rule.code: at for at, rule in enumerate(rubric.rules)}
    order = tuple(places[code] for code in order_of(rubric.rules))
    followed = frozenset(code for rule in rubric.rules for code in rules_before(rule))
    return Compiled(rubric, matcher, silences, order, followed)


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


def questions(transcript: Transcript, compiled: Compiled) -> tuple[JudgeRule, ...]:
    """What a call raises that nobody has answered; only of rules that apply to it, each once."""
    if not any(isinstance(rule.check, JudgeRule) for rule in compiled.rubric.rules):
        return ()
    results = evaluate(transcript, compiled).results
    asked = {}
    for rule, result in zip(compiled.rubric.rules, results, strict=True):
        is_open = getattr(result.outcome, "reason", None) is Reason.JUDGE_OFF
        if isinstance(rule.check, JudgeRule) and is_open:
            asked[rule.check.key] = rule.check
    return tuple(asked.values())


def run_query(
    condition: Condition, transcript: Transcript, *, floor: float = 0.0, unsure_share: float = 0.2
) -> Outcome:
    """One query on one call, without a rubric."""
    if transcript.refused is not None:
        return transcript.refused
    try:
        hearing = Hearing(_read(transcript, Matcher(leaves_of(condition))), floor, unsure_share)
        return query.check(QueryRule("", condition), hearing)
    except Exception as error:  # noqa: BLE001 # the rim of the core: an outcome, never a crash
        return _failed(error)


def parse(text: str, *, lists: Mapping[str, Leaf] | None = None) -> Condition:
    """A query that stands alone. Raises QueryError."""
    return parse_query(text, lists=lists or {})


def _silence(rule: Rule) -> Silence | None:
    check = rule.check
    if not isinstance(check, QueryRule) or rule.violation_when is ViolationWhen.ABSENT:
        return None
    return silence_of(check.condition)


def _read(transcript: Transcript, matcher: Matcher) -> Reading:
    axis = read_axis(transcript)
    return Reading(transcript, axis, matcher.find(axis, spellings=transcript.custom_spelling))


def _outcomes(transcript: Transcript, compiled: Compiled) -> Sequence[Outcome | None]:
    rules = compiled.rubric.rules
    if transcript.refused is not None:
        return [_unheard(rule, transcript.refused) for rule in rules]
    try:
        reading_of = _readings(transcript, compiled)
    except Exception as error:  # noqa: BLE001 # the rim of the core: an outcome, never a crash
        return [_unheard(rule, _failed(error)) for rule in rules]
    outcomes: dict[int, Outcome | None] = {}
    for at in compiled.order:
        outcomes[at] = _outcome(rules[at], compiled.silences[at], reading_of)
        if rules[at].code in compiled.followed:
            reading = reading_of(None)
            reading.firsts[rules[at].code] = _first(outcomes[at], reading)
    return [outcomes[at] for at in range(len(rules))]


def _readings(transcript: Transcript, compiled: Compiled) -> Callable[[Rule | None], Reading]:
    """The call as a rule hears it, None for what all have in common: read once for all of them.

    Where all leaves together try too much, each rule is heard alone: none fails for another.
    """
    spellings = transcript.custom_spelling
    axis, firsts = read_axis(transcript), dict[str, First]()
    try:
        hits = compiled.matcher.find(axis, spellings=spellings)
    except TooMuchEffort:
        pass
    else:
        whole = Reading(transcript, axis, hits, firsts=firsts)
        return lambda _: whole

    def alone(rule: Rule | None) -> Reading:
        leaves = [leaf for each in conditions_of(rule) for leaf in leaves_of(each)] if rule else []
        hits = Matcher(leaves).find(axis, spellings=spellings)
        return Reading(transcript, axis, hits, firsts=firsts)

    return alone


def _first(outcome: Outcome | None, reading: Reading) -> First:
    """A rule that does not apply, or could not be assessed, says nothing of what comes after."""
    if outcome is None or isinstance(outcome, NotAssessable):
        text = "the rule that it comes after does not apply, or could not be assessed"
        return First(doubt=(Reason.RULE_UNKNOWN, text))
    hits = outcome.evidence if isinstance(outcome, Found) else ()
    bounds = reading.transcript.bounds
    spans = [
        (reading.token_of(bounds[hit.utterance] + hit.first_word),
         reading.token_of(bounds[hit.last_utterance] + hit.last_word))
        for hit in hits
    ]  # fmt: skip
    return First(min(spans)[1] if spans else None)


def _outcome(
    rule: Rule, silence: Silence | None, reading_of: Callable[[Rule | None], Reading]
) -> Outcome | None:
    try:
        return _assess(rule, silence, reading_of(rule))
    except Exception as error:  # noqa: BLE001 # one rule's failure must not stop the others
        return _unheard(rule, _failed(error))


def _unheard(rule: Rule, why: NotAssessable) -> Outcome:
    """A person may be asked also of what the engine could not hear."""
    return why if kind_of(rule.check).listens else Asked()


def _failed(error: Exception) -> NotAssessable:
    """The exception's class alone: its text could hold words of the call."""
    if isinstance(error, TooMuchEffort):
        text = "the rule tries more stretches than the engine may: narrow what it looks for"
        return NotAssessable(Reason.ENGINE_LIMIT, text)
    return NotAssessable(Reason.ENGINE_ERROR, f"the engine failed with {type(error).__name__}")


def _assess(rule: Rule, silence: Silence | None, reading: Reading) -> Outcome | None:
    reading.effort.spent = 0
    is_absence_asked = rule.violation_when is ViolationWhen.ABSENT
    hearing = Hearing(reading, rule.confidence_floor, rule.unsure_share, is_absence_asked)
    is_foreign = not is_covered(rule.languages, reading.transcript.language)
    when = rule.applies_when
    # Facts of a call are known in every language; its words are not.
    if when and not (is_foreign and any(leaves_of(when.condition))):
        applies = _applies(when, hearing)
        if applies.state is State.CLEAR:
            return None
        if applies.state is State.UNKNOWN:
            reason, text = applies.doubt or (Reason.ENGINE_ERROR, "no answer")
            text = f"whether the rule applies is not known: {text}"
            return _unheard(rule, NotAssessable(reason, text))
    if is_foreign:
        return NotAssessable(Reason.LANGUAGE, "the call's language is not among the rule's")
    if silence and reading.axis.tokens and silence.isdisjoint(reading.hits):
        return SILENT
    return kind_of(rule.check).check(rule.check, hearing)


def _applies(when: QueryRule, hearing: Hearing) -> Verdict:
    """Most rules of a rubric apply to the same calls: judged once for all of them."""
    key = (when.text, hearing.floor, hearing.unsure_share)
    judged = partial(judge, when.condition, hearing, is_absence_asked=False)
    return hearing.reading.once(key, judged)


def _is_unsure(outcome: Outcome | None) -> bool:
    return bool(getattr(outcome, "is_unsure", False))
