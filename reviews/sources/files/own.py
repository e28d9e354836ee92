"""AssemblyAI's object within another document; by itself it is taken as it is."""

from collections.abc import Mapping
from typing import Any

from reviews.sources.assemblyai.columns import columns_of
from reviews.sources.assemblyai.lenient import number_of, text_of
from reviews.sources.files.foreign import Foreign, NotATranscript, Utterance, timing_of, word


def read(value: Mapping[str, Any]) -> Foreign:
    """Raises NotATranscript."""
    columns = columns_of(
        utterances=value.get("utterances"), words=value.get("words"), text=value.get("text")
    )
    times = zip(columns.words, *columns.times_ms, columns.confidence, strict=True)
    words = [word(*each) for each in times]
    bounds = zip(columns.bounds, columns.bounds[1:], strict=False)
    voices = zip(columns.speakers, columns.channels, strict=True)
    utterances = [
        Utterance(words[low:high], *voice)
        for (low, high), voice in zip(bounds, voices, strict=True)
        if low < high
    ]
    if not utterances:
        raise NotATranscript(
            "The transcript is refused", "no word in it", "Send one that is completed."
        )
    return Foreign(
        utterances,
        timing_of(utterances),
        language=text_of(value.get("language_code")),
        seconds=number_of(value.get("audio_duration")),
    )
