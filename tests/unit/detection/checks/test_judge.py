"""A language model's answer counts only by its type and by words that were said."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.detection.asked import Names
from reviews.detection.checks.judge import JudgeRule, check, parse, written
from reviews.detection.document import RubricError, Section
from reviews.detection.engine import Compiled, compile_rubric, evaluate, questions
from reviews.detection.evidence import Found, NotAssessable, Outcome, Reason, quote
from reviews.detection.rubric import canonical, parse_rubric
from reviews.detection.transcript import Answer, Transcript
from tests.unit.detection.calls import call, heard, state, unlabelled
from tests.unit.detection.wild import wild_calls

NAMES = Names({}, frozenset(), frozenset())
SAID = "agent: We can't, um, promise anything.\ncustomer: You said thirty days, you you promised."
YES: dict[str, Any] = {"question": "Is something promised?", "found_when": "yes"}
TONE: dict[str, Any] = {
    "question": "What is the tone?",
    "answer": ["calm", "tense", "hostile"],
    "found_when": ["hostile"],
}
SCORE: dict[str, Any] = {"question": "How clear, 1 to 5?", "answer": "number", "found_when": "< 3"}


def rule(**document: Any) -> JudgeRule:
    return parse(Section({"judge": document}, "check"), NAMES)


def judged(made: JudgeRule, value: object, words: str, said: Transcript | str = SAID) -> Outcome:
    transcript = call(said) if isinstance(said, str) else said
    answers = {made.key: Answer(value, words)}
    return check(made, heard(replace(transcript, answers=answers)))


@pytest.mark.parametrize(
    ("document", "value", "wanted"),
    [
        (YES, True, "found"),
        (YES, False, "clear"),
        (YES | {"found_when": False}, False, "found"),
        (YES, "yes", "judge_refused"),
        (YES, 1, "judge_refused"),
        (YES, None, "judge_refused"),
        (TONE, "hostile", "found"),
        (TONE, "calm", "clear"),
        (TONE, "angry", "judge_refused"),
        (TONE, ["hostile"], "judge_refused"),
        (SCORE, 2, "found"),
        (SCORE, 3, "clear"),
        (SCORE, 2.5, "found"),
        (SCORE, True, "judge_refused"),
        (SCORE, "2", "judge_refused"),
        (SCORE, float("nan"), "judge_refused"),
        (SCORE, float("-inf"), "judge_refused"),
        (SCORE, 10**400, "judge_refused"),
    ],
)
def test_an_answer_is_of_the_rules_type(
    document: dict[str, Any], value: object, wanted: str
) -> None:
    assert state(judged(rule(**document), value, "you said thirty days")) == wanted


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("You said thirty days, you promised.", "found"),
        ("YOU SAID 30 DAYS", "found"),
        ("we cannot promise anything", "found"),
        ("you said thirty days", "found"),
        ("you said sixty days", "judge_refused"),
        ("you said … days", "judge_refused"),
        ("promise anything. You said", "judge_refused"),  # two speakers
        ("thirty days", "judge_refused"),  # said on every call
        ("", "judge_refused"),
        ("we promise anything", "judge_refused"),
        ("you " * 5_000, "judge_refused"),
    ],
)
def test_the_quote_was_said_word_for_word(words: str, wanted: str) -> None:
    assert state(judged(rule(**YES), True, words)) == wanted
    assert state(judged(rule(**YES), False, words)) == wanted.replace("found", "clear")


def test_the_evidence_is_the_vendors_words_of_the_quote() -> None:
    outcome = judged(rule(**YES), True, "we can not promise")
    assert isinstance(outcome, Found)
    assert quote(call(SAID), outcome.evidence[0]) == "We can't, um, promise"


def test_masked_words_are_no_quote() -> None:
    said = "customer: #### #### #### ####"
    assert state(judged(rule(**YES), True, "#### #### ####", said)) == "judge_refused"


def test_a_quote_may_hold_the_label_that_the_model_was_shown() -> None:
    said = "customer: My name is Ada Lovelace and I want my money back."
    quoted = "My name is [PERSON_NAME] and I want"
    assert state(judged(rule(**YES), True, quoted, said)) == "found"
    assert state(judged(rule(**YES), True, "is [PERSON_NAME] and", said)) == "judge_refused"
    other = quoted.replace("PERSON_NAME", "LOCATION")
    assert state(judged(rule(**YES), True, other, said)) == "judge_refused"


def test_the_quote_is_the_asked_speakers() -> None:
    agents = rule(**YES, role="agent")
    assert state(judged(agents, True, "you said thirty days")) == "judge_refused"
    assert state(judged(agents, True, "we can't promise")) == "found"
    nobody = unlabelled("agent: We can't promise anything.")
    assert state(judged(agents, True, "we can't promise", nobody)) == "roles_unknown"


def test_a_quote_of_unsure_words_is_unsure() -> None:
    said = call("agent: We can promise that.")
    faint = replace(said, confidence=[1.0, 1.0, 0.1, 1.0, 1.0])
    assert state(judged(rule(**YES), True, "we can promise", faint)) == "unsure"


def test_a_question_that_was_put_to_nobody_is_not_assessable() -> None:
    assert state(check(rule(**YES), heard(call(SAID)))) == "judge_off"
    failed = NotAssessable(Reason.JUDGE_BUDGET, "the day's budget is used up")
    made = rule(**YES)
    assert check(made, heard(call(SAID, answers={made.key: failed}))) == failed
    assert state(check(made, heard(call("agent: ")))) == "no_words"


def test_rules_that_ask_the_same_share_an_answer_and_others_do_not() -> None:
    assert rule(**YES).key == rule(**YES | {"found_when": "no"}).key
    assert rule(**YES).key != rule(**YES, role="agent").key
    assert rule(**TONE).key != rule(**TONE | {"answer": ["calm", "hostile"]}).key


@pytest.mark.parametrize("document", [YES, YES | {"found_when": False}, TONE, SCORE])
def test_a_judge_rule_comes_back_from_its_document(document: dict[str, Any]) -> None:
    made = rule(**document)
    assert rule(**written(made)) == made


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"question": ""}, "question"),
        ({"question": "x" * 1_001}, "question"),
        ({"found_when": None}, "found_when"),
        ({"found_when": "maybe"}, "found_when"),
        ({"found_when": 1}, "found_when"),
        ({"answer": "essay"}, "answer"),
        ({"answer": ["one"]}, "answer"),
        ({"answer": ["one", "one"]}, "answer"),
        ({"answer": ["a", "b"], "found_when": ["c"]}, "found_when"),
        ({"answer": ["a", "b"], "found_when": ["a", "b"]}, "found_when"),
        ({"answer": ["a", "b"], "found_when": []}, "found_when"),
        ({"answer": "number", "found_when": "4"}, "found_when"),
        ({"answer": "number", "found_when": ">= inf"}, "found_when"),
        ({"role": "other"}, "role"),
        ({"model": "x"}, "model"),
    ],
)
def test_a_judge_rule_is_refused_with_its_path(changes: dict[str, Any], key: str) -> None:
    with pytest.raises(RubricError) as error:
        rule(**YES | changes)
    assert error.value.path == f"check.judge.{key}"


def rubric(*rules: dict[str, Any]) -> Compiled:
    return compile_rubric(parse_rubric({"name": "Test", "rules": list(rules)}))


def asks(code: str, **changes: Any) -> dict[str, Any]:
    return {"code": code, "check": {"judge": YES}} | changes


def test_a_judge_rule_is_no_ground_to_fail_a_call() -> None:
    with pytest.raises(RubricError) as error:
        rubric(asks("r", auto_fail=True))
    assert error.value.path == "rules[0].auto_fail"


def test_a_call_raises_the_questions_of_the_rules_that_apply_each_once() -> None:
    compiled = rubric(
        asks("one"),
        asks("same", violation_when="absent"),
        asks("other", check={"judge": TONE}),
        asks("not", applies_when="zebra", check={"judge": SCORE}),
        {"code": "query", "check": {"query": "promise"}},
    )
    asked = questions(call(SAID), compiled)
    assert [each.question for each in asked] == [YES["question"], TONE["question"]]
    answers = {asked[0].key: Answer(True, "you said thirty days")}
    left = questions(call(SAID, answers=answers), compiled)
    assert [each.question for each in left] == [TONE["question"]]
    results = evaluate(call(SAID, answers=answers), compiled).results
    assert [each.result.value for each in results[:2]] == ["failed", "passed"]


def test_a_call_without_words_or_rules_without_judge_ask_nobody() -> None:
    assert questions(call("agent: "), rubric(asks("one"))) == ()
    assert questions(call(SAID), rubric({"code": "q", "check": {"query": "promise"}})) == ()


def test_a_judge_rule_comes_back_from_its_canonical_form() -> None:
    made = {"name": "T", "rules": [asks("a"), asks("b", check={"judge": TONE})]}
    parsed = parse_rubric(made)
    assert parse_rubric(json.loads(canonical(parsed))) == parsed


ANYTHING = st.one_of(
    st.none(), st.booleans(), st.floats(), st.integers(), st.text(), st.lists(st.text())
)
QUOTES = st.one_of(st.text(), st.sampled_from(["you said thirty days", "#### #### ####", "a b c"]))


@settings(max_examples=200, deadline=None)
@given(wild_calls("you", "said", "thirty", "days"), ANYTHING, QUOTES)
def test_no_answer_to_any_call_breaks_the_check(
    said: Transcript, value: object, words: str
) -> None:
    for document in (YES, TONE, SCORE):
        outcome = judged(rule(**document), value, words, said)
        assert outcome == judged(rule(**document), value, words, said)
        if isinstance(outcome, Found):
            assert all(each.first_word >= 0 for each in outcome.evidence)
