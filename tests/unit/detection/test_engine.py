"""Rules on calls: outcome to result, what does not apply, and what never stops the others."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.detection.effort import TooMuchEffort
from reviews.detection.engine import Compiled, compile_rubric, evaluate
from reviews.detection.evidence import Clear, NotAssessable, Reason
from reviews.detection.normalize import read_axis
from reviews.detection.rubric import parse_rubric
from reviews.detection.scoring import Result, Verdict
from reviews.detection.transcript import CallFacts, CallKind, Transcript
from tests.unit.detection.calls import call


def compiled(*rules: dict[str, Any], **changes: Any) -> Compiled:
    numbered = [{"code": f"r{at}"} | rule for at, rule in enumerate(rules)]
    return compile_rubric(parse_rubric({"name": "Test", "rules": numbered} | changes))


def asked(query: str, **changes: Any) -> dict[str, Any]:
    return {"check": {"query": query}} | changes


def results(transcript: Transcript, *rules: dict[str, Any]) -> list[str]:
    return [each.result.value for each in evaluate(transcript, compiled(*rules)).results]


@pytest.mark.parametrize(
    ("query", "when", "wanted"),
    [
        ("refund", "found", "failed"),
        ("never", "found", "passed"),
        ("refund", "absent", "passed"),
        ("never", "absent", "failed"),
        ("NOT never", "found", "failed"),
        ("call.notice", "found", "not_assessable"),
    ],
)
def test_evaluate_derives_the_result_from_what_was_heard(
    query: str, when: str, wanted: str
) -> None:
    assert results(call(), asked(query, violation_when=when)) == [wanted]


def test_evaluate_leaves_a_rule_out_when_it_does_not_apply() -> None:
    voicemail = call(facts=CallFacts(kind=CallKind.VOICEMAIL))
    rule = asked("refund", applies_when="call.kind = live")
    outcome = evaluate(voicemail, compiled(rule)).results[0]
    assert (outcome.outcome, outcome.result) == (None, Result.NOT_APPLICABLE)


def test_evaluate_is_not_assessable_when_it_is_unknown_whether_a_rule_applies() -> None:
    assert results(call(), asked("refund", applies_when="call.kind = live")) == ["not_assessable"]


@pytest.mark.parametrize(
    ("spoken", "asked_for", "wanted"),
    [
        ("en_us", ["en"], "failed"),
        ("en", ["en"], "failed"),
        ("es", ["en"], "not_assessable"),
        ("en_us", ["en-GB"], "not_assessable"),
        (None, ["en"], "failed"),
        ("es", [], "failed"),
    ],
)
def test_evaluate_guards_the_language(
    spoken: str | None, asked_for: list[str], wanted: str
) -> None:
    assert results(call(language=spoken), asked("refund", languages=asked_for)) == [wanted]


def test_evaluate_asks_absence_of_confidence_when_the_violation_is_absence() -> None:
    faint = call(confidence=[0.1] * 24)
    rules = (asked("never"), asked("never", violation_when="absent"))
    assert results(faint, *rules) == ["passed", "not_assessable"]


def test_evaluate_says_unsure_when_the_words_are_below_the_floor() -> None:
    faint = call(confidence=[0.1] * 24)
    outcome = evaluate(faint, compiled(asked("refund"))).results[0]
    assert (outcome.result, outcome.is_unsure) == (Result.FAILED, True)


def test_evaluate_goes_on_when_one_rule_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("words of the call")

    monkeypatch.setattr("reviews.detection.personal.find_in_call", broken)
    rules = compiled({"check": {"pii": {}}}, asked("refund"))
    first, second = evaluate(call(), rules).results
    assert isinstance(first.outcome, NotAssessable)
    assert first.outcome.reason is Reason.ENGINE_ERROR
    assert first.outcome.text == "the engine failed with RuntimeError"
    assert second.result is Result.FAILED


def test_the_limit_of_a_rule_does_not_depend_on_the_rules_before_it() -> None:
    words = ["the", "to", "you", "and", "of", "that", "it", "is", "we", "in", "so", "for"]
    spoken = call("agent: " + " ".join(words * 600))
    texts = [f'~"{" ".join(words[at:] + words[:at])}" 30%' for at in range(12)]
    parts = [asked(text) for text in texts]
    first = evaluate(spoken, compiled(asked(" AND ".join(texts)), *parts)).results[0]
    last = evaluate(spoken, compiled(*parts, asked(" AND ".join(texts)))).results[-1]
    assert isinstance(first.outcome, NotAssessable)
    assert first.outcome.reason is Reason.ENGINE_LIMIT
    assert last.outcome == first.outcome


def test_rules_that_are_too_much_together_fail_none_that_is_not_too_much_alone() -> None:
    words = [f"{first}{second}" for first in "abcdefgh" for second in "xyzw"]
    spoken = call("agent: " + " ".join(words * 1200) + " refund")
    heavy = [asked(f'"{word} *20 zebra"', code=word) for word in words]
    rules = compiled(asked("refund", code="light"), *heavy)
    with pytest.raises(TooMuchEffort):
        rules.matcher.find(read_axis(spoken))
    results = evaluate(spoken, rules).results
    assert results[0].result is Result.FAILED
    assert all(isinstance(each.outcome, Clear) for each in results[1:])


def test_evaluate_names_the_engines_limit_when_a_distance_is_over_too_many_pairs() -> None:
    words = 2100
    far = [10**8 - 300 * at for at in range(words)]  # and backwards, so that each pair is tried
    starts = [*range(0, 300 * words, 300), *far]
    ends = [start + 300 for start in starts]
    long = call("agent: " + "aa. " * words + "bb. " * words, start_ms=starts, end_ms=ends)
    outcome = evaluate(long, compiled(asked("aa NEAR/5s bb"))).results[0].outcome
    assert isinstance(outcome, NotAssessable)
    assert outcome.reason is Reason.ENGINE_LIMIT


def test_evaluate_names_the_engines_limit_when_free_words_fit_everywhere() -> None:
    rules = compiled(asked('"aa *99 aa *99 aa *99 aa *99 bb"'))
    outcome = evaluate(call("agent: " + "aa. " * 20_000), rules).results[0].outcome
    assert isinstance(outcome, NotAssessable)
    assert outcome.reason is Reason.ENGINE_LIMIT


def test_evaluate_gives_every_rule_the_intakes_reason_when_the_transcript_was_refused() -> None:
    refused = NotAssessable(Reason.TRANSCRIPT_ERRORED, "the source could not transcribe it")
    evaluation = evaluate(call(refused=refused), compiled(asked("a"), {"check": {"pii": {}}}))
    assert [each.outcome for each in evaluation.results] == [refused, refused]
    assert evaluation.score.verdict is Verdict.NOT_ASSESSABLE


def test_evaluate_keeps_the_rubrics_order() -> None:
    rules = compiled(asked("a"), asked("b"), asked("c"))
    assert [each.rule for each in evaluate(call(), rules).results] == ["r0", "r1", "r2"]


WORDS = st.lists(
    st.one_of(
        st.sampled_from(["refund", "no", "uh", "five", "can't", "####"]), st.text(max_size=6)
    ),
    max_size=25,
)
EVERYTHING = compiled(
    asked('agent: (refund* OR "no *2 refund") IN FIRST 3s'),
    asked("COUNT(no) >= 2 AND NOT refund NEAR/3 no", violation_when="absent"),
    asked('refund BEFORE/2t "can not" OR uh', violation_when="absent"),
    asked("no NOT NEAR/2s refund"),
    {"check": {"content_safety": {}}},
)


def spoken(words: list[str]) -> Transcript:
    half = len(words) // 2
    one, other = (" ".join(part).replace("\n", " ") for part in (words[:half], words[half:]))
    one, other = (" ".join(part.split()) for part in (one, other))
    return call(f"agent: {one}\ncustomer: {other}")


@settings(max_examples=150, deadline=None)
@given(WORDS)
def test_evaluate_is_the_same_twice_and_never_breaks(words: list[str]) -> None:
    transcript = spoken(words)
    once = evaluate(transcript, EVERYTHING)
    assert once == evaluate(transcript, EVERYTHING)
    reasons = [getattr(each.outcome, "reason", None) for each in once.results]
    assert Reason.ENGINE_ERROR not in reasons
