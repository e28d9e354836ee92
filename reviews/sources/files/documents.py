"""Transcripts from files, standard input and what was uploaded: every format, lines, gzip, ZIP.

A document that cannot be read is answered with its refusal, and those after it are still read.
A bare text is an object with `text` and nothing of a transcript.
"""

import gzip
import io
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from reviews.detection.evidence import NotAssessable, Reason
from reviews.detection.speech import is_even
from reviews.detection.transcript import Timing, Transcript
from reviews.errors import ErrorCode, Refused
from reviews.sources.assemblyai.wire import parse
from reviews.sources.files import archive, formats
from reviews.sources.files.formats import Turn
from reviews.sources.intake import (
    MAX_BYTES,
    Accepted,
    PayloadRefused,
    Received,
    Unfit,
    accept,
    withheld,
)
from reviews.sources.normal import SourceTranscript
from reviews.sources.roles import Named

MOST_UPLOADED = 200_000_000
RUN = "run"
"""The name of what has none."""
_MOST_BLANK = 100_000
_GZIP = b"\x1f\x8b"
_LINES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
_PENDING = NotAssessable(
    Reason.TRANSCRIPT_PENDING, "The source has not finished transcribing the call."
)


class Lines(Protocol):
    """A binary file that can be looked into."""

    def peek(self, size: int, /) -> bytes: ...
    def read(self, size: int = ..., /) -> bytes: ...
    def readline(self, size: int = ..., /) -> bytes: ...


class Readable(Lines, Protocol):
    """The same as `open` gives it; standard input is `open(0)`."""

    def seek(self, offset: int, whence: int = ..., /) -> int: ...
    def seekable(self) -> bool: ...


class BesideRefused(Refused):
    code = ErrorCode.PAYLOAD_REFUSED


@dataclass(frozen=True, slots=True)
class BareText:
    id: str | int | None
    """As given."""
    text: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """One document. Exactly one of transcript, refused and bare is set."""

    file: str
    """As it was named; of an archive's file `archive/file`."""
    line: int | None = None
    """From 1: in a file of many the document's, else where a broken one breaks."""
    transcript: SourceTranscript | None = None
    refused: Refused | None = None
    bare: BareText | None = None
    received: Received | None = None
    """Of a transcript from `load`: what may be stored."""
    recording: bytes | None = field(default=None, repr=False)
    """What lay beside it."""

    @property
    def place(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


_Read = Callable[[str, bytes], Loaded]


def load(name: str, *, stdin: Readable, named: Named | None = None) -> Iterator[Loaded]:
    """Every call of a file, or of `stdin` where the name is `-`; a bare text is a call, too.

    Card security codes are masked. Raises OSError where the file cannot be opened or read.
    """
    return _load(name, stdin, partial(_call, named=named))


def load_unmasked(name: str, *, stdin: Readable, named: Named | None = None) -> Iterator[Loaded]:
    """As `load`, but bare texts stand apart and card security codes are left in: keep none."""
    return _load(name, stdin, partial(_unmasked, named=named))


def load_said(said: str | Sequence[Turn]) -> Loaded:
    """As `load`, of one call that a program says: as a text, or in turns."""
    if isinstance(said, str):
        return _made(RUN, lambda: formats.of_text(said), named=None)
    return _made(RUN, lambda: formats.of_turns(said), named=None)


def load_bytes(name: str, data: bytes, *, named: Named | None = None) -> Iterator[Loaded]:
    """As `load`, of what was uploaded under a name; MOST_UPLOADED bytes come out of it at most."""
    return _documents(name, _readable(data), partial(_call, named=named), most=MOST_UPLOADED)


def with_recording(loaded: Iterator[Loaded], recording: bytes | None) -> Iterator[Loaded]:
    """The documents of a file that a recording lies beside: of several it is nobody's, and is
    refused behind them."""
    if recording is None:
        yield from loaded
        return
    first, second = next(loaded, None), next(loaded, None)
    if first is not None:
        yield first if second is not None else replace(first, recording=recording)
    if second is None:
        return
    yield second
    yield from loaded
    seen, remedy = "several documents in the file beside it", "Give each call a file of its own."
    refused = BesideRefused("The recording is refused", seen, remedy)
    yield Loaded(second.file, refused=refused)


def _load(name: str, stdin: Readable, read: _Read) -> Iterator[Loaded]:
    if name == "-":
        yield from _documents(name, stdin, read)
        return
    with Path(name).open("rb") as file:
        yield from _documents(name, file, read)


def _readable(data: bytes) -> Readable:
    return io.BufferedReader(io.BytesIO(data))


def _documents(name: str, file: Readable, read: _Read, most: int | None = None) -> Iterator[Loaded]:
    head = file.peek(4)[:4]
    if archive.is_archive(head):
        yield from _archived(name, file, read, most or archive.MOST_BYTES)
        return
    if head[:2] != _GZIP:
        yield from _split(name, file, read)
        return
    try:
        with gzip.GzipFile(fileobj=file) as unpacked:
            counted: Lines = archive.Counted(unpacked, most) if most else unpacked
            yield from _split(name, counted, read)
    except archive.ArchiveRefused as refusal:
        yield Loaded(name, refused=refusal)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        broken = PayloadRefused(Unfit.NOT_JSON, "a broken gzip file", "Compress it again.")
        yield Loaded(name, refused=broken)


def _archived(name: str, file: Readable, read: _Read, most: int) -> Iterator[Loaded]:
    """An archive has its list at its end, to where standard input cannot go: it is read whole."""
    whole = file if file.seekable() else _readable(file.read(most + 1))
    try:
        for member in archive.members(whole, most=most):
            place = f"{name}/{member.name}"
            if member.refused is not None:
                yield Loaded(place, refused=member.refused)
            else:
                documents = _split(place, _readable(member.data), read)
                yield from with_recording(documents, member.recording)
    except archive.ArchiveRefused as refusal:
        yield Loaded(name, refused=refusal)


def _split(name: str, file: Lines, read: _Read) -> Iterator[Loaded]:
    first = file.readline(MAX_BYTES + 1)
    if not first:
        empty = PayloadRefused(Unfit.NOT_JSON, "an empty file", "Write a transcript into it.")
        yield Loaded(name, refused=empty)
    elif not file.peek(1):
        yield read(name, first)
    elif name.lower().endswith(_LINES) or _is_document(name, first):
        yield from _lines(name, first, file, read)
    else:
        yield read(name, first + file.read(MAX_BYTES + 1))


def _is_document(name: str, line: bytes) -> bool:
    if not formats.is_json(name, line):
        return False
    try:
        accept(line)
    except PayloadRefused as refused:
        return refused.reason is not Unfit.NOT_JSON
    return True


def _lines(name: str, line: bytes, file: Lines, read: _Read) -> Iterator[Loaded]:
    number, blank = 1, 0
    while line and blank <= _MOST_BLANK:
        if line.strip():
            yield replace(read(name, line), line=number)
        else:
            blank += 1
        while line and not line.endswith(b"\n"):
            line = file.readline(MAX_BYTES + 1)  # the rest of a line that is too long
        line = file.readline(MAX_BYTES + 1)
        number += 1
    if blank in (number - 1, _MOST_BLANK + 1):
        seen = "blank lines alone" if blank == number - 1 else f"{blank:,} blank lines"
        nothing = PayloadRefused(Unfit.NOT_JSON, seen, "Write a transcript a line.")
        yield Loaded(name, refused=nothing)


def _timing(call: Transcript) -> Timing:
    return Timing.SYNTHETIC if call.timing is Timing.MEASURED and is_even(call) else call.timing


def _call(name: str, data: bytes, *, named: Named | None) -> Loaded:
    return _made(name, lambda: formats.read(name, data), named=named)


def _made(name: str, read: Callable[[], formats.Read], *, named: Named | None) -> Loaded:
    try:
        found = read()
        received = withheld(found.accepted)
        transcript = _parsed(found, received.value, named, received.call_url)
        return Loaded(name, transcript=transcript, received=received)
    except Refused as refused:
        return Loaded(name, _line_of(refused), refused=refused)


def _unmasked(name: str, data: bytes, *, named: Named | None) -> Loaded:
    try:
        if formats.is_json(name, data):
            accepted = accept(data)
            bare = _bare(accepted)
            if bare is not None:
                return Loaded(name, bare=bare)
            found = formats.of_object(accepted)
        else:
            found = formats.read(name, data)
        return Loaded(name, transcript=_parsed(found, found.accepted.value, named))
    except Refused as refused:
        return Loaded(name, _line_of(refused), refused=refused)


def _line_of(refused: Refused) -> int | None:
    line: int | None = getattr(refused, "line", None)
    return line


def _bare(accepted: Accepted) -> BareText | None:
    text, id_ = formats.bare_text(accepted.value), accepted.value.get("id")
    return None if text is None else BareText(id_ if isinstance(id_, str | int) else None, text)


def _parsed(
    found: formats.Read,
    value: Mapping[str, Any],
    named: Named | None,
    call_url: str | None = None,
) -> SourceTranscript:
    parsed = parse(value, named=named, call_url=call_url)
    timing = found.timing or _timing(parsed.transcript)
    transcript = replace(parsed.transcript, timing=timing)
    # An answer that was fetched too early has no words yet: that is not a silent call.
    if not parsed.is_final and not transcript.words and not transcript.refused:
        transcript = replace(transcript, refused=_PENDING)
    metadata = found.metadata or parsed.metadata
    return replace(
        parsed,
        transcript=replace(transcript, facts=metadata.facts),
        metadata=metadata,
        warnings=(*parsed.warnings, *found.warnings),
    )
