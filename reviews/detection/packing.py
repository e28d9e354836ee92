"""Words of one utterance beside its text: lengths, times and confidences in one blob.

Version 1: a byte 1, then deflated 32-bit columns (little endian): length in characters, start as
the difference to the word before, duration, confidence in millionths; -1 stands for none. The
words themselves are the text's, joined by one blank. Confidences of up to six decimals come back
exactly; a comparison with a floor gives the same after storage as before.
"""

import sys
import zlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from operator import sub

VERSION = 1
MILLION = 1_000_000
NONE = -1
_WINDOW_BITS = 11
_MEMORY_LEVEL = 2


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


def pack(words: Words) -> bytes:
    """The blob for `words`; their text is stored beside it, joined by blanks."""
    before = [0, *words.start_ms[:-1]] if words.start_ms else []
    columns = array("i", [*map(len, words.texts), *map(sub, words.start_ms, before)])
    columns.extend(map(sub, words.end_ms, words.start_ms))
    columns.extend([NONE if c is None else round(c * MILLION) for c in words.confidence])
    # A few hundred bytes each: the default's large window costs eight times as long to set up.
    deflater = zlib.compressobj(1, wbits=_WINDOW_BITS, memLevel=_MEMORY_LEVEL)
    data = _little_endian(columns).tobytes()
    return bytes([VERSION]) + deflater.compress(data) + deflater.flush()


def unpack(text: str, packed: bytes) -> Words:
    """Inverse of `pack`. Raises PackedRefused."""
    if packed[:1] != bytes([VERSION]):
        raise PackedRefused(f"version {packed[:1].hex() or 'none'}")
    columns = array("i")
    columns.frombytes(zlib.decompress(packed[1:]))
    columns = _little_endian(columns)
    count = len(columns) // 4
    start_ms = _summed(columns[count : 2 * count])
    durations = columns[2 * count : 3 * count]
    return Words(
        texts=_cut(text, columns[:count]),
        start_ms=start_ms,
        end_ms=[start + spent for start, spent in zip(start_ms, durations, strict=True)],
        confidence=[None if value == NONE else value / MILLION for value in columns[3 * count :]],
    )


def _cut(text: str, lengths: Sequence[int]) -> list[str]:
    texts: list[str] = []
    at = 0
    for length in lengths:
        texts.append(text[at : at + length])
        at += length + 1
    if lengths and at != len(text) + 1:
        raise PackedRefused(f"{at - 1} characters for a text of {len(text)}")
    return texts


def _summed(differences: Sequence[int]) -> list[int]:
    total = 0
    return [total := total + difference for difference in differences]


def _little_endian(columns: "array[int]") -> "array[int]":
    if sys.byteorder == "big":
        columns = columns[:]
        columns.byteswap()
    return columns
