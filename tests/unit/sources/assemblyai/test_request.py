"""A profile of features: what is read, what is refused by name, and the body it becomes."""

from dataclasses import fields
from typing import Any

import pytest

from reviews.sources.assemblyai import request
from reviews.sources.assemblyai.parameters import ProfileRefused
from reviews.sources.assemblyai.request import INSTEAD, Profile

MODELS = {"speech_models": ["universal-2"]}
REDACTING = MODELS | {"redact_pii": True, "redact_pii_policies": ["credit_card_number"]}
WHOLE: dict[str, Any] = {
    "speech_models": ["universal-3-pro", "universal-2"],
    "language_detection": True,
    "language_confidence_threshold": 0.4,
    "language_detection_options": {"expected_languages": ["en", "es"], "fallback_language": "en"},
    "punctuate": True,
    "format_text": True,
    "disfluencies": True,
    "filter_profanity": False,
    "multichannel": True,
    "speaker_labels": True,
    "speaker_options": {"min_speakers_expected": 2, "max_speakers_expected": 4},
    "keyterms_prompt": ["prior authorization", "MyChart"],
    "temperature": 0.0,
    "custom_spelling": [{"from": ["my chart", "mychart"], "to": "MyChart"}],
    "speech_threshold": 0.1,
    "redact_pii": True,
    "redact_pii_policies": ["credit_card_number", "person_name"],
    "redact_pii_sub": "entity_name",
    "redact_pii_audio": True,
    "redact_pii_audio_quality": "wav",
    "redact_pii_audio_options": {"override_audio_redaction_method": "silence"},
    "content_safety": True,
    "content_safety_confidence": 60,
    "entity_detection": True,
    "sentiment_analysis": True,
    "iab_categories": True,
    "auto_highlights": True,
    "summarization": True,
    "summary_model": "conversational",
    "summary_type": "bullets",
}


@pytest.mark.parametrize("given", [MODELS, REDACTING, WHOLE], ids=["least", "redacting", "whole"])
def test_the_body_is_what_was_written_and_nothing_else(given: dict[str, Any]) -> None:
    profile = request.parse(given)
    assert request.body(profile) == given
    assert request.parse(request.body(profile)) == profile


def test_the_default_is_a_profile_that_can_be_written() -> None:
    assert request.parse(request.body(request.DEFAULT)) == request.DEFAULT


def test_every_parameter_has_a_reader_and_is_tried_here() -> None:
    names = {each.name for each in fields(Profile)}
    assert names == set(request._READERS)
    others = {"language_code", "language_codes", "speakers_expected", "prompt", "auto_chapters"}
    assert set(WHOLE) | others == names
    assert names.isdisjoint(INSTEAD)


def test_what_a_request_says_of_itself_stands_beside_the_profile() -> None:
    body = request.request(
        request.parse(MODELS),
        audio_url="https://a.test/x",
        webhook_url="https://b.test/?nonce=n",
        header=("X-Secret", "s"),
    )
    assert body == MODELS | {
        "audio_url": "https://a.test/x",
        "webhook_url": "https://b.test/?nonce=n",
        "webhook_auth_header_name": "X-Secret",
        "webhook_auth_header_value": "s",
    }


AGAINST: list[tuple[str, dict[str, Any]]] = [
    ("redact_pii_audio", {"redact_pii_audio": True}),
    ("redact_pii_policies", {"redact_pii": True}),
    ("redact_pii_policies", {"redact_pii_policies": ["date"]}),
    ("redact_pii_policies", {"redact_pii": True, "redact_pii_policies": []}),
    ("redact_pii_sub", {"redact_pii_sub": "hash"}),
    ("redact_pii_audio_quality", REDACTING | {"redact_pii_audio_quality": "mp3"}),
    ("redact_pii_audio_options", REDACTING | {
        "redact_pii_audio_options": {"return_redacted_no_speech_audio": True}}),
    ("speakers_expected", {"speakers_expected": 2}),
    ("speaker_options", {"speaker_options": {"min_speakers_expected": 2}}),
    ("speaker_options", {"speaker_labels": True, "speaker_options": {
        "min_speakers_expected": 3, "max_speakers_expected": 2}}),
    ("speakers_expected", {"speaker_labels": True, "speakers_expected": 2,
        "speaker_options": {"min_speakers_expected": 2}}),
    ("language_code", {"language_code": "en", "language_detection": True}),
    ("language_codes", {"language_codes": ["en", "es"], "language_detection": True}),
    ("language_code", {"language_code": "en", "language_codes": ["en", "es"]}),
    ("language_confidence_threshold", {"language_confidence_threshold": 0.5}),
    ("language_detection_options", {"language_detection_options": {"fallback_language": "en"}}),
    ("content_safety_confidence", {"content_safety_confidence": 50}),
    ("keyterms_prompt", {"keyterms_prompt": ["a"], "prompt": "b"}),
    ("keyterms_prompt", {"keyterms_prompt": [f"term{at}" for at in range(201)]}),
    ("summary_model", {"summary_model": "catchy"}),
    ("summary_type", {"summary_type": "gist"}),
    ("summarization", {"summarization": True, "auto_chapters": True}),
    ("summarization", {"summarization": True, "punctuate": False}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "given"), AGAINST, ids=str)
def test_what_contradicts_itself_is_refused_by_name(name: str, given: dict[str, Any]) -> None:
    assert refused(MODELS | given).what == f"“{name}” of the profile is refused"


def refused(given: Any) -> ProfileRefused:
    with pytest.raises(ProfileRefused) as refusal:
        request.parse(given)
    assert refusal.value.seen
    assert refusal.value.remedy.endswith(".")
    return refusal.value


def test_a_list_of_key_terms_may_be_as_long_as_every_named_model_takes() -> None:
    terms = [f"term{at}" for at in range(1_000)]
    request.parse({"speech_models": ["universal-3-pro"], "keyterms_prompt": terms})
    both = {"speech_models": ["universal-3-pro", "universal-2"]}
    assert "Keep 200" in refused(both | {"keyterms_prompt": terms}).remedy


@pytest.mark.parametrize("name", INSTEAD)
def test_a_parameter_that_a_profile_does_not_have_says_what_to_do(name: str) -> None:
    assert refused(MODELS | {name: True}).remedy == INSTEAD[name]


UNFIT: list[tuple[str, Any]] = [
    ("speech_models", []), ("speech_models", "universal-2"), ("speech_models", ["", "a"]),
    ("speech_models", ["a", "a"]), ("speech_models", [{"a": 1}]), ("punctuate", "true"),
    ("punctuate", 1), ("language_code", "english"), ("language_code", ["en"]),
    ("temperature", 1.1), ("temperature", True), ("temperature", float("nan")),
    ("content_safety_confidence", 24), ("content_safety_confidence", 101),
    ("content_safety_confidence", 50.0), ("redact_pii_sub", "entity_type"),
    ("redact_pii_audio_quality", "ogg"), ("speakers_expected", 0), ("speakers_expected", True),
    ("keyterms_prompt", ["one two three four five six seven"]), ("keyterms_prompt", [" "]),
    ("custom_spelling", [{"from": ["a"], "to": "two words"}]), ("custom_spelling", [{"to": "A"}]),
    ("custom_spelling", [{"from": ["a"], "to": "A", "x": 1}]), ("custom_spelling", [["a"]]),
    ("speaker_options", {}), ("speaker_options", {"minimum": 1}), ("prompt", ""),
    ("prompt", "x" * 5_001), ("no_such_parameter", True), ("language_detection", None),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), UNFIT, ids=str)
def test_a_value_that_is_unfit_is_refused_by_name(name: str, value: Any) -> None:
    assert refused(MODELS | {name: value}).what.startswith(f"“{name}")


@pytest.mark.parametrize("given", [None, [], "x", 7, True])
def test_what_is_no_object_is_no_profile(given: Any) -> None:
    refused(given)


def test_the_models_are_named_because_the_vendor_refuses_to_choose() -> None:
    assert "speech_models" in refused({}).what


def test_texts_that_a_person_wrote_are_not_shown() -> None:
    text = "the customer of account 4111"
    for given in ({"keyterms_prompt": [text * 5]}, {"custom_spelling": [{"from": [text * 9]}]}):
        assert "4111" not in str(refused(MODELS | given))
