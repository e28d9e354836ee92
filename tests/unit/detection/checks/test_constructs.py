"""Turns, nesting, questions, confidence, slots, near-verbatim texts: hit, near miss, unknown."""

from dataclasses import replace

import pytest

from reviews.detection.evidence import Clear, Evidence, Found, Outcome, quote
from reviews.detection.transcript import Transcript
from tests.unit.detection.calls import ask, call, places, state, unlabelled

TALK = """
agent: Thank you for calling. May I have your name please?
customer: Sure, it's Ada. My credit card was charged twice. I want my credit back.
agent: I see the charge of $35 and another of forty dollars.
customer: So can you refund it? That was thirty days ago.
agent: This call may be recorded for quality, uh, and training purposes. Goodbye.
"""
DISCLOSURE = '~"this call may be recorded for quality and training purposes"'


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        # One turn, the next turn.
        ("name SAME TURN please", [(0, 8, 9)]),
        ("please SAME TURN name", [(0, 8, 9)]),
        ("charged SAME TURN back", [(1, 7, 13)]),
        ("name SAME TURN credit", []),
        ("credit SAME TURN credit", [(1, 4, 12)]),
        ("name NEXT TURN Ada", [(0, 8, 2)]),
        ("name NEXT TURN charge", []),
        ("Ada NEXT TURN name", []),
        ("please NEXT TURN credit", [(0, 9, 4)]),
        ("(charged NEAR/9 back) IN ONE TURN", [(1, 7, 13)]),
        ("(please NEAR/9 Ada) IN ONE TURN", []),
        # Nesting, equal stretches included.
        ('credit INSIDE "credit card"', [(1, 4, 4)]),
        ('credit NOT INSIDE "credit card"', [(1, 12, 12)]),
        ('credit NOT INSIDE ("credit card" OR card)', [(1, 12, 12)]),
        ('"credit card" INSIDE "credit card"', [(1, 4, 5)]),
        ('("credit card" OR credit) CONTAINING card', [(1, 4, 5)]),
        ("credit CONTAINING card", []),
        ("(my BEFORE/3 charged) CONTAINING card", [(1, 3, 7)]),
        # Places in a turn, questions.
        ("thank AT TURN START", [(0, 0, 0)]),
        ("you AT TURN START", []),
        ("back AT TURN END", [(1, 13, 13)]),
        ("ago AT TURN END", [(3, 9, 9)]),
        ("want AT TURN END", []),
        ("name AS QUESTION", [(0, 8, 8)]),
        ("calling AS QUESTION", []),
        ('"can you refund" AS QUESTION', [(3, 1, 3)]),
        ("(calling NEAR/9 please) AS QUESTION", []),
        # Slots.
        ("<money>", [(2, 5, 5), (2, 9, 10)]),
        ('"charge of <money>"', [(2, 3, 5)]),
        ("<number>", [(2, 5, 5), (2, 9, 9), (3, 7, 7)]),
        ("<duration>", [(3, 7, 8)]),
        ("<percent>", []),
        ("<digits 2>", [(2, 5, 5), (2, 9, 9), (3, 7, 7)]),
        ("<digits 4>", []),
        ('"<duration> ago"', [(3, 7, 9)]),
        # Near-verbatim.
        (f"{DISCLOSURE} 100%", [(4, 0, 10)]),
        ('~"the call may be recorded for training purposes" 85%', [(4, 1, 10)]),
        ('~"the call may be recorded for training purposes" 90%', []),
        ('~"purposes training and quality for recorded" 50%', []),
        (f"{DISCLOSURE} 85% AT TURN START", [(4, 0, 10)]),
        (f"customer: {DISCLOSURE} 85%", []),
    ],
)  # fmt: skip
def test_a_construct_finds_these_places(query: str, wanted: list[tuple[int, int, int]]) -> None:
    outcome = ask(query, TALK)
    assert state(outcome) == ("found" if wanted else "clear")
    found = [(each.utterance, each.first_word, each.last_word) for each in spans(outcome)]
    assert found == wanted


def spans(outcome: Outcome) -> tuple[Evidence, ...]:
    return outcome.evidence if isinstance(outcome, Found) else ()


def test_the_words_of_an_evidence_are_the_vendors_own() -> None:
    outcome = ask('"charge of <money>"', TALK)
    assert isinstance(outcome, Found)
    assert quote(call(TALK), outcome.evidence[0]) == "charge of $35"


def test_a_text_read_out_tells_the_share_of_its_words() -> None:
    outcome = ask('~"the call may be recorded for training purposes" 85%', TALK)
    assert isinstance(outcome, Found)
    assert outcome.evidence[0].score == 7 / 8


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("name SAME TURN please", "no_turns"),
        ("name NEXT TURN Ada", "no_turns"),
        ("(name NEAR/5 please) IN ONE TURN", "no_turns"),
        ("thank AT TURN START", "no_turns"),
        ("back AT TURN END", "no_turns"),
        ("name SAME TURN nowhere", "clear"),
        ("nowhere AT TURN START", "clear"),
        ('credit INSIDE "credit card"', "found"),
        ("name AS QUESTION", "found"),
    ],
)
def test_a_call_without_labels_has_no_turns(query: str, reason: str) -> None:
    assert state(ask(query, unlabelled(TALK))) == reason


def unpunctuated() -> Transcript:
    whole = call(TALK)
    return replace(whole, words=tuple(word.strip(".?,") for word in whole.words))


def test_a_question_is_not_assessable_without_punctuation() -> None:
    assert state(ask("name AS QUESTION", unpunctuated())) == "no_punctuation"
    assert state(ask("name AS QUESTION", call(TALK, is_punctuated=False))) == "no_punctuation"
    assert state(ask("nowhere AS QUESTION", unpunctuated())) == "clear"


def confident(*values: float | None) -> Transcript:
    whole = call("agent: the rate is fixed")
    return replace(whole, confidence=values)


@pytest.mark.parametrize(
    ("query", "confidence", "wanted"),
    [
        ("rate CONF >= 0.6", (0.1, 0.6, 0.1, 0.1), "found"),
        ("rate CONF >= 0.6", (0.9, 0.59, 0.9, 0.9), "clear"),
        ("rate CONF >= 0.6", (0.9, None, 0.9, 0.9), "no_confidence"),
        ("(rate NEAR/1 fixed) CONF >= 0.6", (0.9, 0.9, 0.1, 0.9), "found"),
        ('"rate is" CONF >= 0.6', (0.9, 0.9, 0.1, 0.9), "clear"),
        ("NOT (rate CONF >= 0.6)", (0.9, 0.1, 0.9, 0.9), "found"),
        ("nowhere CONF >= 1", (None, None, None, None), "clear"),
        ("rate CONF >= 0", (0.9, 0.0, 0.9, 0.9), "found"),
    ],
)
def test_confidence_is_asked_of_the_matched_words(
    query: str, confidence: tuple[float | None, ...], wanted: str
) -> None:
    assert state(ask(query, confident(*confidence))) == wanted


@pytest.mark.parametrize(
    ("query", "text", "wanted"),
    [
        ("<masked>", "agent: my name is [PERSON_NAME] ok", [(0, 3, 3)]),
        ("<masked PERSON_NAME>", "agent: my name is [PERSON_NAME] ok", [(0, 3, 3)]),
        ("<masked EMAIL_ADDRESS>", "agent: my name is [PERSON_NAME] ok", []),
        ('"card <masked>"', "agent: card #### thanks", [(0, 0, 1)]),
        ("<profanity>", "agent: this f**** thing", [(0, 1, 1)]),
        ("<masked>", "agent: this f**** thing", []),
        ("<number>", "agent: one of them and 12 of us", [(0, 4, 4)]),
        ("<money>", "agent: just one dollar", [(0, 1, 2)]),
        ("<duration>", "agent: a month or a second thought", [(0, 0, 1), (0, 3, 4)]),
        ("<duration>", "agent: we had ten. Days passed", []),
        ("<digits 9>", "agent: 552-09-1234", [(0, 0, 0)]),
        ("<digits 9>", "agent: five five two oh nine one two three four", [(0, 0, 8)]),
        ("<digits 4>", "agent: 552-09-1234", []),
        ("<digits 4>", "agent: ends in 12 34 okay", [(0, 2, 3)]),
        ("<percent>", "agent: eight percent or 9% a year", [(0, 0, 1), (0, 3, 3)]),
    ],
)
def test_a_slot_takes_the_longest_value(
    query: str, text: str, wanted: list[tuple[int, int, int]]
) -> None:
    outcome = ask(query, text)
    assert (places(outcome) if isinstance(outcome, Found) else []) == wanted


def test_not_keeps_the_words_that_were_not_sure() -> None:
    outcome = ask("NOT rate", confident(0.9, 0.1, 0.9, 0.9), floor=0.5)
    assert isinstance(outcome, Clear)
    assert outcome.absence is not None
    assert [each.first_word for each in outcome.absence.unsure] == [1]


def test_a_branch_that_needs_turns_leaves_the_other_branch_its_hits() -> None:
    nobody = unlabelled("agent: the fee and the tax")
    assert state(ask("(fee SAME TURN tax) IN FIRST 30s", nobody)) == "no_turns"
    assert state(ask("((fee SAME TURN tax) OR tax) IN FIRST 30s", nobody)) == "found"


def test_seconds_in_a_chain_count_to_the_next_of_it_and_not_to_what_follows_that() -> None:
    spoken = call("agent: fee tax total")
    # The total was said first by the clock: two people talked at once.
    at_once = replace(spoken, start_ms=[1000, 3000, 1200], end_ms=[1300, 3300, 1500])
    assert state(ask("fee BEFORE/1s tax BEFORE total", at_once)) == "clear"
    assert places(ask("fee BEFORE/2s tax BEFORE total", at_once)) == [(0, 0, 2)]


def test_of_several_ways_to_match_a_text_the_words_said_first_are_the_evidence() -> None:
    spoken = call("agent: we charge no no extra no extra fee here")
    found = ask('~"charge no extra fee" 100%', spoken)
    assert isinstance(found, Found)
    marks = [(mark.first_word, mark.last_word) for mark in found.evidence[0].marks]
    assert marks == [(1, 4), (7, 7)]


def timed(text: str, *starts: int) -> Transcript:
    """Words of 300 ms; -1 is a word without time."""
    ends = [-1 if start < 0 else start + 300 for start in starts]
    return call(text, start_ms=list(starts), end_ms=ends)


def test_a_word_without_time_is_in_no_window_and_near_to_nobody() -> None:
    late = timed("agent: hello being recorded", 0, 1000, -1)
    assert state(ask('"being recorded" IN FIRST 30s', late)) == "no_times"
    denied = timed("agent: guarantee not that", 0, -1, 1000)
    assert state(ask("guarantee NOT NEAR/5s not", denied)) == "no_times"
    assert state(ask("guarantee NEAR/5s not", denied)) == "no_times"
    assert state(ask("NOT (guarantee NEAR/5s not)", denied)) == "no_times"
    assert state(ask("guarantee NEAR/5s that", denied)) == "found"


def test_a_phrase_over_utterances_is_marked_in_each_and_not_in_what_others_said() -> None:
    found = ask('"the premium plan"', "agent: the premium\ncustomer: Mhm.\nagent: plan today")
    assert isinstance(found, Found)
    marks = [(each.utterance, each.first_word, each.last_word) for each in found.evidence[0].marks]
    assert marks == [(0, 0, 1), (2, 0, 0)]


@pytest.mark.parametrize(
    "said",
    [
        "Did you... read the terms?",
        "Did you… read the terms?",
        "Did you read the terms?!",
        "Did you read the terms？",
        "“Did you read the terms?”",
    ],
)
def test_a_question_is_one_however_it_is_marked(said: str) -> None:
    assert state(ask('"did you read the terms" AS QUESTION', f"agent: {said} Yes.")) == "found"


def test_three_dots_are_a_hesitation() -> None:
    assert state(ask('"I want a refund"', "customer: I want… want a refund.")) == "found"
    assert state(ask("<digits 4>", "customer: four... two four two.")) == "found"
    assert state(ask("<digits 4>", "customer: four. Two four two.")) == "clear"


def test_a_character_twice_is_a_word_in_a_script_without_blanks() -> None:
    assert state(ask('"谢谢您"', "customer: 谢 谢 您")) == "found"


def test_what_somebody_else_mutters_meanwhile_is_no_part_of_a_phrase() -> None:
    muttered = "agent: do you agree\ncustomer: Mhm.\nagent: good"
    assert state(ask('"agree mhm"', muttered)) == "clear"
    assert state(ask('"mhm good"', muttered)) == "clear"
    assert state(ask('"agree good"', muttered)) == "found"
    assert state(ask("customer: mhm", muttered)) == "found"
    assert state(ask('"mhm agree"', "agent: mhm agree")) == "found"
    assert state(ask('"mhm agree"', "customer: Mhm.\nagent: agree")) == "clear"
