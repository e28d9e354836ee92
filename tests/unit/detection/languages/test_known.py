"""Which language a call is read in, and what cannot be told where numbers are not read."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.detection.engine import evaluate
from reviews.detection.evidence import NotAssessable, Reason
from reviews.detection.examples import red_examples
from reviews.detection.languages.english import ENGLISH
from reviews.detection.languages.known import OTHER, language_of
from reviews.detection.languages.language import Language
from reviews.detection.languages.spanish import SPANISH
from reviews.detection.normalize import fold_text
from reviews.detection.rubric import parse_rubric
from tests.unit.detection.calls import ask, call, places, state


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        (None, ENGLISH),
        ("en", ENGLISH),
        ("en_us", ENGLISH),
        ("EN-GB", ENGLISH),
        ("es", SPANISH),
        ("es-419", SPANISH),
        ("spanish", SPANISH),
        ("fr", OTHER),
        ("est", OTHER),
        ("", OTHER),
    ],
)
def test_language_of_a_code(code: str | None, wanted: Language) -> None:
    assert language_of(code) is wanted


@pytest.mark.parametrize(
    ("query", "text", "language", "wanted"),
    [
        ('"doscientos dólares"', "son $200 hoy", "es", [(0, 1, 1)]),
        ("$200", "son doscientos dólares", "es_mx", [(0, 1, 2)]),
        ('"del banco"', "soy de el banco", "es", [(0, 1, 3)]),
        ("1.200", "mil doscientos", "es", [(0, 0, 1)]),
        ('~"esta llamada dura treinta días" 100%', "esta llamada dura 30 días", "es", [(0, 0, 4)]),
        ("um", "er kommt um acht", "de", [(0, 2, 2)]),
        ('"30 jours"', "30 jours", "fr", [(0, 0, 1)]),
        ("<masked>", "je suis [PERSON_NAME]", "fr", [(0, 2, 2)]),
    ],
)
def test_a_query_is_folded_as_the_call_is(
    query: str, text: str, language: str, wanted: list[tuple[int, int, int]]
) -> None:
    assert places(ask(query, call(f"agent: {text}", language=language))) == wanted


@pytest.mark.parametrize(
    "query",
    [
        '"30 jours"',
        'NOT "30 jours"',
        "<money>",
        "COUNT(<digits 4>) >= 1",
        'jours NEAR/3 "thirty"',
        'trente AND ("30 jours" OR <date>)',
        '~"cela dure 30 jours" 90%',
        "8%",
    ],
)
def test_a_query_that_needs_numbers_is_not_assessable_where_they_are_not_read(query: str) -> None:
    french = call("agent: cela dure trente jours", language="fr")
    assert state(ask(query, french)) == "numbers_unread"


@pytest.mark.parametrize(
    ("query", "wanted"), [("bonjour", "clear"), ("jours", "found"), ("<masked>", "clear")]
)
def test_a_query_of_words_is_assessed_in_any_language(query: str, wanted: str) -> None:
    french = call("agent: cela dure trente jours", language="fr")
    assert state(ask(query, french)) == wanted


def test_a_query_that_needs_numbers_is_clear_where_what_it_joins_was_not_said() -> None:
    french = call("agent: cela dure trente jours", language="fr")
    assert state(ask("bonjour AND <money>", french)) == "clear"


def test_a_rubrics_rule_that_needs_numbers_is_not_passed_over_as_silent() -> None:
    rule = {"code": "r", "check": {"query": "<money>"}}
    french = call("agent: cela dure trente jours", language="fr")
    outcome = evaluate(french, parse_rubric({"name": "Test", "rules": [rule]})).results[0].outcome
    assert isinstance(outcome, NotAssessable)
    assert outcome.reason is Reason.NUMBERS_UNREAD


def test_a_rules_examples_are_read_in_its_language() -> None:
    rule = {
        "code": "r",
        "check": {"query": '"doscientos dólares"'},
        "languages": ["es"],
        "examples": {"must_match": ["agent: son $200"], "must_not_match": ["agent: son $20"]},
    }
    assert red_examples(parse_rubric({"name": "Test", "rules": [rule]})) == ()


WORDS = [
    *("five", "two", "hundred", "a", "and", "point", "oh", "double", "7", "8%", "$35", "third"),
    *("twenty", "nineteen", "million", "per", "cent", "bucks", "cents", "half", "may", "of", "uh"),
    *("treinta", "y", "cinco", "mil", "millón", "de", "pesos", "un", "dólar", "con", "coma", "del"),
    *("can't", "no", "no.", "2½", "552-09", "1.200,50", "1º", "eh", "second", "–"),
]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=12),
    st.sampled_from([ENGLISH, SPANISH, OTHER]),
)
def test_no_word_is_lost_and_tokens_stand_in_the_order_of_their_words(
    words: list[str], language: Language
) -> None:
    axis = fold_text(words, language)
    covered = {
        word
        for first, last in zip(axis.first, axis.last, strict=True)
        for word in range(first, last + 1)
    }
    silent = {at for at, word in enumerate(words) if not fold_text([word], language).tokens}
    assert covered | silent == set(range(len(words)))
    placed = [axis.first[at] for at in axis.kept]
    assert placed == sorted(placed)
