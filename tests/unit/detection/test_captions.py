"""Captions keep to their length, lose no word, and say nothing that would break their file."""

import re
from random import Random

import pytest

from reviews.detection.captions import Cue, Spoken, cues, srt, vtt


def spoken(text: str, *, start: int = 0) -> list[Spoken]:
    return [
        Spoken(word, start + at * 300, start + at * 300 + 250)
        for at, word in enumerate(text.split())
    ]


@pytest.mark.parametrize("characters", [10, 32, 80, 1_000])
def test_every_word_is_in_one_cue_that_is_no_longer_than_asked(characters: int) -> None:
    rng = Random(7)  # variation, not secrecy
    words = ["a", "sentence.", "Supercalifragilistic", "then", "what?", "no", "[PERSON_NAME]"]
    texts = [" ".join(rng.choices(words, k=60)) for _ in range(5)]
    said = [("Agent", spoken(text, start=at * 20_000)) for at, text in enumerate(texts)]
    made = cues(said, characters=characters)
    told = [word for cue in made for word in cue.text.split()]
    assert told == [word.text for _, utterance in said for word in utterance]
    assert all(len(cue.text) <= characters or " " not in cue.text for cue in made)
    assert all(cue.start_ms < cue.end_ms for cue in made)


def test_a_cue_ends_with_its_sentence_where_that_leaves_it_half_full() -> None:
    said = [("", spoken("This is the first of them. And this one is the second of them. Yes."))]
    assert [cue.text for cue in cues(said, characters=40)] == [
        "This is the first of them.",
        "And this one is the second of them.",
        "Yes.",
    ]


def test_who_speaks_at_once_has_cues_that_overlap_in_the_order_of_their_beginning() -> None:
    said = [("Agent", spoken("one two three four")), ("Customer", spoken("mm hm", start=400))]
    assert [cue.voice for cue in cues(said)] == ["Agent", "Customer"]


def test_words_without_times_have_no_cue() -> None:
    assert cues([("", [Spoken("hello", -1, -1)])]) == []


def test_a_cue_of_no_length_is_given_one() -> None:
    assert cues([("", [Spoken("hm", 5, 5)])]) == [Cue(5, 6, "", "hm")]


def test_the_files_are_written_as_their_readers_want_them() -> None:
    made = [Cue(0, 1_500, "Agent", "Hello --> you"), Cue(3_723_004, 3_724_000, "", "1 < 2 & 3")]
    assert srt(made) == (
        "1\n00:00:00,000 --> 00:00:01,500\nHello -> you\n\n"
        "2\n01:02:03,004 --> 01:02:04,000\n1 < 2 & 3\n"
    )
    assert vtt(made) == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\n<v Agent>Hello -&gt; you\n\n"
        "01:02:03.004 --> 01:02:04.000\n1 &lt; 2 &amp; 3\n"
    )


def test_nothing_said_makes_a_line_or_a_time_of_its_own() -> None:
    hostile = Cue(0, 1_000, "A\n\n00:00:09.000 --> 00:00:10.000", "x\n\nNOTE\n--> \u2028y")
    assert len(re.findall("-->", vtt([hostile]))) == 1
    assert vtt([hostile]).count("\n\n") == 1
