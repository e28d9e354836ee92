"""The personal data of a call, looked for once for all rules, and where it was said."""

from collections.abc import Sequence

from reviews.detection.evidence import Evidence
from reviews.detection.pii.call import CallSpan, find_in_call
from reviews.detection.reading import Reading
from reviews.detection.transcript import Transcript


def values_of(reading: Reading) -> Sequence[CallSpan]:
    return reading.once("values", lambda: find_in_call(reading.transcript))


def evidence_of(span: CallSpan, transcript: Transcript) -> Evidence:
    first, last = span.parts[0], span.parts[-1]
    starts = transcript.bounds[first.utterance] + first.first_word
    ends = transcript.bounds[last.utterance] + last.last_word
    return Evidence(
        utterance=first.utterance,
        last_utterance=last.utterance,
        first_word=first.first_word,
        last_word=last.last_word,
        speaker=transcript.speakers[first.utterance],
        role=transcript.roles[first.utterance].value,
        start_ms=transcript.start_ms[starts],
        end_ms=transcript.end_ms[ends],
        label=span.entity,
        score=span.score,
        marks=span.parts,
    )
