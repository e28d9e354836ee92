"""From the wire to the normal form: whatever stands in a field, the call is not lost."""

import copy
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.detection.evidence import Reason
from reviews.detection.transcript import Role
from reviews.egress import BadReply
from reviews.sources.assemblyai.wire import WireTranscript, parse
from reviews.sources.roles import Named


def _word(text: str, start: int = 0, **more: Any) -> dict[str, Any]:
    return {"text": text, "start": start, "end": start + 200, "confidence": 0.9, **more}


def _payload(**more: Any) -> dict[str, Any]:
    return {
        "id": "t1",
        "status": "completed",
        "language_code": "en_us",
        "audio_duration": 281,
        "punctuate": True,
        "speaker_labels": True,
        "text": "Hello there. Hi.",
        "words": [_word("Hello"), _word("there.", 300), _word("Hi.", 900)],
        "utterances": [
            {
                "text": "Hello there.",
                "speaker": "A",
                "words": [_word("Hello"), _word("there.", 300)],
            },
            {"text": "Hi.", "speaker": "B", "channel": 2, "words": [_word("Hi.", 900)]},
        ],
    } | more


def test_parse_gives_columns_by_utterance() -> None:
    call = parse(_payload()).transcript
    assert call.words == ("Hello", "there.", "Hi.")
    assert call.bounds == (0, 2, 3)
    assert call.speakers == ("A", "B")
    assert call.channels == (None, "2")
    assert (call.start_ms, call.end_ms) == ((0, 300, 900), (200, 500, 1100))
    assert (call.language, call.duration_ms) == ("en_us", 281_000)


def test_parse_makes_sentences_where_there_are_no_utterances() -> None:
    call = parse(_payload(utterances=None)).transcript
    assert (call.bounds, call.speakers) == ((0, 2, 3), (None, None))


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ('He said "Stop." Then no end', (0, 3, 6)),
        ("What? No! (Really.) Yes", (0, 1, 2, 3, 4)),
        ("It is 3.5 or so", (0, 5)),
        ("  ", (0,)),
    ],
)
def test_parse_makes_sentences_of_a_bare_text(text: str, bounds: tuple[int, ...]) -> None:
    call = parse({"id": "t1", "text": text}).transcript
    assert call.bounds == bounds
    assert set(call.start_ms) <= {-1}
    assert set(call.confidence) <= {None}


def test_parse_keeps_the_numbering_when_an_utterance_is_junk() -> None:
    rows = _payload()["utterances"]
    call = parse(_payload(utterances=[None, rows[0], {"words": [None, 3]}, rows[1]])).transcript
    assert call.bounds == (0, 0, 2, 2, 3)
    assert call.speakers == (None, "A", None, "B")


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0, 10, (0, 10)),
        (10.6, 20.4, (11, 20)),
        ("15", "30", (15, 30)),
        (None, None, (-1, -1)),
        (50, 20, (50, 50)),
        (-5, "x", (-1, -1)),
        (True, [], (-1, -1)),
        (2**31, 10**17, (-1, -1)),
        (2_000_000_000, 2_000_000_001, (2_000_000_000, 2_000_000_000)),
        (2_000_000_001, 5, (-1, 5)),
        (5, None, (5, 5)),
    ],
)
def test_parse_reads_times_or_says_there_are_none(
    start: Any, end: Any, expected: tuple[int, int]
) -> None:
    call = parse({"words": [{"text": "a", "start": start, "end": end}]}).transcript
    assert (call.start_ms[0], call.end_ms[0]) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.5, 0.5), (1, 1.0), (0, 0.0), (1.5, None), (-0.1, None), (None, None), ("x", None)],
)
def test_parse_reads_confidence_or_says_there_is_none(value: Any, expected: float | None) -> None:
    call = parse({"words": [{"text": "a", "confidence": value}]}).transcript
    assert call.confidence == (expected,)


@pytest.mark.parametrize("key", ["audio_url", "webhook_url"])
@pytest.mark.parametrize("value", ["http://deleted_by_user", "deleted by user", "Deleted_by_user"])
def test_parse_knows_a_tombstone(key: str, value: str) -> None:
    gone = _payload(audio_url=None) | {key: value, "text": "Deleted by user.", "words": None}
    found = parse(gone | {"audio_url": value, "utterances": None})
    assert found.is_tombstone
    assert found.transcript.words == ()
    assert found.transcript.refused is not None
    assert found.transcript.refused.reason is Reason.TRANSCRIPT_DELETED


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "x" * 201),
        ("language_code", "x" * 21),
        ("audio_duration", 2_000_001),
        ("audio_start_from", 2_000_000_001),
        ("audio_end_at", 10**17),
        ("created", "0001-01-01T00:00:00+14:00"),
        ("created", "9999-12-31T23:59:59"),
    ],
)
def test_parse_leaves_out_what_no_column_holds_and_names_the_field(name: str, value: Any) -> None:
    found = parse(_payload(**{name: value}))
    assert found.warnings == (name,)
    assert parse(_payload()).warnings == ()
    call = found.transcript
    kept = {
        "id": found.external_id,
        "language_code": call.language,
        "audio_duration": call.duration_ms,
        "audio_start_from": call.transcribed_ms[0],
        "audio_end_at": call.transcribed_ms[1],
        "created": found.created_at,
    }
    assert not kept[name]


def test_parse_keeps_speakers_with_long_labels_apart_and_their_roles() -> None:
    value = _payload()
    labels = ["x" * 180 + "1", "x" * 180 + "2"]
    for row, label in zip(value["utterances"], labels, strict=True):
        row |= {"speaker": label, "channel": label}
    found = parse(value, named=Named(agent=labels[0], customer=labels[1], by="y" * 300))
    call = found.transcript
    assert len(set(call.speakers)) == len(set(call.channels)) == 2
    assert {len(label or "") for label in call.speakers} == {100}
    assert {len(label or "") for label in call.channels} == {20}
    assert call.roles == (Role.AGENT, Role.CUSTOMER)
    assert len(found.roles_how) == 100


def test_parse_matches_the_vendors_speaker_identification_when_labels_are_long() -> None:
    value, label = _payload(), "x" * 300
    value["utterances"][0]["speaker"] = label
    mapping = {"speaker_identification": {"mapping": {label: "Agent"}}}
    found = parse(value | {"speech_understanding": {"response": mapping}})
    assert found.transcript.roles[0] is Role.AGENT


def test_parse_reads_the_facts_from_the_call_url_it_is_given() -> None:
    url = "https://hooks.example/in?subject=s-1&queue=claims"
    value = _payload(webhook_url="https://hooks.example/in?queue=claims")
    assert parse(value, call_url=url).metadata.subject == "s-1"
    assert parse(value).metadata.subject is None
    assert parse(_payload(webhook_url=url)).metadata.subject == "s-1"


def test_parse_knows_a_tombstone_by_its_text_only_where_no_words_are_left() -> None:
    said = {"text": "Deleted by user.", "words": [_word("Deleted"), _word("by"), _word("user.")]}
    assert not parse({"id": "t1", **said}).is_tombstone
    assert parse({"id": "t1", "text": "Deleted by user."}).is_tombstone


def test_parse_says_why_the_vendor_could_not_transcribe() -> None:
    text = "Download error, unable to download https://b.example/a.wav?sig=s3cr3t&x=1 today"
    found = parse({"id": "t1", "status": "error", "error": text, "words": None})
    assert found.error == "Download error, unable to download https://b.example/a.wav today"
    assert found.transcript.refused is not None
    assert found.transcript.refused.reason is Reason.TRANSCRIPT_ERRORED
    assert found.is_final


@pytest.mark.parametrize("status", ["queued", "processing", "brand_new"])
def test_parse_keeps_a_status_that_is_not_final(status: str) -> None:
    found = parse(_payload(status=status))
    assert (found.status, found.is_final) == (status, False)


def test_parse_refuses_another_transcript_than_was_asked_for() -> None:
    with pytest.raises(BadReply):
        parse(_payload(), expected_id="t2")


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ({}, "absent"),
        ({"content_safety_labels": {"status": "unavailable", "results": []}}, "absent"),
        ({"content_safety": True}, "unavailable"),
        (
            {"content_safety": True, "content_safety_labels": {"status": "unavailable"}},
            "unavailable",
        ),
        ({"content_safety": True, "content_safety_labels": {"status": "success"}}, "unavailable"),
        (
            {"content_safety": True, "content_safety_labels": {"status": "success", "results": []}},
            "empty",
        ),
        ({"content_safety_labels": {"results": [{"labels": []}]}}, "present"),
        ({"content_safety": True, "content_safety_labels": "junk"}, "present"),
    ],
)
def test_parse_tells_absent_unavailable_empty_and_present_apart(
    more: dict[str, Any], state: str
) -> None:
    assert parse(_payload(**more)).features["content_safety"] == state


def test_parse_gives_equal_features_an_equal_hash() -> None:
    plain, same = parse(_payload()), parse(_payload(id="t9", text="Else."))
    other = parse(_payload(entity_detection=True, entities=[]))
    assert plain.features_hash == same.features_hash != other.features_hash
    assert other.features["entity_detection"] == "empty"


def test_parse_reads_safety_labels_with_and_without_severity() -> None:
    row = {
        "timestamp": {"start": 100, "end": 900},
        "labels": [
            {"label": "crime_violence", "confidence": 0.8, "severity": 0.6},
            {"label": "nsfw", "confidence": 0.7, "severity": None},
            {"label": None},
        ],
    }
    result = {"status": "success", "results": [row, None, {"labels": 3}]}
    safety = parse(_payload(content_safety=True, content_safety_labels=result)).transcript.safety
    assert safety is not None
    assert safety.is_available
    assert [(label.label, label.severity, label.start_ms) for label in safety.labels] == [
        ("crime_violence", 0.6, 100),
        ("nsfw", None, 100),
    ]


def test_parse_says_that_safety_was_asked_for_and_failed() -> None:
    safety = parse(_payload(content_safety=True)).transcript.safety
    assert safety is not None
    assert not safety.is_available


def test_parse_reads_the_part_that_was_transcribed_and_the_spelling() -> None:
    spelling = [{"from": ["a w s", "aws"], "to": "AWS"}, {"from": "x", "to": "Y"}, {"to": "Z"}, 3]
    call = parse(
        _payload(audio_start_from=5_000, audio_end_at=60_000, custom_spelling=spelling)
    ).transcript
    assert call.transcribed_ms == (5_000, 60_000)
    assert call.custom_spelling == (("a w s", "AWS"), ("aws", "AWS"), ("x", "Y"))


@pytest.mark.parametrize(
    ("value", "seconds"), [(281.4, 281.4), ("90", 90.0), (-1, None), ("x", None)]
)
def test_parse_takes_any_number_for_the_duration(value: Any, seconds: float | None) -> None:
    assert parse(_payload(audio_duration=value)).audio_duration == seconds


def test_parse_takes_roles_from_the_metadata_of_the_call() -> None:
    url = "https://hooks.example/in?agent_speaker=B&customer_speaker=A&queue=claims&kind=odd"
    found = parse(_payload(webhook_url=url, webhook_status_code=500))
    assert found.transcript.roles == (Role.CUSTOMER, Role.AGENT)
    assert found.transcript.facts.queue == "claims"
    assert (found.warnings, found.webhook_status_code) == (("kind",), 500)


def test_parse_puts_the_named_labels_before_the_metadata_and_the_setting_after() -> None:
    value = _payload(webhook_url="https://hooks.example/in?agent_speaker=B")
    setting = Named(agent="A", by="the source")
    assert parse(value, default_named=setting).transcript.roles[1] is Role.AGENT
    assert parse(value, named=setting).transcript.roles[0] is Role.AGENT
    assert parse(_payload(), default_named=setting).transcript.roles[0] is Role.AGENT


def test_parse_takes_roles_from_the_vendors_speaker_identification() -> None:
    mapping = {"speaker_identification": {"mapping": {"A": "Customer", "B": "Agent"}}}
    found = parse(_payload(speech_understanding={"request": {}, "response": mapping}))
    assert found.transcript.roles == (Role.CUSTOMER, Role.AGENT)


def test_parse_takes_the_time_of_the_list_before_its_own() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert parse(_payload(created="2025-05-05T10:00:00.5")).created_at == datetime(
        2025, 5, 5, 10, 0, 0, 500_000, tzinfo=UTC
    )
    assert parse(_payload(created="foo"), created_at=at).created_at == at


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.sampled_from(WireTranscript.__struct_fields__[1:]), JSON)
def test_parse_never_fails_whatever_one_field_holds(name: str, junk: Any) -> None:
    call = parse(_payload() | {name: junk}).transcript
    assert call.bounds[-1] == len(call.words) == len(call.start_ms) == len(call.confidence)
    assert len(call.roles) == len(call.speakers) == len(call.bounds) - 1


@settings(deadline=None)
@given(st.sampled_from(["text", "words", "speaker", "channel", "start", "confidence"]), JSON)
def test_parse_never_fails_whatever_an_utterance_holds(name: str, junk: Any) -> None:
    value = copy.deepcopy(_payload())
    value["utterances"][0][name] = junk
    value["utterances"][1]["words"][0][name] = junk
    assert parse(value).transcript.utterances == 2


def test_parse_leaves_its_argument_as_it_was() -> None:
    value = _payload(brand_new={"kept": 1})
    before = json.dumps(value)
    parse(value)
    assert json.dumps(value) == before
