from reviews.detection.pii.call import find_in_call, security_code_words, words_of
from reviews.detection.transcript import Transcript
from tests.unit.detection.pii.calls import call, texts


def parts(transcript: Transcript) -> list[list[str]]:
    return [
        texts(transcript, tuple((m.utterance, m.first_word, m.last_word) for m in span.parts))
        for span in find_in_call(transcript)
    ]


def test_find_in_call_is_one_span_when_a_card_is_dictated_over_turns() -> None:
    dictated = call(
        "A: can I have the card number?",
        "C: sure, it's four two four two",
        "A: mm-hm.",
        "C: forty two forty two, uh",
        "A: go ahead",
        "C: 4242",
        "C: and four two four two that's it",
    )
    assert parts(dictated) == [
        ["four two four two", "forty two forty two, uh", "4242", "and four two four two"]
    ]


def test_find_in_call_reads_one_speaker_when_the_other_repeats_or_asks() -> None:
    dictated = call(
        "C: my card is four two four two",
        "A: four two four two, got it, next?",
        "C: four two four two",
        "A: and then the rest of it?",
        "C: four two four two four two four two",
    )
    (span,) = find_in_call(dictated)
    assert span.entity == "credit_card_number"
    assert {mark.utterance for mark in span.parts} >= {0, 2, 4}


def test_find_in_call_takes_the_question_of_another_turn_when_digits_answer_it() -> None:
    asked = call("A: and your social?", "C: nine eight seven six five", "A: okay", "C: 4 3 2 0")
    assert [span.entity for span in find_in_call(asked)] == ["us_social_security_number"]


def test_find_in_call_places_words_when_an_utterance_is_empty() -> None:
    assert parts(call("A:", "C: call 415-555-0132 now", "A:")) == [["415-555-0132"]]


def test_words_of_names_every_word_when_a_value_has_parts() -> None:
    asked = call("C: card 4242 4242", "A: okay", "C: 4242 4242")
    assert words_of(asked, find_in_call(asked)) == dict.fromkeys((1, 2, 4, 5), "credit_card_number")


def test_security_code_words_are_those_of_the_answer_when_the_agent_asked() -> None:
    asked = call("A: the security code on the back?", "C: um it's nine oh two", "A: thanks")
    assert [asked.words[at] for at in security_code_words(asked)] == ["nine", "oh", "two"]


def test_find_in_call_is_empty_when_there_are_no_words() -> None:
    assert find_in_call(call()) == ()


def test_find_in_call_ends_soon_when_digits_and_asides_go_on_and_on() -> None:
    assert find_in_call(call(*["C: 1 no", "A: ok 2"] * 10_000)) == ()
