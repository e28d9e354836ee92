"""What a source's other features gave, stored and read back."""

import json

from reviews.detection.analysis import (
    Analysis,
    Redaction,
    Sentence,
    Sentiment,
    SideText,
    from_plain,
    to_plain,
)

FULL = Analysis(
    sentiment=Sentiment(True, (Sentence("negative", 0.9, 0, 900, "A"),)),
    redaction=Redaction(True, ("person_name",), "hash"),
    texts=(
        SideText("summary", "A call."),
        SideText("entities[0].text", "Ann", 5, 9, "person_name"),
    ),
    speakers_expected=2,
    language_confidence=0.75,
    confidence=0.5,
)


def stored(analysis: Analysis) -> Analysis:
    return from_plain(json.loads(json.dumps(to_plain(analysis))))


def test_from_plain_gives_back_what_to_plain_wrote() -> None:
    assert stored(FULL) == FULL


def test_what_was_not_given_and_what_is_empty_stay_apart() -> None:
    for sentiment in (None, Sentiment(False), Sentiment(True)):
        assert stored(Analysis(sentiment=sentiment)).sentiment == sentiment
    for redaction in (None, Redaction(False), Redaction(True, ()), Redaction(True, None)):
        assert stored(Analysis(redaction=redaction)).redaction == redaction
