"""Words that are remembered fold as they did when they were new."""

import pytest

from reviews.detection import folding
from reviews.detection.folding import PLAIN, REMEMBERED, fold_word


def test_a_plain_word_is_remembered_as_its_token() -> None:
    fold_word("Refunds")
    assert PLAIN["Refunds"] == "refunds"


@pytest.mark.parametrize("raw", ["refunds.", "five", "uh", "can't", "dollar", "[NAME]", "--"])
def test_a_word_that_needs_its_neighbours_or_ends_a_sentence_is_not_plain(raw: str) -> None:
    fold_word(raw)
    assert raw in REMEMBERED
    assert raw not in PLAIN


def test_what_is_remembered_stays_within_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    REMEMBERED.clear()
    PLAIN.clear()
    monkeypatch.setattr(folding, "_REMEMBERED_AT_MOST", 3)
    for at in range(26):
        fold_word("word" + chr(ord("a") + at))
    assert 0 < len(PLAIN) <= len(REMEMBERED) <= 3


def test_a_long_word_is_folded_but_not_remembered() -> None:
    raw = "x" * 50
    assert fold_word(raw).tokens == (raw,)
    assert raw not in REMEMBERED
    assert raw not in PLAIN


@pytest.mark.parametrize(
    ("raw", "tokens"),
    [
        ("thanks,bye", ("thanks", "bye")),
        ("what?no", ("what", "no")),
        ("me!?no.", ("me", "no")),
        ("a;b:c", ("a", "b", "c")),
        ("card(s)", ("card", "s")),
        ("okay...bye", ("okay", "bye")),
        ("it's,well", ("it", "well")),
        ("1,200", ("1200",)),
        ("10:30", ("10:30",)),
        ("example.com", ("example.com",)),
    ],
)
def test_marks_between_letters_part_words_whose_blank_was_lost(
    raw: str, tokens: tuple[str, ...]
) -> None:
    assert fold_word(raw).tokens == tokens


@pytest.mark.parametrize("word", ["คืน", "किताब", "เงิน", "كِتاب", "café"])
def test_a_letter_keeps_its_marks(word: str) -> None:
    assert fold_word(word).tokens == (word,)
    assert fold_word(f"«{word}».").tokens == (word,)


def test_a_decomposed_accent_is_the_composed_one() -> None:
    assert fold_word("cafe\u0301").tokens == fold_word("café").tokens
