"""Whatever a call lacks: each kind of check answers by name, and twice in the same bytes."""

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings

from reviews.detection.analysis import Analysis, Sentiment
from reviews.detection.checks.conduct import MEASURES
from reviews.detection.engine import Compiled, compile_rubric, evaluate
from reviews.detection.evidence import Found, NotAssessable, Reason, quote
from reviews.detection.report import Report
from reviews.detection.rubric import parse_rubric
from reviews.detection.transcript import Transcript
from reviews.detection.wire import from_wire, to_wire
from tests.unit.detection.calls import call
from tests.unit.detection.hostile import calls

CHECKS: tuple[Mapping[str, object], ...] = (
    {"by_language": {"en": "agent: hello", "es": "agent: hola"}},
    {"sentiment": {}},
    {"sentiment": {"role": "customer", "run": 2, "window": "last_third"}},
    {"sentiment": {"role": "agent", "swing": 0.5}},
    *(
        {"conduct": {"measure": name, "role": role, bound: number}}
        for name, measure in MEASURES.items()
        for role in (("agent", "customer") if measure.needs_role else ("any",))
        for bound, number in (("over", 0), ("over", 3), ("under", 3))
    ),
    {"quality": {"measure": "mean_confidence", "role": "agent", "under": 0.5}},
    {"quality": {"measure": "mean_confidence", "under": 1}},
    {"quality": {"measure": "duration", "under": 10}},
    {"quality": {"measure": "duplicate_channels", "over": 0}},
    {"quality": {"measure": "duplicate_channels", "under": 50}},
    {"quality": {"measure": "speakers"}},
    {"quality": {"measure": "language", "languages": ["en"]}},
    {"quality": {"measure": "language_confidence", "under": 1}},
    {"redaction": {"policies": ["date", "person_name"]}},
    {"redaction": {"leftovers": True}},
    {"redaction": {"leftovers": True, "policies": ["date"]}},
)


def compiled() -> Compiled:
    rules = [{"code": f"r{at}", "check": check} for at, check in enumerate(CHECKS)]
    return compile_rubric(parse_rubric({"name": "x", "rules": rules}))


EVERY = compiled()


@settings(deadline=None, max_examples=200)
@given(calls() | calls(has_times=True))
def test_every_kind_answers_any_call_with_an_outcome_and_twice_alike(call: Transcript) -> None:
    first, second = evaluate(call, EVERY), evaluate(call, EVERY)
    stored = json.dumps(to_wire(first))
    assert stored == json.dumps(to_wire(second))
    assert json.dumps(to_wire(from_wire(json.loads(stored), speakers=call.speakers))) == stored
    report = Report(call)
    for each in first.results:
        if isinstance(each.outcome, NotAssessable):
            assert each.outcome.reason is not Reason.ENGINE_ERROR, each.outcome.text
        if isinstance(each.outcome, Found):
            assert each.outcome.evidence
            for one in each.outcome.evidence:
                assert one.field or quote(call, one)
                assert report.evidence(one)


def states(call: Transcript) -> set[str]:
    outcomes = [each.outcome for each in evaluate(call, EVERY).results]
    return {o.reason if isinstance(o, NotAssessable) else "answered" for o in outcomes}


def test_no_kind_answers_for_a_call_without_words() -> None:
    empty = call("", analysis=Analysis(sentiment=Sentiment(True)))
    assert states(empty) <= {Reason.NO_WORDS, Reason.FACT_MISSING, Reason.FEATURE_ABSENT}


@pytest.mark.parametrize("length", [1_000_000])
def test_every_kind_answers_for_an_utterance_of_a_million_characters(length: int) -> None:
    words = ("talk",) * (length // 5)
    starts = list(range(0, len(words) * 100, 100))
    long = replace(
        call("agent: hello.\ncustomer: hello."),
        words=(*words, "hello."),
        start_ms=[*starts, starts[-1] + 5_000],
        end_ms=[*(at + 90 for at in starts), starts[-1] + 5_300],
        confidence=[0.9] * (len(words) + 1),
        bounds=(0, len(words), len(words) + 1),
    )
    assert Reason.ENGINE_ERROR not in states(long)
