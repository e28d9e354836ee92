import pytest

from reviews.detection.safety.letters import BREAK, NUMBER, OTHER, QUOTE, letter
from reviews.detection.safety.reading import is_disguised, read, spelled


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("idiot", "idiot"),
        ("IDIOT,", "idiot"),
        ("you're", "you are"),
        ("You’re", "you are"),
        ("shouldn't", "should not"),
        ("1d1ot", "idiot"),
        ("idiooooot", "idiot"),
        ("mother-fucker", "motherfucker"),
        ("stupid-idiot", "stupid idiot"),
        ("ｉｄｉｏｔ", "idiot"),
        ("ídiot", "idiot"),
        ("id\u200biot", "idiot"),
    ],
)
def test_a_word_is_read_as_what_is_meant(raw: str, words: str) -> None:
    assert read(raw) == "".join(map(letter, words.split()))


@pytest.mark.parametrize(
    ("raw", "letters"),
    [
        ("Scunthorpe", OTHER),
        ("4111", NUMBER),
        ("****1234", NUMBER),
        ("A55", NUMBER),
        ("Scunthorpe.", OTHER + BREAK),
        ("“Scunthorpe”", QUOTE + OTHER + QUOTE),
        ("?!", ""),
        ("", ""),
        ("x" * 1_000_000, OTHER),
    ],
)
def test_what_is_no_word_of_the_rules_stays_unknown(raw: str, letters: str) -> None:
    assert read(raw) == letters


@pytest.mark.parametrize(
    ("raw", "expected"), [("idiot", False), ("idiots!", False), ("1diot", True), ("f***", True)]
)
def test_only_a_word_that_hides_is_disguised(raw: str, *, expected: bool) -> None:
    assert is_disguised(raw) is expected


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("you i d i o t", [(1, 5, "idiot")]),
        ("I h a t e it", [(1, 4, "hate")]),
        ("my name is h a t e", []),
        ("h a t e 4 2", []),
        ("h a t", []),
        ("q w r t z", []),
    ],
)
def test_letters_one_by_one_are_a_word_unless_a_name_is_spelled(
    said: str, found: list[tuple[int, int, str]]
) -> None:
    expected = [(first, last, letter(word)) for first, last, word in found]
    assert list(spelled(said.split())) == expected
