"""What the linter says of a rubric, by example; of a good one it says nothing."""

import pytest

from reviews.demo.build import rubric as demo_rubric
from reviews.detection.language.lint import lint_query
from reviews.detection.language.phrase import leaf
from reviews.detection.lint import lint
from reviews.detection.rubric import parse_rubric

LISTS = {"fees": leaf(["fee"], shown="{fees}")}


def said(query: str) -> list[tuple[str, int | None]]:
    return [(note.code, note.column) for note in lint_query(query, lists=LISTS)]


def notes(lists: dict[str, list[str]], *queries: str, **rule: object) -> list[tuple[str, str]]:
    rules = [{"code": f"r{at}", "check": {"query": q}, **rule} for at, q in enumerate(queries)]
    found = lint(parse_rubric({"name": "Test", "lists": lists, "rules": rules}))
    return [(note.path, note.code) for note in found]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ('fee OR "card fee"', [("dead_alternative", 8)]),
        ("refund OR (fee OR refund)", [("dead_alternative", 19)]),
        ("(agent: refunds) OR refund*", [("dead_alternative", 9)]),
        ("(fee NEAR/2 tax) OR tax OR (fee NEAR/2 tax)", [("dead_alternative", 29)]),
        ("a w/5 b", [("positions", 3)]),
        ("refun?", [("final_question_mark", 1)]),
        ("agent: can", [("auxiliary", 8)]),
        ('"you can"', [("auxiliary", 1)]),
        ("fee AND NOT fee", [("never_found", 1)]),
        ("fee NOT NEAR/3 fee", [("never_found", 1)]),
        ("(agent: fee) SAME TURN (customer: fee)", [("never_found", 9)]),
        ("fee IN 2:00..3:00 IN FIRST 30s", [("never_found", 1)]),
        ("fee AND call.duration > 30s AND call.duration < 20s", [("never_found", 1)]),
    ],
)
def test_a_query_with_a_doubt_has_a_note_at_its_column(
    query: str, wanted: list[tuple[str, int]]
) -> None:
    assert said(query) == wanted


@pytest.mark.parametrize(
    "query",
    [
        '(credit OR "credit card") CONTAINING card',
        'credit NOT INSIDE ("credit card" OR card)',
        '(credit OR "credit card") NEAR/0 please',
        "refund OR refunds",
        "can NOT NEAR/0 not",
        '"anything else I can do"',
        '"claim number is"',
        "fee NOT BEFORE/3 fee",
        "NOT fee OR fee NEAR/3 tax",
        '"is it refun?ed"',
        "(fee IN FIRST 30s) OR (fee IN LAST 30s)",
        "call.local_time IN 22:00..6:00 AND call.local_time IN 5:00..7:00",
    ],
)
def test_a_query_that_means_what_it_says_has_no_note(query: str) -> None:
    assert said(query) == []


def test_a_list_has_notes_on_its_phrases_and_its_use() -> None:
    lists = {"fees": ["fee", "card fee", "a can't", "a cannot"], "idle": ["tax"]}
    assert notes(lists, "{fees}") == [
        ("lists.fees[1]", "subsumed_phrase"),
        ("lists.fees[3]", "doubled_phrase"),
        ("lists.idle", "unused_list"),
    ]


def test_a_phrase_that_holds_another_counts_where_the_whole_of_it_is_asked_for() -> None:
    assert notes({"fees": ["fee", "card fee"]}, "bank NOT INSIDE {fees}") == []


def test_a_rule_that_no_call_can_meet_has_a_note() -> None:
    never = "call.kind = live AND call.kind = voicemail"
    assert notes({}, "fee", applies_when=never)[-1] == ("rules[0].applies_when", "never_applies")
    contrary = notes({}, "call.first_contact", applies_when="NOT call.first_contact")
    assert contrary == [("rules[0]", "never_violated")]


def test_a_word_that_was_never_said_is_compared_with_those_that_were() -> None:
    words = {"guarantee": 40, "refund": 9, "garantee": 1, "promised": 5}
    document = {
        "name": "Test",
        "lists": {"promises": ["we gurantee it", "we promises it"]},
        "rules": [{"code": "a", "check": {"query": "{promises} OR xylophone OR rafund"}}],
    }
    found = lint(parse_rubric(document), vocabulary=words)
    assert [(note.path, note.column, note.remedy) for note in found] == [
        ("rules[0].check.query", 28, 'did you mean "refund", which was said 9 times?'),
        ("lists.promises[0]", None, 'did you mean "guarantee", which was said 40 times?'),
    ]


@pytest.mark.parametrize("tenant", ["harbor-wealth", "meridian-care", "northfield-claims"])
def test_the_rubrics_of_the_demo_have_no_note(tenant: str) -> None:
    assert lint(parse_rubric(demo_rubric(tenant))) == ()
