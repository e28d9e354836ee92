"""Transcripts from files and standard input: AssemblyAI JSON, JSON lines (also .gz), bare texts.

A bare text is an object with `text` and nothing of a transcript. A line that cannot be read is
answered with its refusal, and the lines after it are still read.
"""

import gzip
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from reviews.detection.evidence import NotAssessable, Reason
from reviews.errors import ErrorCode, Refused
from reviews.sources.assemblyai.wire import parse
from reviews.sources.intake import MAX_BYTES, PayloadRefused, Unfit, accept, receive
from reviews.sources.normal import SourceTranscript
from reviews.sources.roles import Named

_GZIP = b"\x1f\x8b"
_TRANSCRIPT_KEYS = frozenset(("words", "utterances", "status", "audio_url"))
_PENDING = NotAssessable(
    Reason.TRANSCRIPT_PENDING, "The source has not finished transcribing the call."
)


class NotATranscript(Refused):
    code = ErrorCode.PAYLOAD_REFUSED


class Readable(Protocol):
    """A binary file that can be looked into, as `open` gives it; standard input is `open(0)`."""

    def peek(self, size: int, /) -> bytes: ...
    def read(self, size: int = ..., /) -> bytes: ...
    def readline(self, size: int = ..., /) -> bytes: ...
    def seek(self, offset: int, whence: int = ..., /) -> int: ...


@dataclass(frozen=True, slots=True)
class BareText:
    id: str | int | None
    """As given."""
    text: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """One document: `place` is the file as it was named, with `:line` in a file of many.

    Exactly one of the others is set.
    """

    place: str
    transcript: SourceTranscript | None = None
    refused: Refused | None = None
    bare: BareText | None = None


_Read = Callable[[str, bytes], Loaded]


def load(name: str, *, stdin: Readable, named: Named | None = None) -> Iterator[Loaded]:
    """Every call of a file, or of `stdin` where the name is `-`; a bare text is a call, too.

    Card security codes are masked. Raises OSError where the file cannot be opened or read.
    """
    return _load(name, stdin, partial(_call, named=named))


def load_unmasked(name: str, *, stdin: Readable, named: Named | None = None) -> Iterator[Loaded]:
    """As `load`, but bare texts stand apart and card security codes are left in: keep none."""
    return _load(name, stdin, partial(_unmasked, named=named))


def _load(name: str, stdin: Readable, read: _Read) -> Iterator[Loaded]:
    if name == "-":
        yield from _documents(name, stdin, read)
        return
    with Path(name).open("rb") as file:
        yield from _documents(name, file, read)


def _documents(name: str, file: Readable, read: _Read) -> Iterator[Loaded]:
    if file.peek(2)[:2] != _GZIP:
        yield from _split(name, file, read)
        return
    try:
        with gzip.GzipFile(fileobj=file) as unpacked:
            yield from _split(name, unpacked, read)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        broken = PayloadRefused(Unfit.NOT_JSON, "a broken gzip file", "Compress it again.")
        yield Loaded(name, refused=broken)


def _split(name: str, file: Readable, read: _Read) -> Iterator[Loaded]:
    first = file.readline(MAX_BYTES + 1)
    if not first:
        empty = PayloadRefused(Unfit.NOT_JSON, "an empty file", "Write a transcript into it.")
        yield Loaded(name, refused=empty)
    elif not file.peek(1):
        yield read(name, first)
    elif name.endswith((".jsonl", ".jsonl.gz")) or _is_document(first):
        yield from _lines(name, first, file, read)
    else:
        yield read(name, first + file.read(MAX_BYTES + 1))


def _is_document(line: bytes) -> bool:
    try:
        accept(line)
    except PayloadRefused as refused:
        return refused.reason is not Unfit.NOT_JSON
    return True


def _lines(name: str, line: bytes, file: Readable, read: _Read) -> Iterator[Loaded]:
    number, is_blank = 1, True
    while line:
        if line.strip():
            is_blank = False
            yield read(f"{name}:{number}", line)
        while line and not line.endswith(b"\n"):
            line = file.readline(MAX_BYTES + 1)  # the rest of a line that is too long
        line = file.readline(MAX_BYTES + 1)
        number += 1
    if is_blank:
        blank = PayloadRefused(Unfit.NOT_JSON, "blank lines alone", "Write a transcript a line.")
        yield Loaded(name, refused=blank)


def _call(place: str, data: bytes, *, named: Named | None) -> Loaded:
    try:
        received = receive(data)
        return Loaded(place, _parsed(received.value, named, received.call_url))
    except Refused as refused:
        return Loaded(place, refused=refused)


def _unmasked(place: str, data: bytes, *, named: Named | None) -> Loaded:
    try:
        value = accept(data).value
        bare = _bare(value)
        if bare is not None:
            return Loaded(place, bare=bare)
        return Loaded(place, _parsed(value, named))
    except Refused as refused:
        return Loaded(place, refused=refused)


def _bare(value: Mapping[str, Any]) -> BareText | None:
    text, id_ = value.get("text"), value.get("id")
    if not isinstance(text, str) or value.keys() & _TRANSCRIPT_KEYS:
        return None
    return BareText(id_ if isinstance(id_, str | int) else None, text)


def _parsed(
    value: Mapping[str, Any], named: Named | None, call_url: str | None = None
) -> SourceTranscript:
    if "text" not in value and not value.keys() & _TRANSCRIPT_KEYS:
        raise NotATranscript(
            "The document is refused",
            "an object without text, words, utterances or status",
            "Give an AssemblyAI transcript, or lines of them.",
        )
    parsed = parse(value, named=named, call_url=call_url)
    # An answer that was fetched too early has no words yet: that is not a silent call.
    if parsed.is_final or parsed.transcript.words or parsed.transcript.refused:
        return parsed
    return replace(parsed, transcript=replace(parsed.transcript, refused=_PENDING))
