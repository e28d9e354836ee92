"""Whether two findings hold the same words: keyed hashes, which say nothing of the words."""

import hmac
from collections.abc import Sequence

from reviews.detection.evidence import Evidence
from reviews.detection.folding import fold_word
from reviews.detection.transcript import Transcript

KEY_BYTES = 16


def phrase_key(secret: bytes, transcript: Transcript, place: Evidence) -> bytes:
    """Of the words of the evidence, as they are folded for matching."""
    begin = transcript.bounds[place.utterance] + place.first_word
    end = transcript.bounds[place.last_utterance] + place.last_word + 1
    return _key(secret, "phrase", transcript.words[begin:end])


def line_key(secret: bytes, transcript: Transcript, place: Evidence) -> bytes:
    """Of the whole utterances that the evidence stands in."""
    begin, end = transcript.bounds[place.utterance], transcript.bounds[place.last_utterance + 1]
    return _key(secret, "line", transcript.words[begin:end])


def _key(secret: bytes, kind: str, words: Sequence[str]) -> bytes:
    folded = (token for word in words for token in fold_word(word).tokens)
    return hmac.digest(secret, "\0".join((kind, *folded)).encode(), "sha256")[:KEY_BYTES]
