"""The queue's line of text: it says what it means, and says back what it was told."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from reviews.queries.queue_query import FilterRefused, Filters, Sort, Stands, parse, write

_WORD = some.text(some.characters(exclude_characters='"\0', exclude_categories=["Cs"]), max_size=12)
_TEXT = _WORD.filter(lambda text: bool(text.strip()))
_PHRASE = _WORD.map(lambda text: " ".join(text.split()))
_FILTERS = some.builds(
    Filters,
    stands=some.sampled_from(Stands),
    rule=some.just("") | _TEXT,
    severity=some.sampled_from(["", "high", ">=low", "critical"]),
    agent=some.just("") | _TEXT,
    team=some.just("") | _TEXT,
    source=some.just("") | _TEXT,
    age=some.sampled_from(["", ">2d", "<4h", ">10w"]),
    assignee=some.sampled_from(["", "me", "none", "a@b.example"]),
    phrase=_PHRASE,
    is_overdue=some.booleans(),
    is_held=some.booleans(),
    is_unsure=some.booleans(),
    sort=some.sampled_from(Sort),
)


@given(_FILTERS)
def test_what_is_written_reads_back_as_the_same(filters: Filters) -> None:
    assert parse(write(filters)) == filters


def test_the_line_of_the_guide_is_read() -> None:
    read = parse('is:open rule:guarantee agent:"J. Ortiz" sev:>=high age:>2d assignee:me "no risk"')
    assert (read.rule, read.agent, read.assignee, read.phrase) == (
        "guarantee", "J. Ortiz", "me", "no risk",
    )  # fmt: skip
    assert read.severities == ("critical", "high")
    assert read.waited() == (">", timedelta(days=2))


def test_words_without_a_key_are_one_phrase() -> None:
    assert parse("no risk rule:x at all").phrase == "no risk at all"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("is:gone", "is:gone"),
        ("sev:grave", "sev:grave"),
        ("age:2d", "age:2d"),
        ("colour:red", "colour:"),
        ("rule:a rule:b", "twice"),
        ('agent:""', "without a value"),
        ('"half a phrase', "half a phrase"),
        ("x" * 501, "501"),
        ("a\0b", "3 characters"),
        ("sort:luck", "sort:luck"),
        ("rule:", "rule:"),
    ],
)
def test_a_part_that_means_nothing_is_refused_by_name(text: str, seen: str) -> None:
    with pytest.raises(FilterRefused, match="was refused") as refusal:
        parse(text)
    assert seen in str(refusal.value)
