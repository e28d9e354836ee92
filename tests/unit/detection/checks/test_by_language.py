"""One rule with a query for each language: the call's own is asked, and no other."""

from dataclasses import replace
from typing import Any

import pytest

from reviews.detection.engine import compile_rubric, evaluate
from reviews.detection.evidence import Clear, Found, NotAssessable, Outcome, Reason
from reviews.detection.examples import red_examples
from reviews.detection.lint import lint
from reviews.detection.rubric import RubricError, canonical, parse_rubric
from tests.unit.detection.calls import call

QUERIES = {"en": '"may be recorded"', "es": '"ser grabada"', "es_mx": '"está grabada"'}
ENGLISH, SPANISH, MEXICAN = (
    "agent: This call may be recorded.",
    "agent: Puede ser grabada.",
    "agent: La llamada está grabada.",
)


def document(queries: Any = QUERIES, **changes: Any) -> dict[str, Any]:
    rule = {"code": "notice", "check": {"by_language": queries}} | changes
    return {"name": "Test", "rules": [rule]}


def heard(spoken: str, language: str | None, **changes: Any) -> Outcome | None:
    rubric = compile_rubric(parse_rubric(document(**changes)))
    return evaluate(replace(call(spoken), language=language), rubric).results[0].outcome


@pytest.mark.parametrize("language", ["en", "en_us", "EN-gb", "es", "es_es", "es-MX", "es_mx"])
@pytest.mark.parametrize("spoken", [ENGLISH, SPANISH, MEXICAN])
def test_the_query_of_the_calls_language_is_asked(language: str, spoken: str) -> None:
    wanted = {"en": ENGLISH, "es": SPANISH}[language[:2].lower()]
    if language.lower().replace("-", "_") == "es_mx":
        wanted = MEXICAN
    assert isinstance(heard(spoken, language), Found if spoken == wanted else Clear)


@pytest.mark.parametrize("language", ["fr", "e", "english", "esx", "", "_"])
def test_a_language_without_a_query_is_not_assessable(language: str) -> None:
    outcome = heard(ENGLISH, language)
    assert isinstance(outcome, NotAssessable)
    assert outcome.reason is Reason.LANGUAGE


@pytest.mark.parametrize("when", ["found", "absent"])
def test_a_call_of_which_nobody_said_the_language_is_not_assessable(when: str) -> None:
    outcome = heard(ENGLISH, None, violation_when=when)
    assert isinstance(outcome, NotAssessable)
    assert outcome.text == "nobody said in which language the call is"


def test_what_is_not_said_is_proved_in_the_calls_own_language() -> None:
    outcome = heard("agent: Hola.", "es", violation_when="absent")
    assert isinstance(outcome, Clear)
    assert outcome.absence is not None


@pytest.mark.parametrize(
    ("queries", "said"),
    [
        ({}, "write a query for each of 1 to 50 languages"),
        ({f"x{at}": "hello" for at in range(51)}, "write a query for each of 1 to 50 languages"),
        ({"en us": "hello"}, "this is no code of a language"),
        ({"": "hello"}, "this is no code of a language"),
        ({"e" * 21: "hello"}, "this is no code of a language"),
        ({"en": ""}, "rules[0].check.by_language.en"),
        ({"en": "hello AND"}, "rules[0].check.by_language.en: "),
        ({"en": ["hello"]}, "rules[0].check.by_language.en"),
        ("hello", "rules[0].check.by_language"),
    ],
)
def test_what_is_no_query_of_a_language_is_refused_with_its_place(queries: Any, said: str) -> None:
    with pytest.raises(RubricError) as refused:
        parse_rubric(document(queries))
    assert said in str(refused.value)


def test_it_comes_back_the_same_and_other_rules_may_come_after_it() -> None:
    made = document({"es": "hola", "en": "hello"})
    made["rules"].append({"code": "after", "check": {"query": "bye AFTER RULE notice"}})
    rubric = parse_rubric(made)
    assert canonical(parse_rubric(made)) == canonical(rubric)
    assert b'"by_language":{"en":"hello","es":"hola"}' in canonical(rubric)
    spoken = replace(call("agent: hola\nagent: bye"), language="es")
    assert isinstance(evaluate(spoken, compile_rubric(rubric)).results[1].outcome, Found)


def test_examples_are_tried_in_the_language_that_they_name_or_in_the_first() -> None:
    examples = {
        "must_match": [ENGLISH, f"language: es\n{SPANISH}", f"language: es_mx\n{MEXICAN}"],
        "must_not_match": [f"language: es\n{ENGLISH}", SPANISH],
    }
    assert red_examples(parse_rubric(document(examples=examples))) == ()
    wrong = {"must_match": [SPANISH], "must_not_match": [f"language: fr\n{SPANISH}"]}
    red = red_examples(parse_rubric(document(examples=wrong)))
    assert [each.path for each in red] == [
        "rules[0].examples.must_match[0]",
        "rules[0].examples.must_not_match[0]",
    ]


def test_lint_looks_into_each_query() -> None:
    notes = lint(parse_rubric(document({"en": "(a OR a)", "es": "hola"})))
    assert [each.path for each in notes] == ["rules[0].check.by_language.en"]
