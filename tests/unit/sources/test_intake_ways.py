"""The quick way through the intake gives what the exact way gives, or leaves it to that one."""

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reviews.sources import intake

NUMBERS = st.one_of(
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(0, 1),
)
TEXTS = st.text(max_size=8) | st.sampled_from(
    ["10:30", "a{b}", "4e7", ": 4e7", "\\u003a", "[", '"']
)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
PIECES = st.sampled_from(
    [
        *(b'"a": 1, "a": 2, ', b'"a:": ":", "a:": "\\u003a", ', b"\\u003A", b"\\u0000", b"\\ud800"),
        *(b"1e18", b"-1E+18", b" 9.5e17", b"1e-400", b"0E5", b"e5", b"-0", b"-0.0", b"01", b"1."),
        *(
            b"NaN",
            b"-Infinity",
            b"\xff",
            b"\xed\xa0\x80",
            b"\xef\xbb\xbf",
            b"\x00",
            b"\x1f",
            b"\x7f",
        ),
        *(b"\n", b"\t", b"\x0b", b"//", b",", b":", b'"', b"{", b"}", b"]", b"\\/", b"\\x"),
        *(b"0" * 18, b"1" * 19, b"0." + b"0" * 30 + b"1e99"),
    ]
)


def exact(data: bytes) -> object:
    """What the exact way gives, with what it mended; its refusal's reason where it refuses."""
    tally: Counter[tuple[str, str]] = Counter()
    try:
        return repr(intake._mended(data, tally)), dict(tally)
    except intake.PayloadRefused as refusal:
        return refusal.reason


def check(data: bytes) -> bool:
    """True where the quick way was taken; then it may not differ."""
    value = intake._plain(data)
    if value is None:
        return False
    assert (repr(value), {}) == exact(data)
    return True


@settings(max_examples=600, deadline=None)
@given(
    st.dictionaries(TEXTS, VALUES, max_size=4),
    st.booleans(),
    st.lists(st.tuples(PIECES, st.floats(0, 1)), max_size=2),
)
def test_the_two_ways_agree_on_whatever_is_written_into_a_document(
    value: dict[str, Any], is_ascii: bool, pieces: list[tuple[bytes, float]]
) -> None:
    data = json.dumps(value, ensure_ascii=is_ascii).encode("utf-8", "surrogatepass")
    for piece, share in pieces:
        at = round(share * len(data))
        data = data[:at] + piece + data[at:]
    check(data)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=30))
@example(b"")
@example(b"[1]")
def test_the_two_ways_agree_on_any_bytes(data: bytes) -> None:
    check(data)


@pytest.mark.parametrize("piece", ["1e17", "1.5E2", "1e999", "-2e+30", "0.5e-3"])
def test_a_number_with_an_exponent_is_left_to_the_exact_way(piece: str) -> None:
    for before in (": ", ":", ":[", ":[1,", ": [1,\n"):
        data = f'{{"a"{before}{piece}'.encode()
        assert intake._plain(data + (b"]}" if b"[" in data else b"}")) is None


@pytest.mark.parametrize(
    "data",
    [
        b'{"a": 1, "a": 1}',
        b'{"a": {"b": ":", "b": "::"}}',
        b'{"a": "\\u003a", "b": 1, "b": 2}',
        b'{"a": "\\u003A\\u003a", "b": {":": 1}, "b": 2}',
    ],
)
def test_a_doubled_key_is_left_to_the_exact_way_whatever_colons_say(data: bytes) -> None:
    assert intake._plain(data) is None


@pytest.mark.parametrize(
    "text", ["at 10:30", "4e7b2c1d-9e5f", "d\u00e9j\u00e0 vu", "{[", "https://a.example/4e7"]
)
def test_an_ordinary_document_takes_the_quick_way(text: str) -> None:
    row = {"id": text, "words": [{"text": text, "start": 10, "confidence": 0.998}]}
    assert check(json.dumps(row).encode())


@pytest.mark.parametrize(("levels", "is_quick"), [(7, True), (8, False), (64, False)])
def test_nesting_deeper_than_a_transcript_needs_is_left_to_the_exact_way(
    levels: int, is_quick: bool
) -> None:
    assert check(b'{"a":' * levels + b"1" + b"}" * levels) is is_quick
    assert check(b'{"a":' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}") is is_quick


@pytest.mark.parametrize(
    ("number", "is_quick"),
    [
        ("9999999999999999", True),
        ("-9999999999999999", True),
        ("10000000000000000", False),
        ("-10000000000000000", False),
        ("9999999999999998.0", True),
        ("10000000000000000.5", False),
        ("0.12345678901234567890123", True),
        ("1" * 5000, False),
    ],
)
def test_a_number_of_more_than_16_digits_is_left_to_the_exact_way(
    number: str, is_quick: bool
) -> None:
    assert check(f'{{"a": [{number}]}}'.encode()) is is_quick


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10**16), st.integers(0, 10**25), st.integers(0, 12))
def test_the_two_ways_read_a_fraction_alike(whole: int, digits: int, zeros: int) -> None:
    check(f'{{"a": {whole}.{"0" * zeros}{digits}}}'.encode())


@pytest.mark.parametrize("over", [0, 1])
@pytest.mark.parametrize("count", [1, 4])
def test_only_texts_that_would_fit_into_one_utterance_need_no_count(over: int, count: int) -> None:
    longest = intake.MAX_UTTERANCE_CHARACTERS + over
    words = [{"text": "x" * (longest // count - 1)}] * (count - 1)
    words.append({"text": "x" * (longest - sum(len(word["text"]) + 1 for word in words) - 1)})
    spoken = {"utterances": [{"words": [word]} for word in words]}
    assert intake._is_short(spoken) is not bool(over)
    assert intake._is_short({"words": words}) is not bool(over)
    assert intake._is_short({"text": "x" * (longest - 1)}) is not bool(over)


@pytest.mark.parametrize("over", [0, 1])
@pytest.mark.parametrize("key", ["words", "utterances"])
def test_rows_without_texts_that_are_too_many_are_counted(over: int, key: str) -> None:
    rows: list[Any] = [{}] * (intake.MAX_WORDS + over)
    value = {"words": rows} if key == "words" else {"utterances": [{"words": rows}]}
    assert intake._is_short(value) is not bool(over)


def test_a_call_of_three_hours_takes_the_quick_way() -> None:
    words = [{"text": "seven", "start": at, "end": at + 1} for at in range(40_000)]
    turns = [{"words": words[at : at + 20]} for at in range(0, len(words), 20)]
    data = json.dumps({"words": words, "utterances": turns}).encode()
    assert check(data)
    assert intake.accept(data).value["words"] == words


@pytest.mark.parametrize("text", [r"d\u00e9j\u00E9", r"\"Yes,\" she said: \n10:30", r"a\/b \\ue"])
def test_a_document_with_escapes_takes_the_quick_way(text: str) -> None:
    assert check(f'{{"words": [{{"text": "{text}", "start": 10}}]}}'.encode())


@pytest.mark.parametrize("text", [r"\u0065", r"\\u00e9", r"\u001e"])
def test_an_escape_that_may_stand_for_an_exponent_is_left_to_the_exact_way(text: str) -> None:
    assert intake._plain(f'{{"a": "{text}", "b": 1}}'.encode()) is None
