"""What is a recording, by its first bytes; and which transcript one lies beside."""

import pytest

from reviews.sandbox.tone import wav
from reviews.sources.media import HEAD, media_type, stem_of


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (wav()[:HEAD], "audio/wav"),
        (b"ID3\x04\x00\x00\x00\x00\x00\x00", "audio/mpeg"),
        (b"\xff\xfb\x90\x64", "audio/mpeg"),
        (b"\xff\xf3\x40\xc4", "audio/mpeg"),
        (b"\xff\xf1\x50\x80", "audio/aac"),
        (b"OggS\x00\x02", "audio/ogg"),
        (b"fLaC\x00\x00\x00\x22", "audio/flac"),
        (b"\x00\x00\x00\x20ftypM4A ", "audio/mp4"),
        (b"\x1a\x45\xdf\xa3", "audio/webm"),
        (b"#!AMR\n", "audio/amr"),
    ],
)
def test_each_kind_is_told_by_its_first_bytes(head: bytes, name: str) -> None:
    assert media_type(head) == name


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"<!doctype html>",
        b'{"text": "hello"}',
        b"RIFF\x00\x00\x00\x00AVI LIST",
        b"\xff\xfeA\x00g\x00",  # UTF-16
        b"\xef\xbb\xbftext",
        b"PK\x03\x04",
        b"%PDF-1.7",
    ],
)
def test_nothing_else_is_a_recording(head: bytes) -> None:
    assert media_type(head) is None


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("7.wav", "7"),
        ("calls/7.MP3", "calls/7"),
        ("a.b.flac", "a.b"),
        ("7.json", None),
        ("wav", None),
        ("", None),
    ],
)
def test_a_recording_lies_beside_what_is_named_as_it_is(name: str, stem: str | None) -> None:
    assert stem_of(name) == stem
