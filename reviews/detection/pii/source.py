"""What the source took for personal data: words it masked, and entities that it named."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterator, Sequence

from reviews.detection.analysis import SideText
from reviews.detection.evidence import Mark
from reviews.detection.pii.span import CallSpan
from reviews.detection.transcript import Transcript

_LABEL = re.compile(r"\W*\[([A-Z][A-Z0-9_]*)\]\W*")
_ENTITY_SCORE = 0.8


def masked(transcript: Transcript) -> Iterator[CallSpan]:
    """`[PERSON_NAME]`: what was said there is known by its kind alone."""
    words, bounds = transcript.words, transcript.bounds
    for at, word in enumerate(words):
        if "[" in word and (label := _LABEL.fullmatch(word)):
            utterance = bisect_right(bounds, at) - 1
            place = at - bounds[utterance]
            yield CallSpan(label[1].lower(), 1.0, "mask", (Mark(utterance, place, place),))


def named(transcript: Transcript, known: Container[int]) -> Iterator[CallSpan]:
    """The source's entities, by their times; none of whose words is `known` (indexes) already."""
    entities = [text for text in transcript.analysis.texts if text.kind and text.start_ms >= 0]
    for entity in entities:
        for utterance in range(transcript.utterances):
            words = _words(entity, transcript, utterance)
            if words and not any(word in known for word in words):
                low = transcript.bounds[utterance]
                mark = Mark(utterance, words[0] - low, words[-1] - low)
                yield CallSpan(entity.kind, _ENTITY_SCORE, "vendor", (mark,))
                break


def _words(entity: SideText, transcript: Transcript, utterance: int) -> Sequence[int]:
    """Words of the utterance in the entity's time, where they begin as its text does."""
    low, high = transcript.bounds[utterance], transcript.bounds[utterance + 1]
    first = bisect_right(transcript.end_ms, entity.start_ms, low, high)
    last = bisect_left(transcript.start_ms, entity.end_ms, low, high)
    said = transcript.words[first] if first < last else ""
    begun = "".join(entity.text.split()[:1]).strip(".,;:!?").lower()
    return range(first, last) if begun and said.lower().startswith(begun) else ()
