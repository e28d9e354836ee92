"""The same audio under two ids: what two transcripts of it have in common, and calls do not.

A signature is a sample of a call's shingles, runs of words as they fold: of the hashes of all of
them the smallest. Of two samples together the smallest hashes are a fair sample of both calls'
shingles, and the part of those that is in both is near the share of shingles they have in common.
Thresholds and what they were measured on: docs/adr/0011.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice

from reviews.detection.folding import Kind, fold_word
from reviews.detection.languages.known import language_of
from reviews.detection.transcript import Transcript

WORDS = 5
"""In a shingle."""
SAMPLE = 128
"""Hashes in a signature at most; a call with fewer shingles has all of them."""
LEAST_SHINGLES = 70
"""Different ones. Shorter calls are never alike: a greeting, a voicemail, "hello? hello?"."""
LEAST_SHARE = 0.5
DURATION_MS = 1000
"""How far apart the durations of the same audio may be: sources round them to whole seconds."""
_BYTES = 4


@dataclass(frozen=True, slots=True)
class Likeness:
    """What of a call is compared: its duration, and the signature under the tenant's key."""

    duration_ms: int
    signature: bytes


def signature(call: Transcript, *, key: bytes) -> bytes | None:
    """4 · SAMPLE bytes at most, ascending; None for a call that is too short to be compared.

    `key`: 64 bytes at most. Who said a word plays no part. Signatures under different keys have
    nothing in common, and nobody without the key can try words on one.
    """
    shingles = set(_shingles(_tokens(call)))
    if len(shingles) < LEAST_SHINGLES:
        return None
    hashes = {blake2b(each.encode(), digest_size=_BYTES, key=key).digest() for each in shingles}
    return b"".join(sorted(hashes)[:SAMPLE])


def are_alike(one: Likeness, other: Likeness) -> bool:
    """True where both are the same audio, as far as words and duration tell."""
    if abs(one.duration_ms - other.duration_ms) > DURATION_MS:
        return False
    return share(one.signature, other.signature) >= LEAST_SHARE


def share(one: bytes, other: bytes) -> float:
    """Of the shingles of both calls about which part is in both, 0..1."""
    mine, theirs = set(_hashes(one)), set(_hashes(other))
    sample = sorted(mine | theirs)[:SAMPLE]
    return sum(each in mine and each in theirs for each in sample) / max(len(sample), 1)


def _tokens(call: Transcript) -> list[str]:
    """Without fillers, which one recogniser writes and another leaves out."""
    language = language_of(call.language)
    folded = (fold_word(word, language) for word in call.words)
    return [token for each in folded if each.kind is not Kind.FILLER for token in each.tokens]


def _shingles(tokens: Sequence[str]) -> Iterator[str]:
    runs = zip(*(islice(tokens, at, None) for at in range(WORDS)), strict=False)
    return map(" ".join, runs)


def _hashes(packed: bytes) -> tuple[int, ...]:
    return struct.unpack(f">{len(packed) // _BYTES}I", packed)
