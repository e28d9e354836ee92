"""What the intake cleans, what it refuses, and that it says so."""

import contextlib
import hashlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.sources.intake import Cleaned, PayloadRefused, Unfit, accept, receive


def _refusal(data: bytes) -> PayloadRefused:
    with pytest.raises(PayloadRefused) as raised:
        accept(data)
    return raised.value


def _said(value: Any) -> bytes:
    return json.dumps(value).encode()


def test_accept_keeps_unknown_keys_and_the_digest_of_what_was_received() -> None:
    data = b'{"id": "a", "brand_new": {"x": [1, 2.5, null, true]}}'
    accepted = accept(data)
    assert accepted.value == {"id": "a", "brand_new": {"x": [1, 2.5, None, True]}}
    assert accepted.sha256 == hashlib.sha256(data).hexdigest()
    assert accepted.cleaned == ()


@pytest.mark.parametrize("name", ["NaN", "Infinity", "-Infinity"])
def test_accept_makes_what_is_no_number_null(name: str) -> None:
    accepted = accept(f'{{"confidence": {name}}}'.encode())
    assert accepted.value == {"confidence": None}
    assert accepted.cleaned == (Cleaned("", "not_a_number", 1),)


def test_accept_removes_nul_and_replaces_lone_surrogates() -> None:
    data = b'{"utterances": [{"text": "a\\u0000b\\ud800c\\uDFFFd"}, {"text": "\\u0000"}]}'
    accepted = accept(data)
    assert [row["text"] for row in accepted.value["utterances"]] == ["ab\ufffdc\ufffdd", ""]
    assert accepted.cleaned == (
        Cleaned("utterances[].text", "nul", 2),
        Cleaned("utterances[].text", "surrogate", 2),
    )


def test_accept_cleans_keys_too() -> None:
    accepted = accept(b'{"a\\u0000b": {"c\\ud800": "\\u0000"}}')
    assert accepted.value == {"ab": {"c\ufffd": ""}}


def test_accept_keeps_a_pair_of_surrogates_that_is_one_character() -> None:
    accepted = accept(b'{"text": "\\ud83d\\ude00 \\\\ud800"}')
    assert accepted.value == {"text": "\U0001f600 \\ud800"}
    assert accepted.cleaned == ()


def test_accept_replaces_bytes_that_are_not_utf8() -> None:
    accepted = accept(b'{"text": "caf\xe9 \xed\xa0\x80"}')
    assert "\ufffd" in accepted.value["text"]
    assert accepted.cleaned[0].kind == "bytes"


def test_accept_reads_past_a_byte_order_mark() -> None:
    assert accept(b'\xef\xbb\xbf{"id": "a"}').value == {"id": "a"}


@pytest.mark.parametrize("data", [b"[" * 100_000, b'{"a":' * 100_000, b"[" * 999 + b"]" * 999])
def test_accept_refuses_nesting_without_a_recursion_error(data: bytes) -> None:
    assert _refusal(data).reason is Unfit.TOO_DEEP


@pytest.mark.parametrize(("levels", "is_fit"), [(64, True), (65, False)])
def test_accept_refuses_more_than_64_levels(levels: int, is_fit: bool) -> None:
    data = b'{"a":' * (levels - 1) + b"{}" + b"}" * (levels - 1)
    if is_fit:
        assert accept(data).cleaned == ()
    else:
        assert _refusal(data).reason is Unfit.TOO_DEEP


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b'{"text": "half a sen',
        b'{"a": 1}{"b": 2}',
        b"<html>502</html>",
        b"{'a': 1}",
        b'{"a": 01}',
        b'{"a": "\x00"}',
        b'{"a": "line\nbreak"}',
        b'{"a": "\\x"}',
        b'{"a": 1,}',
        b"\xff\xfe{}",
    ],
)
def test_accept_refuses_what_is_not_json(data: bytes) -> None:
    assert _refusal(data).reason is Unfit.NOT_JSON


@pytest.mark.parametrize("data", [b"[]", b'"text"', b"3", b"null", b"true", b"NaN"])
def test_accept_refuses_json_that_is_not_an_object(data: bytes) -> None:
    assert _refusal(data).reason is Unfit.NOT_AN_OBJECT


def test_accept_refuses_a_key_given_twice_at_any_level() -> None:
    assert _refusal(b'{"a": 1, "a": 2}').reason is Unfit.DOUBLE_KEY
    assert _refusal(b'{"words": [{"text": "x", "text": "y"}]}').reason is Unfit.DOUBLE_KEY


@pytest.mark.parametrize("number", ["9" * 19, "-" + "9" * 30, "1" * 5000, "1e200000", "1e19"])
def test_accept_refuses_numbers_no_column_holds(number: str) -> None:
    assert _refusal(f'{{"start": {number}}}'.encode()).reason is Unfit.HUGE_NUMBER


def test_accept_refuses_more_than_50_mb() -> None:
    assert _refusal(b" " * 50_000_001).reason is Unfit.TOO_LARGE


@pytest.mark.parametrize("data", [b"[" + b"{}," * 1_000_001, b"[" + b"0," * 6_000_001])
def test_accept_refuses_a_flood_of_small_values(data: bytes) -> None:
    assert _refusal(data).reason is Unfit.TOO_LARGE


@pytest.mark.parametrize(
    "value",
    [
        {"utterances": [{"text": "x" * 1_000_000}]},
        {"utterances": [{"text": "", "words": [{"text": "x" * 150_000}] * 2}]},
        {"words": [{"text": "x" * 1_000_000}]},
        {"text": "x" * 1_000_000},
    ],
)
def test_accept_refuses_an_utterance_of_a_million_characters(value: Any) -> None:
    assert _refusal(_said(value)).reason is Unfit.UTTERANCE_TOO_LONG


def test_accept_takes_a_long_text_of_short_sentences() -> None:
    assert accept(_said({"text": "Yes it is. " * 30_000})).cleaned == ()


def test_accept_refuses_more_than_400_000_words() -> None:
    value = {"utterances": [{"words": [{"text": "a"}] * 100_001}] * 4}
    assert _refusal(_said(value)).reason is Unfit.TOO_MANY_WORDS


def test_a_refusal_has_three_parts_and_none_of_the_text() -> None:
    refused = _refusal(b'{"text": "my number is 4111')
    assert refused.what
    assert refused.remedy
    assert "4111" not in f"{refused} {refused!r}"


def test_receive_keeps_the_call_url_apart_from_what_may_be_stored() -> None:
    url = "https://hooks.example/in?subject=s-1&queue=claims&account=a-1"
    audio = "https://b.example/a.wav?sig=s3cr3t"
    received = receive(_said({"id": "a", "webhook_url": url, "audio_url": audio}))
    assert received.call_url == url
    assert received.value["webhook_url"] == "https://hooks.example/in?queue=claims"
    assert received.value["audio_url"] == "https://b.example/a.wav"
    assert sorted(each.kind for each in received.removed) == ["account", "signature", "subject"]
    shown = f"{received!r}{received.removed}"
    assert not any(secret in shown for secret in ("s-1", "a-1", "s3cr3t"))


@pytest.mark.parametrize("url", [None, 3, ["x"]])
def test_receive_has_no_call_url_when_the_field_is_no_text(url: Any) -> None:
    assert receive(_said({"webhook_url": url})).call_url is None


NAUGHTY = [
    "undefined",
    "'; DROP TABLE calls; --",
    "<script>alert(1)</script>",
    "=1+1",
    "@SUM(A1)",
    "{{ 7*7 }}",
    "%s%n%p",
    "../../etc/hosts",
    "\u202egnp.exe",
    "\u2066isolate\u2069",
    "zero\u200bwidth\ufeff",
    "e" + "\u0301" * 5_000,
    "ﷺ",
    "👩‍👩‍👧‍👦 🏳️‍🌈",
    "שלום وعليكم",
    "𝕳𝖊𝖑𝖑𝖔",
    "\ufffe\uffff",
    "\u0085\u2028\u2029",
    "ß İ ﬁ",
    "\t\x0b\x0c\x1b[31m",
    "١٢٣",
    "NULL",
    "-0",
]


@pytest.mark.parametrize("text", NAUGHTY)
def test_receive_gives_odd_text_back_as_it_was(text: str) -> None:
    value = {"text": text, "words": [{"text": text}], "utterances": [{"text": text}]}
    received = receive(json.dumps(value).encode())
    assert received.value == value
    assert received.cleaned == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["text", "words", "start", "end", "x"]), inner, max_size=4
        )
    ),
    max_leaves=20,
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["text", "words", "utterances", "entities"]), JSON))
def test_receive_takes_any_object_whose_numbers_fit_as_plain_json(value: Any) -> None:
    with contextlib.suppress(PayloadRefused):
        received = receive(json.dumps(value).encode())
        text = json.dumps(received.value, ensure_ascii=False, allow_nan=False)
        assert json.loads(text.encode()) == received.value


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_accept_fails_in_no_other_way_than_by_refusing(data: bytes) -> None:
    with contextlib.suppress(PayloadRefused):
        assert accept(data).sha256 == hashlib.sha256(data).hexdigest()
