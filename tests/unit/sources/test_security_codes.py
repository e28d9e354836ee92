"""Card security codes leave a payload everywhere they were repeated."""

import copy
import json
from typing import Any

import pytest

from reviews.sources.security_codes import Removed, remove_security_codes

QUESTION = "What is the security code on the back?"
ANSWER = "It is 417 thank you."


def _words(text: str, start: int, speaker: str | None = None) -> list[dict[str, Any]]:
    return [
        {"text": part, "start": start + at * 300, "end": start + at * 300 + 250, "speaker": speaker}
        for at, part in enumerate(text.split())
    ]


def _payload(answer: str = ANSWER) -> dict[str, Any]:
    """A question of the agent and the customer's answer, repeated wherever the vendor repeats."""
    asked, told = _words(QUESTION, 0, "A"), _words(answer, 3_000, "B")
    return {
        "id": "0a417b",
        "text": f"{QUESTION} {answer}",
        "words": copy.deepcopy(asked + told),
        "utterances": [
            {"text": QUESTION, "start": 0, "end": 2_400, "speaker": "A", "words": asked},
            {"text": answer, "start": 3_000, "end": 5_000, "speaker": "B", "words": told},
        ],
        "audio_duration": 417,
    }


def _left(value: object, code: str = "417") -> int:
    return json.dumps({**value, "id": "", "audio_duration": 0}).count(code)  # type: ignore[dict-item] # always a payload


def test_remove_masks_words_utterances_and_text_alike() -> None:
    value, removed = remove_security_codes(_payload())
    assert _left(value) == 0
    assert value["utterances"][1]["text"] == "It is ### thank you."
    assert value["utterances"][1]["words"][2]["text"] == "###"
    assert value["words"][10]["text"] == "###"
    assert value["text"] == f"{QUESTION} It is ### thank you."
    assert {each.kind for each in removed} == {"security_code"}


def test_remove_changes_nothing_else_and_not_its_argument() -> None:
    payload = _payload()
    before = copy.deepcopy(payload)
    value, _ = remove_security_codes(payload)
    assert payload == before
    assert (value["id"], value["audio_duration"]) == ("0a417b", 417)
    assert value["utterances"][0] == before["utterances"][0]


def test_remove_masks_a_code_spoken_word_by_word() -> None:
    value, _ = remove_security_codes(_payload("Sure it's four one seven."))
    assert [row["text"] for row in value["words"][8:]] == ["Sure", "it's", "####", "###", "#####."]
    assert "seven" not in json.dumps(value)


def test_remove_masks_machine_text_that_lies_at_the_same_time() -> None:
    code = {"start": 3_600, "end": 3_850}
    payload = _payload() | {
        "entities": [{"entity_type": "number_sequence", "text": "417", **code}],
        "auto_highlights_result": {"results": [{"text": "code 417", "timestamps": [code]}]},
        "chapters": [
            {"gist": "417", "headline": "Four one seven", "summary": "It was 417", **code}
        ],
        "content_safety_labels": {"results": [{"text": ANSWER, "timestamp": code, "labels": []}]},
        "iab_categories_result": {"results": [{"text": ANSWER, "timestamp": code, "labels": []}]},
        "sentiment_analysis_results": [{"text": ANSWER, "start": 3_000, "end": 5_000}],
    }
    value, removed = remove_security_codes(payload)
    assert _left(value) == 0
    assert value["chapters"][0]["headline"] == "#### ### #####"
    assert Removed("entities[].text", "security_code_time", 1) in removed


def test_remove_leaves_machine_text_of_another_time_alone() -> None:
    entity = {"entity_type": "number_sequence", "text": "417", "start": 90_000, "end": 90_400}
    value, _ = remove_security_codes(_payload() | {"entities": [entity]})
    assert value["entities"] == [entity]


def test_remove_masks_a_summary_that_tells_the_code() -> None:
    payload = {"id": "a", "summary": "The customer gave the security code 417 and paid."}
    value, removed = remove_security_codes(payload)
    assert value["summary"] == "The customer gave the security code ### and paid."
    assert removed == (Removed("summary", "security_code", 1),)


def test_remove_masks_a_code_asked_for_in_one_utterance_and_told_in_the_next() -> None:
    payload = {"utterances": [{"text": QUESTION}, {"text": ANSWER}]}
    value, _ = remove_security_codes(payload)
    assert value["utterances"][1]["text"] == "It is ### thank you."


@pytest.mark.parametrize(
    ("text", "masked"),
    [(ANSWER, "It is ### thank you."), ("It is 4 1 7, 2 of us!", "It is # # #, # of us!")],
)
def test_remove_masks_a_text_by_its_words_where_the_text_alone_gives_no_context(
    text: str, masked: str
) -> None:
    payload = _payload()
    payload["utterances"][0]["text"] = ""
    payload["utterances"][1]["text"] = text
    value, _ = remove_security_codes(payload)
    assert value["utterances"][1]["text"] == masked


def test_remove_drops_what_the_vendor_did_not_redact() -> None:
    payload = {"id": "a", "unredacted_text": "secret", "unredacted_words": [{"text": "secret"}]}
    value, removed = remove_security_codes(payload | {"unredacted_utterances": None})
    assert value == {"id": "a"}
    assert [each.place for each in removed] == ["unredacted_text", "unredacted_words"]


@pytest.mark.parametrize(
    "text", ["My order is 417 and I live at 12 Elm Street.", "Call 555-0142.", "", "###"]
)
def test_remove_leaves_numbers_without_context_alone(text: str) -> None:
    payload = {"text": text, "words": _words(text, 0)}
    assert remove_security_codes(payload) == (payload, ())


@pytest.mark.parametrize("junk", [None, 3, "x", [None, 3, "text", [["y"]]], {"text": 5}, [{}]])
def test_remove_survives_junk_in_every_place(junk: Any) -> None:
    payload = dict.fromkeys(("words", "utterances", "entities", "chapters", "summary"), junk)
    assert remove_security_codes(payload) == (payload, ())


def test_remove_finds_nothing_more_when_it_runs_again() -> None:
    value, _ = remove_security_codes(_payload())
    assert remove_security_codes(value) == (value, ())
