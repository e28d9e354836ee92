"""Words of one utterance beside its text: lengths, times and confidences in one blob.

Version 2: a byte 2, the four columns' types (`array` letters), the first word's start as a 32-bit
number, then the columns, each as narrow as the call's values allow, little endian: length in
characters, start as the difference to the word before, duration, confidence in millionths; -1
stands for none. The words themselves are the text's, joined by one blank. Confidences of up to
six decimals come back exactly; a comparison with a floor gives the same after storage as before.

Not deflated: of so few bytes that saves nothing and takes three times as long.
"""

import sys
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from operator import add, sub

VERSION = 2
MILLION = 1_000_000
NONE = -1
_TYPES = "BHi"
_HEAD = 1 + 4 + 4


class PackedRefused(ValueError):
    """The blob is of another version or does not fit its text."""

    def __init__(self, seen: str) -> None:
        super().__init__(
            f"packed words were refused: {seen}. Restore the row, or fetch the transcript again."
        )


@dataclass(frozen=True, slots=True)
class Words:
    """Columns of one utterance's words; times in ms (-1: none), confidences 0..1 or None."""

    texts: Sequence[str]
    start_ms: Sequence[int]
    end_ms: Sequence[int]
    confidence: Sequence[float | None]


def pack(words: Words, bounds: Sequence[int]) -> list[bytes]:
    """A blob for each utterance of a call; `words` are the call's, cut at `bounds`.

    The text of each utterance is stored beside it, its words joined by blanks.
    """
    steps = list(map(sub, words.start_ms, [0, *words.start_ms]))
    for low, high in pairwise(bounds):
        steps[low:high] = [0, *steps[low + 1 : high]] if low < high else []  # the head has it
    columns = [
        _narrow(list(map(len, words.texts))),
        _narrow(steps),
        _narrow(list(map(sub, words.end_ms, words.start_ms))),
        _narrow([NONE if c is None else round(c * MILLION) for c in words.confidence]),
    ]
    head = bytes([VERSION]) + "".join(column.typecode for column in columns).encode()
    parts = [_little_endian(column) for column in columns]
    return [
        head + _first(words, low, high) + b"".join([part[low:high].tobytes() for part in parts])
        for low, high in pairwise(bounds)
    ]


def _first(words: Words, low: int, high: int) -> bytes:
    start_ms = words.start_ms[low] if low < high else 0
    return start_ms.to_bytes(4, "little", signed=True)


def unpack(text: str, packed: bytes) -> Words:
    """Inverse of `pack`. Raises PackedRefused."""
    lengths, steps, durations, confidence = _columns(packed)
    first = int.from_bytes(packed[_HEAD - 4 : _HEAD], "little", signed=True)
    start_ms = list(accumulate(steps, initial=first))[1:]
    return Words(
        texts=_cut(text, lengths),
        start_ms=start_ms,
        end_ms=list(map(add, start_ms, durations)),
        confidence=[None if value == NONE else value / MILLION for value in confidence],
    )


def texts_of(text: str, packed: bytes) -> list[str]:
    """The words alone, without their times. Raises PackedRefused."""
    return _cut(text, _columns(packed)[0])


def _narrow(values: list[int]) -> "array[int]":
    """The values in the first type that holds them all. Raises OverflowError beyond 32 bits."""
    low, high = min(values, default=0), max(values, default=0)
    fits = "i" if low < 0 or high > 0xFFFF else "H" if high > 0xFF else "B"
    return array(fits, values)


def _columns(packed: bytes) -> "list[array[int]]":
    if packed[:1] != bytes([VERSION]):
        raise PackedRefused(f"version {packed[:1].hex() or 'none'}")
    types = packed[1 : _HEAD - 4].decode("ascii", "replace")
    if not set(types) <= set(_TYPES) or len(types) != 4:
        raise PackedRefused(f"columns of the types {types!r}")
    columns: list[array[int]] = [array(type_) for type_ in types]
    count, rest = divmod(len(packed) - _HEAD, sum(column.itemsize for column in columns))
    if rest:
        raise PackedRefused(f"{len(packed)} bytes, which is no whole number of words")
    at = _HEAD
    for column in columns:
        column.frombytes(packed[at : at + count * column.itemsize])
        at += count * column.itemsize
    return [_little_endian(column) for column in columns]


def _cut(text: str, lengths: Sequence[int]) -> list[str]:
    texts: list[str] = []
    at = 0
    for length in lengths:
        texts.append(text[at : at + length])
        at += length + 1
    if lengths and at != len(text) + 1:
        raise PackedRefused(f"{at - 1} characters for a text of {len(text)}")
    return texts


def _little_endian(columns: "array[int]") -> "array[int]":
    if sys.byteorder == "big":
        columns = columns[:]
        columns.byteswap()
    return columns
