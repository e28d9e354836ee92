"""A call's words as sentences and paragraphs, whatever source it came from.

A sentence ends where its last word ends one, and with the utterance. A paragraph is up to five
sentences of one utterance.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from reviews.detection.captions import ENDS, Said, Spoken

SENTENCES_AT_MOST = 5
"""Of a paragraph."""


class By(StrEnum):
    SENTENCE = "sentence"
    PARAGRAPH = "paragraph"


@dataclass(frozen=True, slots=True)
class Passage:
    """Times in ms; None where the call has none."""

    voice: str
    """Who says it; "" where that is not known."""
    text: str
    start_ms: int | None
    end_ms: int | None
    words: int


def passages(said: Iterable[Said], by: By) -> Iterator[Passage]:
    """In the order of the utterances."""
    size = SENTENCES_AT_MOST if by is By.PARAGRAPH else 1
    for voice, words in said:
        sentences = list(_sentences(words))
        for at in range(0, len(sentences), size):
            yield _passage(voice, [word for each in sentences[at : at + size] for word in each])


def _sentences(words: Sequence[Spoken]) -> Iterator[list[Spoken]]:
    held: list[Spoken] = []
    for word in words:
        held.append(word)
        if word.text.endswith(ENDS):
            yield held
            held = []
    if held:
        yield held


def _passage(voice: str, words: Sequence[Spoken]) -> Passage:
    timed = [word for word in words if word.start_ms >= 0]
    return Passage(
        voice=voice,
        text=" ".join(word.text for word in words),
        start_ms=timed[0].start_ms if timed else None,
        end_ms=max(word.end_ms for word in timed) if timed else None,
        words=len(words),
    )
