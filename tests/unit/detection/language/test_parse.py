"""Queries that are understood, and queries that are refused with code, column and what to write."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.detection.language.errors import QueryCode, QueryError
from reviews.detection.language.parse import parse_query
from reviews.detection.language.phrase import leaf, leaf_key
from reviews.detection.language.similar import similar
from reviews.detection.language.types import (
    AfterRule,
    And,
    ByRole,
    Chain,
    ClockWindow,
    Confident,
    Count,
    Distance,
    EdgeWindow,
    Either,
    FactBetween,
    FactIs,
    Leaf,
    Near,
    Nested,
    Nesting,
    NextTurn,
    Not,
    NotNear,
    Or,
    Pattern,
    Place,
    Placed,
    SameTurn,
    Similar,
    Slot,
    SlotKind,
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
    ('"a <b>"', QueryCode.PHRASE, 4, "there is no slot"),
    ('"a > b"', QueryCode.PHRASE, 4, "backslash"),
    ("<fee>", QueryCode.SLOT, 1, "write one of <number>"),
    ("<digits>", QueryCode.SLOT, 1, "<digits 4>"),
    ("<digits 41>", QueryCode.SLOT, 1, "1 to 40"),
    ("<money 5>", QueryCode.SLOT, 1, "write <money>"),
    ("<money as Fee>", QueryCode.SLOT, 1, "write one of"),
    ("<masked 5>", QueryCode.SLOT, 1, "write <masked>"),
    ("<money as a> AND <number as a>", QueryCode.SLOT, 18, 'captured as "a"'),
    ('"<money as a> or <money as a>"', QueryCode.PHRASE, 18, 'captured as "a"'),
    ('~"read this out"', QueryCode.SIMILARITY, 17, "85%"),
    ('~"read this out" 0%', QueryCode.SIMILARITY, 18, "1% to 100%"),
    ('~"read this out" 8.5%', QueryCode.SIMILARITY, 18, "1% to 100%"),
    ('~"read this out" 101%', QueryCode.SIMILARITY, 18, "1% to 100%"),
    ('~"read it" 85%', QueryCode.SIMILARITY, 3, "3 to 100"),
    ('~"read [this] out" 85%', QueryCode.SIMILARITY, 8, "leave it out"),
    ('~"read th* out" 85%', QueryCode.SIMILARITY, 10, "leave it out"),
    ("~refund 85%", QueryCode.SYNTAX, 1, "the text"),
    ("a INSIDE NOT b", QueryCode.NEEDS_SPAN, 10, "a NOT INSIDE b"),
    ("a INSIDE b INSIDE c", QueryCode.CHAIN, 12, "(a INSIDE b) INSIDE c"),
    ("a SAME TURN b NEXT TURN c", QueryCode.CHAIN, 15, "parentheses"),
    ("a INSIDE (b AND c)", QueryCode.NEEDS_SPAN, 10, "INSIDE needs a span"),
    ("agent: a SAME TURN b", QueryCode.HALF_SCOPED, 20, "agent: (a SAME TURN b)"),
    ("a NOT CONTAINING b", QueryCode.NOT_AFTER_OPERAND, 3, "AND NOT"),
    ("a NOT SAME TURN b", QueryCode.NOT_AFTER_OPERAND, 3, "AND NOT"),
    ("a SAME TURN b AS QUESTION", QueryCode.HALF_WINDOWED, 13, "parentheses"),
    ("(NOT a) AS QUESTION", QueryCode.NEEDS_SPAN, 1, "each operand"),
    ("a CONF >= 60", QueryCode.CONFIDENCE, 11, "0 to 1"),
    ("a CONF >= .6", QueryCode.CONFIDENCE, 11, "CONF >= 0.6"),
    ("a CONF < 0.6", QueryCode.CONFIDENCE, 8, "CONF >= 0.6"),
    ("a CONF", QueryCode.SIDE_BY_SIDE, 3, "quotes"),
    ("a AT TURN", QueryCode.SIDE_BY_SIDE, 3, "quotes"),
    ("a AFTER RULE nobody", QueryCode.RULE, 14, "write one of identity"),
    ("a AFTER identity", QueryCode.SIDE_BY_SIDE, 3, "quotes"),
    ("a near/5 b", QueryCode.SIDE_BY_SIDE, 3, "quotes"),
    ("a Or b", QueryCode.SIDE_BY_SIDE, 3, "quotes"),
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


def parse(text: str) -> object:
    promises = leaf(["we promise", "for sure"], shown="{promises}")
    return parse_query(text, lists={"promises": promises}, rules=["identity"])


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


def test_parse_query_refuses_to_come_after_a_rule_where_there_is_no_rubric() -> None:
    with pytest.raises(QueryError, match="needs a rubric") as caught:
        parse_query("a AFTER RULE identity", lists={})
    assert (caught.value.code, caught.value.column) == (QueryCode.RULE, 14)


def test_query_error_counts_lines_and_columns_from_one() -> None:
    with pytest.raises(QueryError, match=r"^line 2, column 4: "):
        parse("a AND\n\tb c")


def slot(step: Slot) -> Leaf:
    made = term(f"<{step.kind} 1>" if step.digits else "<number>")
    return replace(made, key=leaf_key((Pattern((step,)),)), patterns=(Pattern((step,)),))


A, B, C = term("aa"), term("bb"), term("cc")
SIMILAR = similar('~ "read  this to you" 85 %')
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
        ("aa INSIDE bb", Nested(A, B, Nesting.INSIDE)),
        ("aa NOT  INSIDE bb", Nested(A, B, Nesting.NOT_INSIDE)),
        ("aa CONTAINING bb", Nested(A, B, Nesting.CONTAINING)),
        ("aa SAME TURN bb", SameTurn(A, B)),
        ("aa NEXT\nTURN bb", NextTurn(A, B)),
        ("(aa NEAR/5 bb) IN ONE TURN", Placed(Place.ONE_TURN, Near(A, B, FIVE))),
        ("aa AT TURN START", Placed(Place.TURN_START, A)),
        ("aa AT TURN  END AS QUESTION", Placed(Place.QUESTION, Placed(Place.TURN_END, A))),
        ("aa CONF >= 0.6", Confident(600, A)),
        ("aa CONF>=1", Confident(1000, A)),
        ("aa AFTER RULE identity", AfterRule("identity", A, is_negated=False)),
        ("aa NOT AFTER RULE identity", AfterRule("identity", A, is_negated=True)),
        ("<digits 4>", slot(Slot(SlotKind.DIGITS, digits=4))),
        ("<money as fee>", slot(Slot(SlotKind.MONEY, capture="fee"))),
        ("<masked PERSON_NAME>", slot(Slot(SlotKind.MASKED, label="person_name"))),
        ('"aa <duration> bb"', term("aa <duration> bb")),
        ('~"read this to you" 85%', Similar("", SIMILAR.key, ("read", "this", "to", "you"), 85)),
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
