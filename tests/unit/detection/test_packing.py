from collections.abc import Callable
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.detection import packing

WORD = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
TIME = st.integers(min_value=0, max_value=40_000_000)
ROW = st.tuples(
    WORD,
    st.one_of(st.just((-1, -1)), st.tuples(TIME, TIME)),
    st.one_of(st.none(), st.integers(0, packing.MILLION).map(lambda n: n / packing.MILLION)),
)


def columns_of(utterances: list[list[Any]]) -> tuple[packing.Words, list[int]]:
    rows = [row for utterance in utterances for row in utterance]
    words = packing.Words(
        texts=[text for text, _, _ in rows],
        start_ms=[start for _, (start, _), _ in rows],
        end_ms=[end for _, (_, end), _ in rows],
        confidence=[confidence for _, _, confidence in rows],
    )
    return words, [0, *accumulate(map(len, utterances))]


@given(st.lists(st.lists(ROW, max_size=8), max_size=8))
def test_every_utterance_comes_back_as_it_was_packed(utterances: list[list[Any]]) -> None:
    blobs = packing.pack(*columns_of(utterances))
    assert len(blobs) == len(utterances)
    for utterance, blob in zip(utterances, blobs, strict=True):
        words, _ = columns_of([utterance])
        assert packing.unpack(" ".join(words.texts), blob) == words


def test_an_utterance_of_a_real_call_takes_eight_bytes_a_word() -> None:
    words = packing.Words(
        ["one"] * 100, range(0, 30_000, 300), range(200, 30_200, 300), [0.97] * 100
    )
    (blob,) = packing.pack(words, [0, 100])
    assert len(blob) == 9 + 100 * (1 + 2 + 1 + 4)


def test_a_blob_of_another_version_is_refused() -> None:
    with pytest.raises(packing.PackedRefused, match="version 07"):
        packing.unpack("a", b"\x07")


@pytest.mark.parametrize(
    ("damaged", "seen"),
    [
        (lambda packed: packed[:3], "types"),
        (lambda packed: packed[:1] + b"BdHi" + packed[5:], "types 'BdHi'"),
        (lambda packed: packed + b"x", "no whole number of words"),
    ],
)
def test_a_damaged_blob_is_refused(damaged: Callable[[bytes], bytes], seen: str) -> None:
    (packed,) = packing.pack(packing.Words(["one", "two"], [0, 1], [1, 2], [None, 0.5]), [0, 2])
    with pytest.raises(packing.PackedRefused, match=seen):
        packing.unpack("one two", damaged(packed))


def test_a_text_that_is_not_the_packed_one_is_refused() -> None:
    (packed,) = packing.pack(packing.Words(["one", "two"], [0, 1], [1, 2], [None, 0.5]), [0, 2])
    with pytest.raises(packing.PackedRefused, match="for a text of 3"):
        packing.unpack("one", packed)
