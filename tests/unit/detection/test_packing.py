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


@given(st.lists(ROW, max_size=40))
def test_words_come_back_as_they_were_packed(
    rows: list[tuple[str, tuple[int, int], float | None]],
) -> None:
    words = packing.Words(
        texts=[text for text, _, _ in rows],
        start_ms=[start for _, (start, _), _ in rows],
        end_ms=[end for _, (_, end), _ in rows],
        confidence=[confidence for _, _, confidence in rows],
    )
    back = packing.unpack(" ".join(words.texts), packing.pack(words))
    assert back == words


def test_a_blob_of_another_version_is_refused() -> None:
    with pytest.raises(packing.PackedRefused, match="version 07"):
        packing.unpack("a", b"\x07")


def test_a_text_that_is_not_the_packed_one_is_refused() -> None:
    packed = packing.pack(packing.Words(["one", "two"], [0, 1], [1, 2], [None, 0.5]))
    with pytest.raises(packing.PackedRefused, match="for a text of 3"):
        packing.unpack("one", packed)
