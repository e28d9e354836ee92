"""Card security codes leave a payload everywhere they were repeated."""

import copy
import json
import time
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
    assert [row["text"] for row in value["words"][8:]] == ["Sure", "it's", "###", "###", "###."]
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
    assert value["chapters"][0]["headline"] == "### ### ###"
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
    [(ANSWER, "It is ### thank you."), ("It is 4 1 7, 2 of us!", "It is ### ### ###, ### of us!")],
)
def test_remove_masks_a_text_by_its_words_where_the_text_alone_gives_no_context(
    text: str, masked: str
) -> None:
    payload = _payload()
    payload["utterances"][0]["text"] = ""
    payload["utterances"][1]["text"] = text
    value, _ = remove_security_codes(payload)
    assert value["utterances"][1]["text"] == masked


def _named(kind: str, text: str, **more: Any) -> dict[str, Any]:
    """A call in which nothing but the vendor's entity tells what the digits are."""
    said = "Ready now for one seven. Order 88 then."
    words = _words(said, 0)
    return {
        "text": said,
        "words": words,
        "entities": [{"entity_type": kind, "text": text, "start": 600, "end": 1_450, **more}],
        "summary": "It was 4-1-7, order 88; four one seven again.",
        "id": "0a-417-b",
    }


@pytest.mark.parametrize("kind", ["credit_card_cvv", "CREDIT_CARD_CVV", "password", "pin"])
def test_remove_masks_what_the_vendor_calls_a_code_at_its_time_and_wherever_it_is_said(
    kind: str,
) -> None:
    value, removed = remove_security_codes(_named(kind, "four one seven"))
    said = "Ready now ### ### ###. Order 88 then."
    assert " ".join(word["text"] for word in value["words"]) == value["text"] == said
    assert value["entities"][0]["text"] == "### ### ###"
    assert value["summary"] == "It was ###, order 88; ### ### ### again."
    assert value["id"] == "0a-417-b"
    assert Removed("entities[].text", "security_code_time", 1) in removed
    assert remove_security_codes(value) == (value, ())


def test_remove_masks_a_named_code_that_has_no_time() -> None:
    value, _ = remove_security_codes(_named("credit_card_cvv", "417", start=None, end=None))
    assert value["summary"] == "It was ###, order 88; ### ### ### again."
    assert value["entities"][0]["text"] == "###"


@pytest.mark.parametrize(
    ("kind", "text"),
    [("password", "blue door 7"), ("number_sequence", "417"), ("credit_card_cvv", "###")],
)
def test_remove_masks_nothing_for_an_entity_that_is_no_code(kind: str, text: str) -> None:
    payload = _named(kind, text)
    assert remove_security_codes(payload) == (payload, ())


def test_remove_masks_two_digits_of_a_named_code_at_their_time_only() -> None:
    value, _ = remove_security_codes(_named("credit_card_cvv", "88", start=0, end=100))
    assert value["entities"][0]["text"] == "###"
    assert value["summary"] == _named("", "")["summary"]


def test_remove_masks_every_number_when_the_vendor_names_too_many_codes() -> None:
    payload = _named("", "")
    payload["entities"] = [
        {"entity_type": "credit_card_cvv", "text": str(number)} for number in range(100, 151)
    ]
    value, _ = remove_security_codes(payload)
    assert value["summary"] == "It was ###-###-###, order ###; ### ### ### again."


@pytest.mark.parametrize("answer", ["It is 417.", "It is 4417.", "It's seven seven seven."])
def test_remove_leaves_masks_that_are_all_as_long(answer: str) -> None:
    value, _ = remove_security_codes(_payload(answer))
    masks = [row["text"].rstrip(".") for row in value["words"] if "#" in row["text"]]
    assert set(masks) == {"###"}


def test_remove_reads_a_call_full_of_named_codes_in_time() -> None:
    rows = [
        {"entity_type": "credit_card_cvv", "text": f"{at}", "start": at * 10, "end": at * 10 + 5}
        for at in range(100, 20_100)
    ]
    words = [{"text": "." * 99, "start": at * 10, "end": at * 10 + 5} for at in range(20_000)]
    began = time.monotonic()
    remove_security_codes({"entities": rows, "words": words, "text": "." * 150_000})
    assert time.monotonic() - began < 5


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


def test_remove_leaves_what_stands_in_words_as_it_was() -> None:
    payload = _payload()
    payload["words"][3]["speaker"] = {"text": ["security code 417"]}
    before = copy.deepcopy(payload)
    value, _ = remove_security_codes(payload)
    assert payload == before
    assert value["words"][3] == before["words"][3]
    assert value["words"][10]["text"] == "###"


@pytest.mark.parametrize(
    ("start", "end", "is_masked"),
    [
        (3_599, 3_600, False),
        (3_599, 3_601, True),
        (3_600, 3_600, True),
        (3_849, 3_000, True),
        (3_850, 3_900, False),
        (3_849.5, 3_849.6, True),
        (0, 9_000, True),
    ],
)
@pytest.mark.parametrize("count", [1, 2])
def test_remove_masks_numbers_of_other_rows_that_lie_at_the_time_of_a_code(
    start: float, end: float, is_masked: bool, count: int
) -> None:
    row = {"text": "nine", "start": start, "end": end}
    value, _ = remove_security_codes(_payload() | {"other": [dict(row) for _ in range(count)]})
    assert [each["text"] for each in value["other"]] == ["###" if is_masked else "nine"] * count


def test_remove_masks_a_code_that_ends_a_list_of_texts() -> None:
    value, removed = remove_security_codes({"notes": ["Paid.", "The security code is", "417"]})
    assert value["notes"] == ["Paid.", "The security code is", "###"]
    assert removed == (Removed("notes[]", "security_code", 1),)
