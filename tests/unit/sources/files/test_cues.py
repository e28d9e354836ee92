"""Captions, SubRip and WebVTT."""

import pytest

from reviews.detection.transcript import Role, Timing
from tests.unit.sources.files.written import SRT, VTT, columns, read, refused, times, turns


def test_a_cue_is_an_utterance_with_its_speaker() -> None:
    call = read(SRT).transcript
    assert turns(call) == [("Agent", "Hello there"), ("Customer", "Hi.")]
    assert call.roles == (Role.AGENT, Role.CUSTOMER)
    assert call.timing is Timing.CUE
    assert call.duration_ms == 4500


def test_words_share_a_cue_by_their_length() -> None:
    assert times(columns(SRT)) == [(1000, 2000), (2000, 3000), (3000, 4500)]


def test_a_voice_tag_names_the_speaker_and_other_tags_say_nothing() -> None:
    assert turns(columns(VTT)) == [("Ann", "Good morning")]


@pytest.mark.parametrize("change", [("\n", "\r\n"), ("1\n", "\ufeff1\n"), (",", ".")])
def test_line_ends_marks_and_points_change_nothing(change: tuple[str, str]) -> None:
    assert turns(columns(SRT.replace(*change))) == turns(columns(SRT))


def test_captions_in_utf_16_are_read() -> None:
    assert turns(columns(SRT.encode("utf-16"))) == turns(columns(SRT))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[SPEAKER_00]: Hello", [("SPEAKER_00", "Hello")]),
        ("[SPEAKER_01] Hello", [("SPEAKER_01", "Hello")]),
        ("Ann Lee: Hello", [("Ann Lee", "Hello")]),
        ("[noise] Hello", [(None, "[noise] Hello")]),
        ("the answer is this: no", [(None, "the answer is this: no")]),
        ("- Ann: Hi\n- Bob: Hey", [("Ann", "Hi"), ("Bob", "Hey")]),
        ("Ann: one\ntwo", [("Ann", "one two")]),
        ("<v Ann>Hi</v> <v Bob>Hey</v>", [("Ann", "Hi"), ("Bob", "Hey")]),
        ("Tom &amp; Ann: a &lt; b", [("Tom & Ann", "a < b")]),
    ],
)
def test_labels_of_every_manner_are_read(text: str, expected: list[tuple[str | None, str]]) -> None:
    call = columns(f"1\n00:00:01,000 --> 00:00:03,000\n{text}\n")
    assert turns(call) == expected


def test_cues_that_overlap_are_kept_in_the_order_of_their_start() -> None:
    late = "2\n00:00:05,000 --> 00:00:09,000\nB: late\n\n"
    early = "1\n00:00:01,000 --> 00:00:06,000\nA: early\n"
    assert turns(columns(late + early)) == [("A", "early"), ("B", "late")]


def test_a_missing_blank_line_costs_no_cue_and_speaks_no_number() -> None:
    assert turns(columns(SRT.replace("there\n\n", "there\n"))) == turns(columns(SRT))


def test_a_blank_line_within_a_cue_loses_nothing() -> None:
    assert turns(columns(SRT.replace("Hello there", "Hello\n\nthere"))) == turns(columns(SRT))


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        (SRT.replace("00:00:03,000 --> 00:00:04,500", "00:00:03 -> --> 4"), 6),
        (SRT.replace("00:00:04,500", "00:00:02,500"), 6),
    ],
)
def test_a_broken_cue_is_refused_with_its_line(broken: str, line: int) -> None:
    assert f"line {line}:" in refused(broken).seen
    assert getattr(refused(broken), "line", None) == line


@pytest.mark.parametrize("text", ["WEBVTT\n", "WEBVTT\n\nNOTE Ann: hi\n"])
def test_captions_that_say_nothing_are_refused(text: str) -> None:
    assert refused(text).seen == "no cue that says anything"
