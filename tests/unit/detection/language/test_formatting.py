"""The canonical form of any query: it means the same, is stable and keeps what is remarked."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviews.detection.language.canonical import format_query
from reviews.detection.language.parse import PARSER, parse_query
from reviews.detection.language.types import Condition
from reviews.detection.language.written import written
from tests.queries import LISTS, RULES, queries

many = settings(
    max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
BLANKS = ("", " ", "\n", "\t \n", ' # it\'s "so" (\n', "#\n", "\n# AND why\n  # and how\n")

CLOSED = {"COUNT", "CONF"}
"""Words that are keywords by what follows them at once."""


def parsed(text: str) -> Condition:
    return parse_query(text, lists=LISTS, rules=RULES)


def formatted(text: str) -> str:
    return format_query(text, lists=LISTS, rules=RULES)


@given(query=queries())
@many
def test_a_typed_query_is_written_so_that_it_is_read_again(query: Condition) -> None:
    text = written(query)
    assert parsed(text) == query
    assert parsed(formatted(text)) == query


@given(query=queries(), data=st.data())
@many
def test_a_query_is_formatted_once_and_loses_no_comment(
    query: Condition, data: st.DataObject
) -> None:
    blanks = data.draw(st.lists(st.sampled_from(BLANKS), min_size=1, max_size=12))
    tokens = list(PARSER.lex(written(query)))
    between = [
        " " if token.type in CLOSED else blanks[at % len(blanks)] for at, token in enumerate(tokens)
    ]
    once = formatted(
        "".join(f"{token} {blank}" for token, blank in zip(tokens, between, strict=True))
    )
    assert parsed(once) == query
    assert formatted(once) == once
    assert remarks("\n".join(between)) == remarks(once)


def remarks(text: str) -> list[str]:
    lines = (line.strip() for line in text.split("\n"))
    return [line for line in lines if line.startswith("#")]
