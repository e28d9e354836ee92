"""Files at rest: encrypted in chunks, so that a part can be read without the whole.

Each file has a key of its own, so a nonce is only the chunk's number and whether it is the last:
chunks that are swapped, cut off, doubled or of another file do not open. What the file is about
(its row) is bound to every chunk.
"""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

CHUNK = 65_536
"""Bytes of the plain content in every chunk but the last."""
KEY_BYTES = 32
_TAG = 16
_PARTIAL = ".part"
_FRESH = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class FileBroken(RuntimeError):
    """The file is not the one that was written."""

    def __init__(self, seen: str) -> None:
        super().__init__(
            f"an encrypted file was refused: {seen}. Bring it back from a backup of AUDIO_DIR"
        )


def new_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def sealed_size(size: int) -> int:
    """Bytes on the disk of `size` bytes; an empty content is one empty chunk."""
    return size + _TAG * _chunks(size)


def _chunks(size: int) -> int:
    return max(1, -(-size // CHUNK))


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


class Writer:
    """`with Writer(…) as file: file.write(data)`: there whole at the end of the block, or not.

    Within it the file has another name; an error takes it away. `size` counts the plain bytes.
    """

    def __init__(self, path: Path, *, key: bytes, about: bytes) -> None:
        self.size = 0
        self._path = path
        self._partial = path.with_name(path.name + _PARTIAL)
        self._box = AESGCM(key)
        self._about = about
        self._held = bytearray()
        self._number = 0
        self._file: BinaryIO

    def __enter__(self) -> Self:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = os.fdopen(os.open(self._partial, _FRESH, 0o600), "wb")
        return self

    def write(self, data: bytes) -> None:
        self.size += len(data)
        self._held += data
        # One byte more than a chunk: only then is it known not to be the last.
        while len(self._held) > CHUNK:
            self._seal(bytes(self._held[:CHUNK]), is_last=False)
            del self._held[:CHUNK]

    def _seal(self, plain: bytes, *, is_last: bool) -> None:
        nonce = _nonce(self._number, is_last=is_last)
        self._file.write(self._box.encrypt(nonce, plain, self._about))
        self._number += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            with self._file:
                if kind is None:
                    self._end()
            if kind is None:
                self._partial.replace(self._path)
                _sync(self._path.parent)
        finally:
            self._partial.unlink(missing_ok=True)

    def _end(self) -> None:
        self._seal(bytes(self._held), is_last=True)
        self._file.flush()
        os.fsync(self._file.fileno())


def _sync(folder: Path) -> None:
    """So that the new name outlives a power cut, too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def check(path: Path, *, size: int) -> None:
    """Raises FileBroken where the file is not there, or not as long as `size` plain bytes make."""
    try:
        found = path.stat().st_size
    except OSError:
        raise FileBroken("it cannot be read") from None
    if found != sealed_size(size):
        raise FileBroken(f"{found:,} bytes instead of {sealed_size(size):,}")


def read(
    path: Path, *, key: bytes, about: bytes, size: int, first: int = 0, last: int | None = None
) -> Iterator[bytes]:
    """The plain bytes from `first` to `last`, both counted from 0 and inclusive; None: to the end.

    Opens only the chunks that hold them. Raises FileBroken, at the latest before the part that is
    not as it was written.
    """
    check(path, size=size)
    end = size if last is None else min(last + 1, size)
    box, final = AESGCM(key), _chunks(size) - 1
    with path.open("rb") as file:
        file.seek(first // CHUNK * (CHUNK + _TAG))
        for number in range(first // CHUNK, max(end - 1, 0) // CHUNK + 1):
            nonce = _nonce(number, is_last=number == final)
            plain = _opened(box, nonce, file.read(CHUNK + _TAG), about)
            begin = number * CHUNK
            yield plain[max(first - begin, 0) : end - begin]


def _opened(box: AESGCM, nonce: bytes, sealed: bytes, about: bytes) -> bytes:
    try:
        return box.decrypt(nonce, sealed, about)
    except InvalidTag:
        raise FileBroken("a part that does not open") from None


def remove(path: Path) -> None:
    """The file and what is left of a write that broke off; nothing where there is neither."""
    for each in (path, path.with_name(path.name + _PARTIAL)):
        each.unlink(missing_ok=True)
