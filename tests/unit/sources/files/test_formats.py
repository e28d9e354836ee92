"""Deepgram, Whisper, Amazon Transcribe and vCon."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from reviews.detection.transcript import Direction, Role, Timing
from tests.unit.sources.files.written import (
    ANALYTICS,
    DEEPGRAM,
    EVERY,
    POST_CALL,
    TRANSCRIBE,
    VCON,
    WHISPER,
    columns,
    loaded,
    read,
    refused,
    times,
    turns,
)


def changed(document: dict[str, Any], change: Callable[[Any], None]) -> dict[str, Any]:
    other = copy.deepcopy(document)
    change(other)
    return other


def test_deepgram_is_read_with_seconds_speakers_and_id() -> None:
    call = read(DEEPGRAM)
    assert turns(call.transcript) == [("0", "Hello."), ("1", "hi")]
    assert times(call.transcript) == [(100, 500), (2250, 2500)]
    assert call.transcript.confidence == (0.9, None)
    assert call.transcript.timing is Timing.MEASURED
    assert (call.external_id, call.transcript.duration_ms) == ("dg-1", 4000)
    assert set(call.transcript.roles) == {Role.UNKNOWN}


def test_deepgram_channels_are_channels_and_in_the_order_of_time() -> None:
    def two(document: Any) -> None:
        first = document["results"]["channels"][0]
        other = copy.deepcopy(first)
        for word in other["alternatives"][0]["words"]:
            word["start"] += 0.05
        document["results"]["channels"].append(other)

    call = columns(changed(DEEPGRAM, two))
    assert call.channels == ("0", "1", "0", "1")


def test_deepgram_utterances_stand_before_its_channels() -> None:
    def utterances(document: Any) -> None:
        words = document["results"]["channels"][0]["alternatives"][0]["words"]
        document["results"]["utterances"] = [{"speaker": 1, "words": words}]

    assert turns(columns(changed(DEEPGRAM, utterances))) == [("1", "Hello. hi")]


def test_a_word_that_whisper_gave_no_time_gets_that_between_its_neighbours() -> None:
    call = columns(WHISPER)
    assert times(call) == [(1000, 1500), (1500, 2500), (2500, 3000)]
    assert call.timing is Timing.INTERPOLATED
    assert call.speakers == ("SPEAKER_00",)


def test_whisper_with_all_its_times_is_measured() -> None:
    whole = changed(WHISPER, lambda it: it["segments"][0]["words"][1].update(start=1.6, end=2.4))
    assert columns(whole).timing is Timing.MEASURED


def test_whisper_without_words_is_timed_by_its_segments() -> None:
    call = columns({"text": "a b", "segments": [{"start": 1, "end": 3, "text": " a b"}]})
    assert times(call) == [(1000, 2000), (2000, 3000)]
    assert call.timing is Timing.CUE


def test_transcribe_reads_numbers_written_as_texts_and_joins_punctuation() -> None:
    call = read(TRANSCRIBE)
    assert turns(call.transcript) == [("spk_0", "Hello."), ("spk_1", "Hi")]
    assert times(call.transcript) == [(500, 900), (1000, 1200)]
    assert call.transcript.confidence == (0.98, 0.9)
    assert (call.external_id, call.transcript.language) == ("job-1", "en-US")


def test_transcribe_channels_are_channels() -> None:
    items = TRANSCRIBE["results"]["items"]  # type: ignore[index] # our own document
    labels = {"channels": [{"channel_label": f"ch_{n}", "items": [items[n * 2]]} for n in (0, 1)]}
    both = changed(TRANSCRIBE, lambda it: it["results"].update(channel_labels=labels))
    assert columns(both).channels == ("ch_0", "ch_1")


def test_call_analytics_says_who_is_who() -> None:
    call = read(ANALYTICS)
    assert turns(call.transcript) == [("AGENT", "Hello there."), ("CUSTOMER", "Hi.")]
    assert call.transcript.roles == (Role.AGENT, Role.CUSTOMER)
    assert call.transcript.timing is Timing.MEASURED
    assert call.transcript.duration_ms == 9000


def test_call_analytics_without_items_is_timed_by_its_turns() -> None:
    def bare(document: Any) -> None:
        for turn in document["Transcript"]:
            del turn["Items"]

    call = columns(changed(ANALYTICS, bare))
    assert turns(call) == [("AGENT", "Hello there."), ("CUSTOMER", "Hi.")]
    assert call.timing is Timing.CUE


def test_post_call_analytics_has_no_ends_of_words() -> None:
    call = read(POST_CALL)
    assert times(call.transcript) == [(500, 1200), (1200, 2000)]
    assert call.transcript.timing is Timing.INTERPOLATED
    assert call.transcript.roles == (Role.AGENT,)
    assert (call.external_id, call.metadata.agent) == ("job-3", "ann")
    at = call.transcript.facts.call_at
    assert at is not None
    assert at.isoformat() == "2026-01-02T03:04:05-05:00"


def test_a_vcon_gives_its_turns_its_time_and_its_direction() -> None:
    call = read(VCON)
    assert turns(call.transcript) == [("Agent", "Hello."), ("Customer", "Hi there.")]
    assert call.external_id == VCON["uuid"]
    assert call.transcript.facts.direction is Direction.INBOUND
    assert call.transcript.facts.call_at is not None
    assert call.transcript.timing is Timing.NONE


OWN = {
    "id": "not the call's",
    "utterances": [
        {"speaker": "0", "words": [{"text": "Hello.", "start": 100, "end": 500}]},
        {"speaker": "1", "text": "hi"},
    ],
}


@pytest.mark.parametrize("body", [DEEPGRAM, json.dumps(DEEPGRAM), OWN])
def test_a_vcon_may_hold_another_vendors_transcript(body: Any) -> None:
    whole = changed(VCON, lambda it: it["analysis"][0].update(body=body))
    call = read(whole)
    assert turns(call.transcript) == [("0", "Hello."), ("1", "hi")]
    assert call.external_id == VCON["uuid"]


def test_a_vcon_of_messages_names_their_writers_by_role() -> None:
    def messages(document: Any) -> None:
        document["analysis"] = []
        document["dialog"] = [
            {"type": "text", "parties": [index], "body": text}
            for index, text in enumerate(["Hello.", "Hi."])
        ]

    assert turns(columns(changed(VCON, messages))) == [("agent", "Hello."), ("party 1", "Hi.")]


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        (lambda it: it.update(uuid=" "), "no uuid"),
        (lambda it: it.update(parties=None), "no list of `parties`"),
        (lambda it: it["dialog"][0].update(duration=-1), "`dialog[0].duration` is no length"),
        (lambda it: it["dialog"][0].update(duration="long"), "`dialog[0].duration` is no length"),
        (
            lambda it: it["dialog"][0].update(parties=[0, 9]),
            "`dialog[0].parties` names a party that is not there",
        ),
        (lambda it: it["dialog"].append(3), "`dialog[1]` is no object"),
        (
            lambda it: it.update(analysis=[]),
            "no analysis of the type “transcript” and no text dialog",
        ),
        (
            lambda it: it["analysis"].append({"type": "transcript", "dialog": 1, "body": "x"}),
            "transcripts of several dialogs",
        ),
    ],
)
def test_a_vcon_that_does_not_hold_together_is_refused(
    change: Callable[[Any], None], seen: str
) -> None:
    assert refused(changed(VCON, change)).seen == seen


@pytest.mark.parametrize(
    "document",
    [
        {"results": {"channels": []}},
        {"results": {"items": []}},
        {"Transcript": []},
        {"SpeechSegments": []},
        {"segments": []},
        {"segments": [{"text": " "}], "text": ""},
        {"name": "x"},
    ],
)
def test_a_document_without_a_word_is_refused(document: dict[str, Any]) -> None:
    assert refused(document).what.endswith("is refused")


@pytest.mark.parametrize("name", EVERY)
def test_a_security_code_is_masked_in_every_format(name: str) -> None:
    text = EVERY[name]
    for said in ("Hello", "morning"):
        text = text.replace(said, "the security code on the back is 123,", 1)
    found = loaded(text, name)
    assert found.received is not None
    assert "123" not in json.dumps(found.received.value)
    assert found.transcript is not None
    assert "123" not in " ".join(found.transcript.transcript.words)


@pytest.mark.parametrize("name", EVERY)
def test_what_a_document_is_does_not_hang_on_its_name(name: str) -> None:
    assert read(EVERY[name], "call") == read(EVERY[name], name)
