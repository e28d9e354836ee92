"""The files of a ZIP archive, one after another, within limits that its own figures cannot move.

Nothing is unpacked to a disk: a member's name is text to be shown, never a path.
"""

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from reviews.errors import ErrorCode, Refused
from reviews.sources.files.beside import paired

MOST_MEMBERS = 10_000
MOST_BYTES = 1_000_000_000
"""Of all members together, unpacked."""
MOST_MEMBER_BYTES = 64_000_000
MOST_RATIO = 100
_SMALL = 1_000_000
"""A member this small may be packed as tightly as it likes."""
_CHUNK = 1_000_000
_LONGEST_LIST = 5_000_000
"""Bytes of the list of members."""
_END, _END_SIZE, _LONGEST_END = b"PK\x05\x06", 22, 22 + 65_535
_LOCATOR, _LOCATOR_SIZE = b"PK\x06\x07", 20
_SHOWN = 120
_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_PACKED = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ", b"(\xb5/\xfd")
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
)
"""What zipfile raises of a file that is none, or is packed or encrypted as it cannot read."""


class ArchiveRefused(Refused):
    code = ErrorCode.PAYLOAD_REFUSED


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the archive; exactly one of `data` and `refused` is set."""

    name: str
    data: bytes = b""
    refused: Refused | None = None
    recording: bytes | None = None
    """What lies beside it in the archive; a broken one is a member of its own."""


def is_archive(head: bytes) -> bool:
    return head.startswith(_MAGIC)


def members(file: Any, *, most: int = MOST_BYTES) -> Iterator[Member]:
    """Every file, or the refusal of it; folders and what systems leave behind are passed over.

    `most` bytes come out of it at most. Raises ArchiveRefused where the archive as a whole cannot
    be read or is too much.
    """
    _check_list(file)
    try:
        archive = zipfile.ZipFile(file)
    except _BROKEN:
        raise _refused("no ZIP file, or a broken one", "Pack it again.") from None
    with archive:
        infos = [info for info in archive.infolist() if not _is_left_over(info)]
        if len(infos) > MOST_MEMBERS:
            seen = f"more than {MOST_MEMBERS:,} files in it"
            raise _refused(seen, "Pack fewer into one archive.")
        left = most
        for member in _with_recordings(archive, infos):
            left -= len(member.data) + len(member.recording or b"")
            if left < 0:
                raise _too_much(most)
            yield member


def _with_recordings(
    archive: zipfile.ZipFile, infos: Sequence[zipfile.ZipInfo]
) -> Iterator[Member]:
    for at, beside in paired([info.filename for info in infos]):
        member = _member(archive, infos[at])
        recording = None if beside is None else _member(archive, infos[beside])
        if recording is None or recording.refused is not None:
            yield member
            yield from () if recording is None else (recording,)
        else:
            yield replace(member, recording=recording.data)


def _check_list(file: Any) -> None:
    """Of the archive's members: it is read whole, so its size is looked at before."""
    file.seek(0, io.SEEK_END)
    file.seek(-min(file.tell(), _LONGEST_END), io.SEEK_END)
    tail: bytes = file.read()
    at = tail.rfind(_END)
    record = tail[at : at + _END_SIZE]
    if at < 0 or len(record) < _END_SIZE:
        raise _refused("no ZIP file, or a broken one", "Pack it again.")
    size = int.from_bytes(record[12:16], "little")
    # A list elsewhere, for archives of more than 4 GB or 65,535 files, would be read in its place.
    if size > _LONGEST_LIST or tail[max(0, at - _LOCATOR_SIZE) : at].startswith(_LOCATOR):
        raise _refused(f"more than {MOST_MEMBERS:,} files in it", "Pack fewer into one archive.")


class Counted:
    """A file that is unpacked as it is read. Raises ArchiveRefused after `most` bytes."""

    def __init__(self, file: Any, most: int) -> None:
        self._file, self._most, self._left = file, most, most

    def peek(self, size: int) -> bytes:
        return bytes(self._file.peek(size))

    def read(self, size: int = -1) -> bytes:
        return self._count(self._file.read(size))

    def readline(self, size: int = -1) -> bytes:
        return self._count(self._file.readline(size))

    def _count(self, data: bytes) -> bytes:
        self._left -= len(data)
        if self._left < 0:
            raise _too_much(self._most)
        return data


def _is_left_over(info: zipfile.ZipInfo) -> bool:
    parts = info.filename.split("/")
    return info.is_dir() or parts[0] == "__MACOSX" or parts[-1].startswith(".")


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Member:
    name = _shown(info.filename)
    if stat.S_ISLNK(info.external_attr >> 16):
        return Member(name, refused=_refused("a link", "Pack the file itself."))
    if info.flag_bits & 1:
        return Member(name, refused=_refused("an encrypted file", "Pack it without a password."))
    try:
        data = _unpacked(archive, info)
    except ArchiveRefused as refusal:
        return Member(name, refused=refusal)
    except _BROKEN:
        return Member(name, refused=_refused("a broken file", "Pack it again."))
    if data.startswith(_PACKED):
        seen = "an archive or a packed file within the archive"
        return Member(name, refused=_refused(seen, "Pack the transcripts themselves."))
    return Member(name, data)


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Counted as it comes out: what the archive says of its sizes is not believed."""
    taken = io.BytesIO()
    with archive.open(info) as file:
        while chunk := file.read(_CHUNK):
            taken.write(chunk)
            size = taken.tell()
            if size > MOST_MEMBER_BYTES:
                seen = f"more than {MOST_MEMBER_BYTES:,} bytes unpacked"
                raise _refused(seen, "Split it.")
            if size > _SMALL and size > MOST_RATIO * max(1, info.compress_size):
                seen = f"a file that unpacks to more than {MOST_RATIO} times its size"
                raise _refused(seen, "Pack a transcript; no transcript packs so tightly.")
    return taken.getvalue()


def _too_much(most: int) -> ArchiveRefused:
    seen = f"more than {most:,} bytes unpacked"
    return _refused(seen, "Pack fewer into one archive; those before are taken.")


def _shown(name: str) -> str:
    """The member's name as a refusal or a table shows it."""
    plain = "".join(mark if mark.isprintable() else "\ufffd" for mark in name)
    return plain if len(plain) <= _SHOWN else f"…{plain[-_SHOWN:]}"


def _refused(seen: str, remedy: str) -> ArchiveRefused:
    return ArchiveRefused("The archive is refused", seen, remedy)
