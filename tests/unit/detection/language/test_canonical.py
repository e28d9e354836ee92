"""Queries in their canonical form: the same query, stable, with its comments."""

import pytest

from reviews.detection.language.canonical import format_query
from reviews.detection.language.parse import parse_query
from reviews.detection.language.phrase import leaf

LISTS = {"promises": leaf(["we promise", "for sure"], shown="{promises}")}


def formatted(text: str) -> str:
    return format_query(text, lists=LISTS, rules=["identity"])


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("( aa )  OR bb", "aa OR bb"),
        ("(aa OR bb) OR cc", "(aa OR bb) OR cc"),
        ("aa AND (bb AND cc)", "aa AND (bb AND cc)"),
        ("(aa AND bb) OR NOT cc", "aa AND bb OR NOT cc"),
        ("NOT (aa AND bb)", "NOT (aa AND bb)"),
        ("(agent: aa) OR bb", "(agent: aa) OR bb"),
        ("aa OR (agent: bb SAME TURN agent: cc)", "aa OR (agent: bb SAME TURN agent: cc)"),
        ("agent:aa OR agent:(bb)", "agent: aa OR agent: bb"),
        ("agent:(aa OR bb) IN FIRST 30s", "agent: (aa OR bb) IN FIRST 30s"),
        ("(aa IN FIRST 30s) OR bb", "(aa IN FIRST 30s) OR bb"),
        ("aa w/6 bb", "aa NEAR/5 bb"),
        ("aa pre/1 bb", "aa BEFORE/0 bb"),
        ("aa BEFORE/2 bb BEFORE/3s cc", "aa BEFORE/2 bb BEFORE/3s cc"),
        ("(aa BEFORE bb) BEFORE/2t cc", "(aa BEFORE bb) BEFORE/2t cc"),
        ("aa NEAR/5 (bb NEAR/3 cc)", "aa NEAR/5 (bb NEAR/3 cc)"),
        ("aa NOT  NEAR/5 bb", "aa NOT NEAR/5 bb"),
        ("aa NOT BEFORE/5 bb", "aa NOT BEFORE/5 bb"),
        ("(aa SAME  TURN bb)", "aa SAME TURN bb"),
        ("aa NEXT TURN (bb OR cc)", "aa NEXT TURN (bb OR cc)"),
        ("aa NOT INSIDE “aa  bb”", 'aa NOT INSIDE "aa bb"'),
        ("(aa AT TURN START) AS QUESTION", "aa AT TURN START AS QUESTION"),
        ("aa CONF>=0.60", "aa CONF >= 0.6"),
        ("aa NOT AFTER RULE identity", "aa NOT AFTER RULE identity"),
        ("COUNT((aa OR bb))>=3", "COUNT(aa OR bb) >= 3"),
        ("~ “read this to  you” 85 %", '~"read this to you" 85%'),
        ("{ promises }", "{promises}"),
        ("<money  as fee>", "<money as fee>"),
        ("aa IN 0:30..1:02:00", "aa IN 0:30..1:02:00"),
        ("call.duration>=1:30", "call.duration >= 90s"),
        ("call.first_contact", "call.first_contact"),
        ('call.queue="Loss Team"', 'call.queue = "loss team"'),
        ("call.local_time NOT IN 8:00..21:00", "call.local_time NOT IN 8:00..21:00"),
    ],
)
def test_a_query_is_written_in_one_way_and_means_the_same(query: str, wanted: str) -> None:
    assert formatted(query) == wanted
    assert formatted(wanted) == wanted
    again = parse_query(wanted, lists=LISTS, rules=["identity"])
    assert again == parse_query(query, lists=LISTS, rules=["identity"])


def test_comments_stay_before_what_they_stood_in() -> None:
    text = "# the opening\naa OR # a synonym\nbb OR (cc # third\nNEAR/5 dd) # the end"
    wanted = "# the opening\naa\n# a synonym\nOR bb\n# third\nOR cc NEAR/5 dd\n# the end"
    assert formatted(text) == wanted
    assert formatted(wanted) == wanted


def test_a_hash_in_quotes_is_no_comment() -> None:
    assert formatted('"suite#one"  # a note') == '"suite#one"\n# a note'


def test_a_long_query_has_an_operand_a_line() -> None:
    words = [f"word{at}x" for at in range(12)]
    assert formatted(" AND ".join(words)) == "\nAND ".join(words)
