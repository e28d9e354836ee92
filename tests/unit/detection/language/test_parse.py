"""Queries that are understood, and queries that are refused with code, column and what to write."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.detection.language.errors import QueryCode, QueryError
from reviews.detection.language.parse import parse_query
from reviews.detection.language.phrase import leaf
from reviews.detection.language.types import (
    And,
    ByRole,
    Chain,
    ClockWindow,
    Count,
    Distance,
    EdgeWindow,
    Either,
    FactBetween,
    FactIs,
    Leaf,
    Near,
    Not,
    NotNear,
    Or,
    Unit,
    Within,
)
from reviews.detection.transcript import Role

WRONG = [
    ("", QueryCode.EMPTY, 1, "write what must be heard"),
    ("# only a comment", QueryCode.EMPTY, 1, "write what must be heard"),
    ("refund fee", QueryCode.SIDE_BY_SIDE, 8, "AND or OR"),
    ("refund -fee", QueryCode.NOT_AFTER_OPERAND, 8, "AND NOT fee"),
    ("refund NOT fee", QueryCode.NOT_AFTER_OPERAND, 8, "AND NOT"),
    ("refund NEAR/5 NOT fee", QueryCode.NEEDS_SPAN, 15, "refund NOT NEAR/5 fee"),
    ("agent: refund OR fee", QueryCode.HALF_SCOPED, 18, "agent: (refund OR fee)"),
    ("agent: a NEAR/5 bb", QueryCode.HALF_SCOPED, 17, "agent: (a NEAR/5 bb)"),
    ("a OR b IN FIRST 30s", QueryCode.HALF_WINDOWED, 6, "(b IN FIRST 30s)"),
    ("a NEAR/3 b IN FIRST 30s", QueryCode.HALF_WINDOWED, 10, "parentheses"),
    ("agent: (a AND b)", QueryCode.NEEDS_SPAN, 8, "(agent: A) AND (agent: B)"),
    ("agent: customer: a", QueryCode.CONTRARY_SCOPES, 1, "leave one out"),
    ("(a AND b) IN FIRST 5s", QueryCode.NEEDS_SPAN, 1, "each operand"),
    ("COUNT(NOT a) > 1", QueryCode.NEEDS_SPAN, 7, "COUNT"),
    ("COUNT(a) >= 0", QueryCode.COUNT, 13, "always true"),
    ("COUNT(a) < 0", QueryCode.COUNT, 12, "always false"),
    ("COUNT(a) > x", QueryCode.COUNT, 12, "whole number"),
    ("COUNT(a)", QueryCode.SYNTAX, 9, "comparison"),
    ("a NEAR/5 b NEAR/5 c", QueryCode.CHAIN, 12, "(a NEAR/5 b) NEAR/5 c"),
    ("a NEAR b", QueryCode.DISTANCE, 3, "NEAR/5"),
    ("a NEAR/5x b", QueryCode.DISTANCE, 3, "/10s"),
    ("a NEAR/1001 b", QueryCode.DISTANCE, 3, "0 to 1000"),
    ("a NEAR/3601s b", QueryCode.DISTANCE, 3, "0 to 3600"),
    ("a w/0 b", QueryCode.DISTANCE, 3, "w/1"),
    ("a IN FIRST 3", QueryCode.WINDOW, 12, "30s"),
    ("a IN LAST 0%", QueryCode.WINDOW, 11, "1 to 100"),
    ("a IN 2:00..1:00", QueryCode.WINDOW, 6, "earlier time first"),
    ('"unclosed', QueryCode.UNCLOSED, 1, "close it"),
    ("(a", QueryCode.UNCLOSED, 3, 'close it with ")"'),
    ("a)", QueryCode.SYNTAX, 2, "remove it"),
    ("a AND", QueryCode.UNFINISHED, 6, "a word"),
    ("AND a", QueryCode.UNFINISHED, 1, '"AND" in quotes'),
    ("a |b", QueryCode.SYNTAX, 3, "inside quotes"),
    ("{nope}", QueryCode.LIST, 1, "write one of the lists"),
    ("f***", QueryCode.TERM, 1, "refund*"),
    ("30*", QueryCode.TERM, 1, "letters only"),
    ("a*", QueryCode.TERM, 1, "at least 2 letters"),
    ("—", QueryCode.TERM, 1, "at least one word"),
    ("agents: a", QueryCode.TERM, 1, "agent:, customer:"),
    ('"[you]"', QueryCode.PHRASE, 2, "at least one word"),
    ('"* *"', QueryCode.PHRASE, 2, "at least one word"),
    ('"(a|b"', QueryCode.PHRASE, 2, "close it"),
    ('"a <b>"', QueryCode.PHRASE, 4, "backslash"),
    ("call.kind = foo", QueryCode.FACT, 13, "voicemail"),
    ("call.foo", QueryCode.FACT, 1, "call.kind"),
    ("call.kind", QueryCode.FACT, 1, "call.kind = live"),
    ("call.duration >= soon", QueryCode.FACT, 18, "20s"),
    ("call.local_time IN 8..9", QueryCode.FACT, 20, "8:00..21:00"),
    ("call.first_contact = 1", QueryCode.FACT, 20, "NOT call.first_contact"),
    ("NOT " * 40 + "a", QueryCode.LIMIT, 133, "split it"),
    ("(" * 3000 + "a" + ")" * 3000, QueryCode.LIMIT, 34, "split it"),
    ("a " * 5001, QueryCode.LIMIT, 10001, "at most 10000"),
    (" OR ".join(["a"] * 501), QueryCode.LIMIT, 2501, "into a list"),
]
LATER = [
    ("<number>", 1),
    ('~"read this to the customer" 85%', 1),
    ("a INSIDE b", 3),
    ("a NOT INSIDE b", 3),
    ("a CONTAINING b", 3),
    ("a SAME TURN b", 3),
    ("a NEXT TURN b", 3),
    ("a AT TURN START", 3),
    ("a AS QUESTION", 3),
    ("a CONF >= 0.6", 3),
    ("a AFTER RULE identity", 3),
    ("a NOT AFTER RULE identity", 3),
    ("(a NEAR/5 b) IN ONE TURN", 14),
]


def parse(text: str) -> object:
    return parse_query(
        text, lists={"promises": leaf(["we promise", "for sure"], shown="{promises}")}
    )


def refusal(text: str) -> QueryError | None:
    """Anything but an answer or a QueryError fails the test that asked."""
    try:
        parse(text)
    except QueryError as error:
        return error
    return None


def term(text: str) -> Leaf:
    return leaf([text], shown=text)


@pytest.mark.parametrize(("query", "code", "column", "advice"), WRONG)
def test_parse_query_refuses_with_code_column_and_advice(
    query: str, code: QueryCode, column: int, advice: str
) -> None:
    with pytest.raises(QueryError) as caught:
        parse(query)
    assert (caught.value.code, caught.value.column) == (code, column)
    assert advice in caught.value.message


@pytest.mark.parametrize(("query", "column"), LATER)
def test_parse_query_names_a_construct_when_it_is_of_a_later_version(
    query: str, column: int
) -> None:
    with pytest.raises(QueryError, match="not yet supported") as caught:
        parse(query)
    assert (caught.value.code, caught.value.column) == (QueryCode.NOT_YET_SUPPORTED, column)


def test_query_error_counts_lines_and_columns_from_one() -> None:
    with pytest.raises(QueryError, match=r"^line 2, column 4: "):
        parse("a AND\n\tb c")


A, B, C = term("aa"), term("bb"), term("cc")
FIRST = EdgeWindow(is_first=True, amount=30, unit=Unit.SECONDS)
FIVE = Distance(5, Unit.WORDS)


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("aa OR bb", Either((A, B))),
        ("aa AND bb OR cc", Or((And((A, B)), C))),
        ("NOT aa NEAR/5 bb", Not(Near(A, B, FIVE))),
        ("aa NEAR/5 bb OR cc", Either((Near(A, B, FIVE), C))),
        ("(agent: aa) NEAR/5 bb", Near(ByRole(Role.AGENT, A), B, FIVE)),
        ("agent: aa IN FIRST 30s", Within(FIRST, ByRole(Role.AGENT, A))),
        ("agent:aa AND bb", And((ByRole(Role.AGENT, A), B))),
        ("aa IN 0:30..2:00", Within(ClockWindow(30_000, 120_000), A)),
        ("aa IN 0:00:30..1:00:00", Within(ClockWindow(30_000, 3_600_000), A)),
        ("aa w/6 bb", Near(A, B, FIVE)),
        ("aa pre/6 bb", Chain((A, B), (FIVE,))),
        ("aa BEFORE/5 bb BEFORE cc", Chain((A, B, C), (FIVE, None))),
        ("aa NOT NEAR/5 bb", NotNear(A, B, FIVE, is_before=False)),
        ("aa NOT BEFORE/5 bb", NotNear(A, B, FIVE, is_before=True)),
        ("COUNT(aa)>=3", Count(A, ">=", 3)),
        ("aa # why\nAND bb", And((A, B))),
        ("“aa”", A),
        ("call.kind=live", FactIs("kind", "=", "live")),
        ("call.duration >= 1:30", FactIs("duration", ">=", 90_000)),
        ('call.queue != "Loss Team"', FactIs("queue", "!=", "loss team")),
        ("call.notice", FactIs("notice", "=", value=True)),
        (
            "call.local_time NOT IN 8:00..21:00",
            FactBetween("local_time", 480, 1260, is_inside=False),
        ),
        ("agent", term("agent")),
        ("near", term("near")),
        ('"OR"', term("or")),
    ],
)
def test_parse_query_gives_the_typed_query(query: str, wanted: object) -> None:
    assert parse(query) == wanted


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "aa",
                '"b c"',
                "(",
                ")",
                "AND",
                "OR",
                "NOT",
                "NEAR/5",
                "IN FIRST 3s",
                "agent:",
                "<x>",
                "COUNT(",
                ") > 1",
                "call.kind = live",
                "{promises}",
                "*",
                "|",
                "~",
                "w/5",
                "BEFORE",
            ]
        ),
        max_size=12,
    )
)
def test_parse_query_answers_or_refuses_and_never_breaks(parts: list[str]) -> None:
    refused = refusal(" ".join(parts))
    assert refused is None or (refused.line >= 1 <= refused.column)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_parse_query_answers_or_refuses_arbitrary_text(text: str) -> None:
    refused = refusal(text)
    assert refused is None or refused.message
