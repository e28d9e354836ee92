"""Plain text with a speaker before each turn."""

import pytest

from reviews.detection.transcript import Role, Timing
from tests.unit.sources.files.written import PLAIN, columns, read, refused, turns


def test_a_line_without_a_speaker_goes_on_with_the_turn() -> None:
    call = columns(PLAIN)
    assert turns(call) == [("Agent", "Hello, how can I help you?"), ("Customer", "Hi.")]
    assert call.roles == (Role.AGENT, Role.CUSTOMER)


def test_a_text_has_no_times() -> None:
    call = columns(PLAIN)
    assert call.timing is Timing.NONE
    assert set(call.start_ms) == {-1}


@pytest.mark.parametrize("stamp", ["[00:01:02] ", "(1:02) ", "00:01 - ", "1:02:03.5 "])
def test_a_stamp_is_left_out_and_named(stamp: str) -> None:
    call = read(f"{stamp}Agent: Hello.")
    assert turns(call.transcript) == [("Agent", "Hello.")]
    assert call.warnings == ("timestamps",)


@pytest.mark.parametrize("text", ["Ann: see you at 10:30: sharp", "Ann: I said so then: no"])
def test_a_colon_within_a_turn_begins_none(text: str) -> None:
    assert [speaker for speaker, _ in turns(columns(text))] == ["Ann"]


def test_names_are_no_roles() -> None:
    assert columns("Ann: Hello.\nBob: Hi.").roles == (Role.UNKNOWN, Role.UNKNOWN)


@pytest.mark.parametrize(
    ("text", "line"), [("hello there, this is prose\n", 1), ("\n\nthen some words: no", 3)]
)
def test_a_text_that_begins_with_no_speaker_is_refused_with_its_line(text: str, line: int) -> None:
    assert getattr(refused(text), "line", None) == line


@pytest.mark.parametrize("data", [bytes(range(256)) * 20, "Ann:\n \nBob:\n"])
def test_what_is_no_text_or_says_nothing_is_refused(data: bytes | str) -> None:
    assert refused(data).remedy


def test_a_few_broken_bytes_are_mended_and_counted() -> None:
    text = b"Agent: " + b"hello " * 40 + b"caf\xe9"
    assert columns(text).words[-1] == "caf\ufffd"
