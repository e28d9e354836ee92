"""Encrypted files: every range is the slice, and whatever was changed does not open."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.models import sealed_file
from reviews.models.sealed_file import CHUNK, FileBroken, Writer, new_key, read, sealed_size

KEY, ABOUT = new_key(), b"row 1"
SEALED = CHUNK + 16
SIZES = (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def plain(size: int) -> bytes:
    return bytes(at * 7 % 251 for at in range(size))


def written(path: Path, data: bytes, *, pieces: int = 10_000) -> Path:
    path.unlink(missing_ok=True)
    with Writer(path, key=KEY, about=ABOUT) as file:
        for at in range(0, len(data), pieces):
            file.write(data[at : at + pieces])
    return path


def opened(path: Path, size: int, first: int = 0, last: int | None = None) -> bytes:
    return b"".join(read(path, key=KEY, about=ABOUT, size=size, first=first, last=last))


@settings(deadline=None)  # each example waits for the disk
@given(size=st.sampled_from(SIZES), data=st.data(), pieces=st.sampled_from([1_000, CHUNK, 200_000]))
def test_any_range_is_the_slice_of_the_plain_bytes(
    folder: Path, size: int, data: st.DataObject, pieces: int
) -> None:
    path = written(folder / "any", plain(size), pieces=pieces)
    assert path.stat().st_size == sealed_size(size)
    assert opened(path, size) == plain(size)
    first = data.draw(st.integers(0, max(size - 1, 0)))
    last = data.draw(st.integers(first, size + 3))
    assert opened(path, size, first, last) == plain(size)[first : last + 1]


@settings(deadline=None)
@given(size=st.sampled_from(SIZES), data=st.data())
def test_a_flipped_bit_anywhere_is_refused(folder: Path, size: int, data: st.DataObject) -> None:
    path = written(folder / "flipped", plain(size))
    sealed = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(sealed)
    with pytest.raises(FileBroken, match="does not open"):
        opened(path, size)


@pytest.mark.parametrize("size", SIZES[1:])
def test_a_file_that_is_cut_is_refused_wherever_it_is(folder: Path, size: int) -> None:
    for left in {0, 1, SEALED, sealed_size(size) - 16, sealed_size(size) - 1} - {sealed_size(size)}:
        path = written(folder / "cut", plain(size))
        os.truncate(path, left)
        with pytest.raises(FileBroken, match="instead of"):
            opened(path, size, 0, 0)


def test_a_cut_at_a_chunk_is_refused_also_where_its_size_is_believed(folder: Path) -> None:
    path = written(folder / "chunk", plain(2 * CHUNK))
    os.truncate(path, SEALED)
    with pytest.raises(FileBroken, match="does not open"):
        opened(path, CHUNK)


def test_swapped_and_doubled_chunks_are_refused(folder: Path) -> None:
    path = written(folder / "swapped", plain(3 * CHUNK))
    one, two, three = (path.read_bytes()[at * SEALED : (at + 1) * SEALED] for at in range(3))
    for sealed in (two + one + three, one + one + three, one + three + two):
        path.write_bytes(sealed)
        with pytest.raises(FileBroken, match="does not open"):
            opened(path, 3 * CHUNK)


def test_another_rows_file_and_another_key_do_not_open(folder: Path) -> None:
    path = written(folder / "other", plain(10))
    for key, about in ((KEY, b"row 2"), (new_key(), ABOUT)):
        with pytest.raises(FileBroken):
            list(read(path, key=key, about=about, size=10))


def test_nothing_of_the_content_is_on_the_disk(folder: Path) -> None:
    path = written(folder / "unseen", b"RIFF" * 100)
    assert b"RIFF" not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_write_that_breaks_off_leaves_nothing(folder: Path) -> None:
    path = folder / "broken" / "off"

    def break_off() -> None:
        with Writer(path, key=KEY, about=ABOUT) as file:
            file.write(plain(CHUNK + 1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    assert list(path.parent.iterdir()) == []


def test_removing_takes_the_file_and_what_a_killed_write_left(folder: Path) -> None:
    path = written(folder / "removed" / "file", plain(3))
    (path.parent / "file.part").write_bytes(b"half")
    sealed_file.remove(path)
    sealed_file.remove(path)
    assert list(path.parent.iterdir()) == []
    with pytest.raises(FileBroken, match="cannot be read"):
        opened(path, 3)
