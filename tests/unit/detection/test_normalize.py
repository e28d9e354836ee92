"""Folding: what is equal, what takes a position, and the way back to the words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.detection.normalize import Axis, fold_text, read_axis
from tests.unit.detection.calls import call, unlabelled


def folded(text: str) -> str:
    axis = fold_text(text.split())
    return " ".join(axis.tokens[at] for at in axis.kept)


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("Thanks, HELLO!", "thanks hello"),
        ("can't", "can not"),
        ("Can’t cannot", "can not can not"),
        ("won't shan't", "will not shall not"),
        ("we're I'm you'll they've", "we are i am you will they have"),
        ("I'd he'd", "i'd he'd"),
        ("ain't", "ain't"),
        ("he's customer's lawyers'", "he customer lawyer"),
        ("U.S. A.P.R.", "u.s a.p.r"),
        ("us", "us"),
        ("example.com AT&T", "example.com at&t"),
        ("co-pay and/or", "co pay and or"),
        ("caf\u00e9", "café"),
        ("cafe\u0301", "café"),
        ("Straße ﬁne", "strasse fine"),
        ("soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"),
        ("♪ — … 😀", ""),
        ("'quoted' (word)", "quoted word"),
        ("30 days", "30 days"),
        ("thirty days", "30 days"),
        ("twenty four seven", "24 7"),
        ("24/7", "24 7"),
        ("thirty-five", "35"),
        ("a hundred and five", "105"),
        ("twelve hundred", "1200"),
        ("one thousand two hundred thirty four", "1234"),
        ("one million two thousand", "1002000"),
        ("ten and five", "10 and 5"),
        ("hundred", "hundred"),
        ("1,200.50", "1200.5"),
        ("eight point five percent", "8.5 percent"),
        ("8% 8 per cent", "8 percent 8 percent"),
        ("$35 35 bucks", "35 dollars 35 dollars"),
        ("$35 million", "35000000 dollars"),
        ("1.5 million", "1500000"),
        ("3-5 days", "3 5 days"),
        ("3,5", "3 5"),
        ("five five two oh nine one", "552091"),
        ("five uh five two", "552"),
        ("double five two one", "5521"),
        ("552-09-1234", "552 09 1234"),
        ("12:30", "12:30"),
        ("five. five. five", "5 5 5"),
        ("oh no", "oh no"),
        ("2½", "2 and a half"),
        ("½ hour", "half hour"),
        ("1.2.3", "1.2.3"),
        ("I uh I want", "i want"),
        ("no no no", "no"),
        ("No. No.", "no no"),
        ("the ER is", "the er is"),
        ("uh-huh mhm okay", "okay"),
    ],
)
def test_fold_text_gives_the_tokens(written: str, wanted: str) -> None:
    assert folded(written) == wanted


@pytest.mark.parametrize("masked", ["####", "###-##-####", "[PERSON_NAME].", "f***", "#### #"])
def test_fold_text_gives_tokens_no_query_can_hold_when_words_are_masked(masked: str) -> None:
    assert all(token.startswith("\x00") for token in fold_text(masked.split()).tokens)


def test_read_axis_orders_turns_by_start_when_speech_overlaps() -> None:
    overlapping = call(
        "agent: your terms are here\ncustomer: wait please",
        start_ms=[1000, 1300, 1600, 1900, 0, 1700],
        end_ms=[1300, 1600, 1900, 2200, 300, 2000],
    )
    assert read_axis(overlapping).tokens == ["wait", "please", "your", "terms", "are", "here"]


def test_read_axis_keeps_one_turn_when_the_other_only_hums() -> None:
    axis = read_axis(call("agent: you may\ncustomer: mhm\nagent: cancel"))
    assert [axis.turns[at] for at in axis.kept] == [0, 0, 0]


def test_read_axis_has_no_turns_when_there_are_no_labels() -> None:
    axis = read_axis(unlabelled())
    assert not axis.has_turns
    assert set(axis.turns) == {0}


def test_read_axis_reads_no_number_across_speakers() -> None:
    axis = read_axis(call("agent: twenty\ncustomer: five"))
    assert axis.tokens == ["20", "5"]


def test_read_axis_keeps_fillers_as_words_when_the_call_is_german() -> None:
    axis = read_axis(call("agent: er kommt um acht", language="de"))
    assert [axis.tokens[at] for at in axis.kept] == ["er", "kommt", "um", "acht"]


def test_read_axis_gives_both_tokens_of_a_contraction_the_same_word() -> None:
    axis = read_axis(call("agent: I can't"))
    assert list(zip(axis.tokens, axis.first, strict=True)) == [("i", 0), ("can", 1), ("not", 1)]


def test_read_axis_gives_a_spoken_number_all_its_words() -> None:
    axis = read_axis(call("agent: after thirty five days"))
    assert (axis.first[1], axis.last[1]) == (1, 2)


def test_positions_do_not_count_fillers() -> None:
    axis = read_axis(call("agent: I uh want it"))
    assert axis.positions == [0, 1, 1, 2, 3]


def check_maps_back(axis: Axis, words: int) -> None:
    assert len(axis.tokens) == len(axis.first) == len(axis.last) == len(axis.turns)
    assert all(0 <= low <= high < words for low, high in zip(axis.first, axis.last, strict=True))
    assert axis.kept == sorted(set(axis.kept))
    assert all(axis.tokens)


SPOKEN = st.sampled_from(
    [
        *("five", "two", "hundred", "a", "and", "point", "oh", "double", "7", ".", "8%", "$35"),
        *("uh", "um", "no", "can't", "million", "per", "cent", "bucks"),
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(SPOKEN, st.text(min_size=1, max_size=8)), min_size=1, max_size=30))
def test_fold_text_maps_back_inside_the_words(words: list[str]) -> None:
    check_maps_back(fold_text(words), len(words))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=12))
def test_folding_a_folded_word_changes_nothing_more(word: str) -> None:
    once = fold_text([word])
    again = fold_text(once.tokens)
    is_plain = not any(char in word for char in "⁄#*[") and all(t.isalpha() for t in once.tokens)
    if is_plain:
        assert again.tokens == once.tokens
