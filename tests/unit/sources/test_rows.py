from typing import Any

import pytest

from reviews.sources.rows import are_words, list_of, texts_of, with_text

WORD = {"text": "yes", "start": 1, "end": 2, "confidence": 0.9, "speaker": "A", "channel": None}
JUNK: list[Any] = [None, 3, "text", ["text"], {}, {"text": None}, {"text": 5}, {"text": ["a"]}]


@pytest.mark.parametrize("rows", [[], [WORD], [WORD, {}, {"text": ["a"]}]])
def test_objects_with_nothing_but_what_a_word_has_are_words(rows: list[Any]) -> None:
    assert are_words(rows)


@pytest.mark.parametrize("row", [None, "text", ["text"], {"words": []}, WORD | {"summary": "yes"}])
def test_one_row_that_is_more_or_no_object_makes_them_no_words(row: Any) -> None:
    assert not are_words([WORD, row])


@pytest.mark.parametrize("row", JUNK)
def test_what_has_no_text_is_left_out_and_the_others_keep_their_order(row: Any) -> None:
    rows = [WORD, row, {"text": ""}]
    assert with_text(rows) == [WORD, {"text": ""}]
    assert texts_of(rows) == ["yes", ""]


def test_rows_with_texts_alone_are_the_very_same_objects() -> None:
    rows = [dict(WORD), {"text": "no"}]
    assert [id(row) for row in with_text(rows)] == [id(row) for row in rows]
    assert texts_of(rows) == ["yes", "no"]


@pytest.mark.parametrize("value", [None, 3, "text", {"text": "a"}])
def test_what_is_no_list_has_no_rows(value: Any) -> None:
    assert list_of(value) == []
    assert list_of([value]) == [value]
