"""Words and utterances of the wire as columns; without utterances, sentences stand for them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from reviews.sources.assemblyai.lenient import label_of, ms_of, rows_of, share_of, text_of
from reviews.sources.normal import LONGEST_CHANNEL, LONGEST_MS

_CLOSERS = "\"')]}»”’"
_ENDS = (".", "?", "!")


@dataclass(slots=True)
class Columns:
    """Filled utterance by utterance; see Transcript for what each column holds."""

    said: list[dict[str, Any]] = field(default_factory=list)
    """The words as they came, those that say something."""
    bounds: list[int] = field(default_factory=lambda: [0])
    speakers: list[str | None] = field(default_factory=list)
    channels: list[str | None] = field(default_factory=list)

    @property
    def words(self) -> tuple[str, ...]:
        return tuple([word["text"] for word in self.said])

    @property
    def times_ms(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Starts and ends."""
        starts = self._times("start")
        return tuple(starts), tuple(map(max, starts, self._times("end")))

    @property
    def confidence(self) -> tuple[float | None, ...]:
        # The usual without a call for each.
        return tuple(
            [
                share
                if type(share := word.get("confidence")) is float and 0 <= share <= 1
                else share_of(share)
                for word in self.said
            ]
        )

    def _times(self, key: str) -> list[int]:
        return [
            at if type(at := word.get(key)) is int and 0 <= at <= LONGEST_MS else ms_of(at)
            for word in self.said
        ]

    def add_words(self, words: Iterable[dict[str, Any]]) -> None:
        """Those of the words that say something."""
        self.said += [word for word in words if text_of(word.get("text"))]

    def add_text(self, text: str) -> None:
        """Words of a bare text: no times, no confidence; none is made up."""
        self.said += [{"text": part} for part in text.split()]

    def close(self, speaker: str | None, channel: str | None) -> None:
        """End the utterance; one without words is kept, so that the vendor's numbering holds."""
        self.bounds.append(len(self.said))
        self.speakers.append(speaker)
        self.channels.append(channel)


def columns_of(*, utterances: Any, words: Any, text: Any) -> Columns:
    """Columns from the best there is: utterances, else words, else the text alone."""
    columns = Columns()
    if isinstance(utterances, list) and utterances:
        for row in utterances:
            _add_utterance(columns, row if isinstance(row, dict) else {})
        return columns
    _add_sentences(
        columns, rows_of(words) or [{"text": part} for part in (text_of(text) or "").split()]
    )
    return columns


def _add_utterance(columns: Columns, row: dict[str, Any]) -> None:
    words = rows_of(row.get("words"))
    columns.add_words(words)
    if not words:
        columns.add_text(text_of(row.get("text")) or "")
    columns.close(label_of(row.get("speaker")), label_of(row.get("channel"), LONGEST_CHANNEL))


def _add_sentences(columns: Columns, words: Iterable[dict[str, Any]]) -> None:
    for word in words:
        if spoken := text_of(word.get("text")):
            columns.add_words([word])
            if spoken.rstrip(_CLOSERS).endswith(_ENDS):
                columns.close(None, None)
    if columns.bounds[-1] < len(columns.said):
        columns.close(None, None)
