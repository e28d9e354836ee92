"""A rubric as JSON: read as plain values, or refused with its place."""

import pytest

from reviews.rubrics.document import RubricFileRefused, parsed_json


def test_json_gives_plain_values() -> None:
    assert parsed_json('\t{"name": "Café", "rules": [{"weight": 2.5}]}') == {
        "name": "Café",
        "rules": [{"weight": 2.5}],
    }


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("", "line 1, column 1: "),
        ('{"a": 1 "b"}', "line 1, column 9: "),
        ("name: a", "line 1, column 1: "),
        ('{"a": {"b": 1, "b": 2}}', "the key 'b' stands twice in one mapping"),
        ('{"a": ["x\\u0000"]}', "a[0]: a text with a character that is none"),
        ('{"a": "\\ud800"}', "a: a text with a character that is none"),
        (f'{{"a": {10**30}}}', "a: a number of too many digits"),
        (f'{{"a": {"9" * 5_000}}}', "a number of too many digits"),
        ("[" * 100_000, "nesting beyond what a rubric has"),
    ],
)
def test_json_says_where_it_is_wrong(text: str, seen: str) -> None:
    with pytest.raises(RubricFileRefused) as caught:
        parsed_json(text)
    assert caught.value.seen.startswith(seen)
