"""The personal data of a call, looked for once for all rules, and where it was said."""

from collections.abc import Sequence

from reviews.detection.evidence import Evidence
from reviews.detection.pii.call import find_in_call
from reviews.detection.pii.span import CallSpan
from reviews.detection.placing import marked
from reviews.detection.reading import Reading
from reviews.detection.transcript import Transcript


def values_of(reading: Reading) -> Sequence[CallSpan]:
    return reading.once("values", lambda: find_in_call(reading.transcript))


def evidence_of(span: CallSpan, transcript: Transcript) -> Evidence:
    return marked(span.parts, transcript, label=span.entity, score=span.score)
