"""What is a recording: told by its first bytes, never by what a server or a name says of it."""

import re

HEAD = 16
"""Bytes that tell."""
_MARKS = (
    (re.compile(rb"RIFF....WAVE", re.DOTALL), "audio/wav"),
    (re.compile(rb"ID3|\xff[\xe2\xe3\xf2-\xf5\xfa-\xfd]"), "audio/mpeg"),
    (re.compile(rb"\xff[\xf0\xf1\xf8\xf9]"), "audio/aac"),
    (re.compile(rb"OggS"), "audio/ogg"),
    (re.compile(rb"fLaC"), "audio/flac"),
    (re.compile(rb"....ftyp", re.DOTALL), "audio/mp4"),
    (re.compile(rb"\x1a\x45\xdf\xa3"), "audio/webm"),
    (re.compile(rb"#!AMR"), "audio/amr"),
)
_SUFFIXES = (
    *(".wav", ".mp3", ".m4a", ".mp4", ".aac", ".ogg", ".oga", ".opus", ".flac", ".webm", ".amr"),
)


def media_type(head: bytes) -> str | None:
    """Of a recording that begins with `head`; None where it is none that we know."""
    return next((name for mark, name in _MARKS if mark.match(head)), None)


def stem_of(name: str) -> str | None:
    """What a transcript beside a recording of this name is called but its ending; else None.

    `calls/7.wav` goes with `calls/7.json`.
    """
    stem, dot, suffix = name.rpartition(".")
    return stem if f"{dot}{suffix}".lower() in _SUFFIXES else None
