"""What the source masked or named stands beside what we find, and says who found it."""

from dataclasses import replace

import pytest

from reviews.detection.analysis import Analysis, SideText
from reviews.detection.pii.call import find_in_call, masks
from reviews.detection.transcript import Transcript
from tests.unit.detection.calls import call


def with_entities(text: str, *entities: SideText) -> Transcript:
    return replace(call(text), analysis=Analysis(texts=entities))


def found(transcript: Transcript) -> list[tuple[str, str, int, int, int]]:
    return [
        (span.entity, span.method, part.utterance, part.first_word, part.last_word)
        for span in find_in_call(transcript)
        for part in span.parts
    ]


def test_a_masked_word_is_a_value_of_its_kind() -> None:
    said = call("agent: Hello [PERSON_NAME], and\ncustomer: card [CREDIT_CARD_NUMBER].")
    assert found(said) == [
        ("person_name", "mask", 0, 1, 1),
        ("credit_card_number", "mask", 1, 1, 1),
    ]
    assert masks(said)[1] == [(1, 1, "credit_card_number")]


def test_an_entity_stands_on_the_words_of_its_time() -> None:
    entity = SideText("entities[0].text", "Quill Mark", 600, 1200, "organization")
    assert found(with_entities("agent: at the Quill Mark office", entity)) == [
        ("organization", "vendor", 0, 2, 3)
    ]


@pytest.mark.parametrize(
    "entity",
    [
        SideText("entities[0].text", "Quill", -1, -1, "organization"),
        SideText("entities[0].text", "Other", 600, 900, "organization"),
        SideText("entities[0].text", "Quill", 90_000, 90_100, "organization"),
        SideText("summary", "Quill", 600, 900),
        SideText("entities[0].text", " ", 600, 900, "organization"),
        SideText("entities[0].text", "...", 600, 900, "organization"),
    ],
)
def test_an_entity_that_is_not_in_the_words_is_left_out(entity: SideText) -> None:
    assert found(with_entities("agent: at the Quill office", entity)) == []


def test_what_both_found_is_said_to_be_ours() -> None:
    entity = SideText("entities[0].text", "4111111111111111", 600, 900, "number_sequence")
    said = with_entities("customer: it is 4111111111111111 ok", entity)
    assert found(said) == [("credit_card_number", "written", 0, 2, 2)]


def test_what_names_nobody_is_not_masked() -> None:
    entity = SideText("entities[0].text", "Quill", 600, 900, "organization")
    assert masks(with_entities("agent: at the Quill office", entity)) == [[]]
    person = replace(entity, kind="nationality")
    assert masks(with_entities("agent: at the Quill office", person)) == [[(2, 2, "nationality")]]
