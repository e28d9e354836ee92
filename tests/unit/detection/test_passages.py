"""Sentences and paragraphs of any call, from its words."""

import pytest

from reviews.detection.captions import Spoken
from reviews.detection.passages import By, Passage, passages


def said(text: str, voice: str = "Agent", *, has_times: bool = True) -> tuple[str, list[Spoken]]:
    words = text.split()
    times = range(len(words)) if has_times else [-1] * len(words)
    return voice, [
        Spoken(word, at * 100 if has_times else -1, at * 100 + 80 if has_times else -1)
        for word, at in zip(words, times, strict=True)
    ]


def test_a_sentence_ends_with_its_mark_and_with_the_utterance() -> None:
    found = list(
        passages([said("Hello there. How are you"), said("Fine!", "Customer")], By.SENTENCE)
    )
    assert found == [
        Passage("Agent", "Hello there.", 0, 180, 2),
        Passage("Agent", "How are you", 200, 480, 3),
        Passage("Customer", "Fine!", 0, 80, 1),
    ]


@pytest.mark.parametrize(("sentences", "sizes"), [(1, [1]), (5, [5]), (6, [5, 1]), (11, [5, 5, 1])])
def test_a_paragraph_is_up_to_five_sentences_of_one_utterance(
    sentences: int, sizes: list[int]
) -> None:
    found = passages([said("Yes. " * sentences), said("No.", "Customer")], By.PARAGRAPH)
    assert [each.words for each in found] == [*sizes, 1]


def test_words_without_times_have_passages_without_times() -> None:
    (found,) = passages([said("Hello there.", has_times=False)], By.SENTENCE)
    assert (found.start_ms, found.end_ms, found.text) == (None, None, "Hello there.")


@pytest.mark.parametrize("by", By)
def test_every_word_is_in_one_passage_and_in_its_order(by: By) -> None:
    text = "One. two three? Four! five six seven… eight"
    found = list(passages([said(text), ("Nobody", []), said("")], by))
    assert " ".join(each.text for each in found) == text
    assert sum(each.words for each in found) == len(text.split())
