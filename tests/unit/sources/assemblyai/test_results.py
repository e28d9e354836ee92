"""The vendor's other results: kept apart by what was asked, and never at the cost of the call."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.detection.analysis import Analysis, Redaction, Sentence, Sentiment, SideText
from reviews.sources.assemblyai.wire import parse

JUNK: tuple[Any, ...] = (None, 7, "junk", [None, 3, "x"], {"results": 5}, [{}], {"a": [1]}, True)


def words(text: str) -> list[dict[str, Any]]:
    return [
        {"text": word, "start": at * 500, "end": at * 500 + 400, "confidence": 0.9}
        for at, word in enumerate(text.split())
    ]


def payload(**more: Any) -> dict[str, Any]:
    said = "Thanks for calling. I am not happy."
    return {
        "id": "t1",
        "status": "completed",
        "text": said,
        "words": words(said),
        "utterances": [{"speaker": "A", "text": said, "words": words(said)}],
    } | more


def read(**more: Any) -> Analysis:
    return parse(payload(**more)).transcript.analysis


def places(**more: Any) -> list[str]:
    return [each.place for each in read(**more).texts]


def test_a_call_with_nothing_beside_its_words_has_an_empty_analysis() -> None:
    assert read() == Analysis()


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({}, None),
        ({"sentiment_analysis": True}, Sentiment(False)),
        ({"sentiment_analysis": True, "sentiment_analysis_results": []}, Sentiment(True)),
    ],
)
def test_sentiment_not_asked_for_failed_and_empty_stay_apart(
    more: dict[str, Any], wanted: Sentiment | None
) -> None:
    assert read(**more).sentiment == wanted


def test_a_sentence_that_lacks_its_time_or_sense_is_kept_as_unknown() -> None:
    rows = [
        {"text": "I am not happy.", "sentiment": "NEGATIVE", "confidence": 0.8, "speaker": "A"},
        {"text": "I am not happy.", "sentiment": "WEIRD", "start": 1500, "end": 3400, "channel": 2},
    ]
    sentiment = read(sentiment_analysis=True, sentiment_analysis_results=rows).sentiment
    assert sentiment is not None
    assert sentiment.sentences == (
        Sentence("negative", 0.8, -1, -1, "A"),
        Sentence("", None, 1500, 3400, "2"),
    )


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({"redact_pii": False}, Redaction(False)),
        ({"redact_pii": "yes"}, None),
        (
            {"redact_pii": True, "redact_pii_policies": ["date", 3, "", None]},
            Redaction(True, ("date", "3")),
        ),
        ({"redact_pii": True, "redact_pii_sub": "hash"}, Redaction(True, None, "hash")),
    ],
)
def test_redaction_is_what_the_source_says(more: dict[str, Any], wanted: Redaction | None) -> None:
    assert read(**more).redaction == wanted


def test_every_text_beside_the_words_is_kept_with_its_place_and_time() -> None:
    found = read(
        summary="A call.",
        text="Another text.",
        words=words("other words"),
        chapters=[None, {"gist": "g", "headline": "h", "summary": "s", "start": 5, "end": 9}],
        auto_highlights_result={"results": [{"text": "high", "timestamps": [{"start": 7}]}]},
        iab_categories_result={"results": [{"text": "topic", "timestamp": {"start": 3, "end": 4}}]},
        content_safety_labels={"results": [{"text": "unsafe"}]},
        entities=[{"text": "Ann", "entity_type": "person_name", "start": 1, "end": 2}],
        sentiment_analysis_results=[{"text": "Unredacted Ann."}],
        translated_texts={"es": "hola"},
    ).texts
    assert set(found) == {
        SideText("text", "Another text."),
        SideText("words", "other words"),
        SideText("summary", "A call."),
        SideText("translated_texts.es", "hola"),
        SideText("chapters[1].gist", "g", 5, 9),
        SideText("chapters[1].headline", "h", 5, 9),
        SideText("chapters[1].summary", "s", 5, 9),
        SideText("auto_highlights_result.results[0].text", "high", 7, 7),
        SideText("iab_categories_result.results[0].text", "topic", 3, 4),
        SideText("content_safety_labels.results[0].text", "unsafe"),
        SideText("entities[0].text", "Ann", 1, 2, "person_name"),
        SideText("sentiment_analysis_results[0].text", "Unredacted Ann."),
    }


def test_what_stands_word_for_word_in_the_call_is_not_kept_twice() -> None:
    rows = [{"text": "Thanks for calling."}, {"text": "I am  not happy."}]
    assert places(sentiment_analysis_results=rows) == []
    assert places(text="I am not happy. Thanks for calling.") == []
    assert places(summary="I am happy.") == ["summary"]


def test_an_utterance_whose_text_is_not_its_words_is_kept() -> None:
    said = words("My name is [PERSON_NAME].")
    rows = [{"speaker": "A", "text": "My name is Ann.", "words": said}]
    assert places(utterances=rows, words=said, text="My name is [PERSON_NAME].") == [
        "utterances[0].text"
    ]


def test_counts_and_shares_that_cannot_be_are_left_out() -> None:
    kept = read(speakers_expected=2, language_confidence=0.5, confidence=1)
    assert (kept.speakers_expected, kept.language_confidence, kept.confidence) == (2, 0.5, 1.0)
    junk = read(speakers_expected=-2, language_confidence=7, confidence="x")
    assert junk == Analysis()


@settings(deadline=None)
@given(st.data())
def test_junk_in_any_result_never_costs_the_call(data: st.DataObject) -> None:
    names = (
        *("sentiment_analysis_results", "redact_pii", "redact_pii_policies", "summary"),
        *("chapters", "entities", "auto_highlights_result", "iab_categories_result"),
        *("content_safety_labels", "translated_texts", "speakers_expected", "confidence"),
    )
    more = {name: data.draw(st.sampled_from(JUNK)) for name in names}
    assert len(parse(payload(sentiment_analysis=True, **more)).transcript.words) == 7
