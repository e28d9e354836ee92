"""What a query finds on a call, and when it says that it cannot tell."""

from datetime import UTC, datetime

import pytest

from reviews.detection.evidence import Clear, Found, NotAssessable, quote
from reviews.detection.transcript import CallFacts, CallKind, Direction, Role, Transcript
from tests.unit.detection.calls import ask, call, places, state, unlabelled

MIXED = """
agent: Hello. Our return window is sixty days, no questions asked.
customer: Okay so the credit card fee is $35, or thirty five bucks?
agent: I I guarantee, uh, you'll cancel my old account. No no no.
customer: My number is five five two oh nine one two three four.
"""


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ('agent: "this call is being recorded" IN FIRST 30s', [(0, 3, 7)]),
        ('customer: "I want a refund"', [(1, 3, 6)]),
        ('"cannot guarantee"', [(2, 2, 3)]),
        ('"can not guarantee"', [(2, 2, 3)]),
        ('refund NEAR/3 "30 days"', [(2, 5, 8)]),
        ('COUNT("30 days") = 1', [(2, 7, 8)]),
        ('(guarantee OR "guarantee a refund") BEFORE/0 after', [(2, 3, 6)]),
        ("uh", [(1, 2, 2)]),
        ('"I I want"', [(1, 1, 4)]),
        ('"you can" OR "we can"', [(2, 1, 2)]),
        ("COUNT(refund) >= 2", [(1, 6, 6), (2, 5, 5)]),
        ("refund* AND thank*", [(0, 0, 0), (1, 6, 6), (2, 5, 5)]),
        ("*fund", [(1, 6, 6), (2, 5, 5)]),
        ("refun?", [(1, 6, 6), (2, 5, 5)]),
        ("re?und", [(1, 6, 6), (2, 5, 5)]),
        ('"a * after"', [(2, 4, 6)]),
        ('"guarantee *3 days"', []),
        ('"guarantee *4 days"', [(2, 3, 8)]),
        ('"* days"', [(2, 7, 8)]),
        ('"we [really] (can|will) not"', [(2, 1, 2)]),
        ("refund IN FIRST 2t", [(1, 6, 6)]),
        ("refund IN LAST 1t", [(2, 5, 5)]),
        ("refund IN 0:05..0:07", [(2, 5, 5)]),
        ("refund IN LAST 50%", [(1, 6, 6), (2, 5, 5)]),
        ("speaker(customer): refund", [(1, 6, 6)]),
        ("thanks BEFORE refund", [(0, 0, 6)]),
        ("refund NEAR/2t thanks", [(0, 0, 6)]),
        ("hi NEAR/2s refund", [(1, 0, 6)]),
        ("refund NOT BEFORE/2 days", [(1, 6, 6)]),
        ("want BEFORE/1 refund BEFORE/9 days", [(1, 4, 8)]),
    ],
)
def test_query_finds_the_places_in_the_worked_call(
    query: str, wanted: list[tuple[int, int, int]]
) -> None:
    outcome = ask(query)
    assert (places(outcome) if isinstance(outcome, Found) else []) == wanted


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("guarantee NOT NEAR/2 (not OR never)", "clear"),
        ("customer: guarantee", "clear"),
        ('refund BEFORE "being recorded"', "clear"),
        ('NOT agent: "verify your identity"', "found"),
        ("refund NEAR/3 refund", "clear"),
        ('"I refund"', "clear"),
        ("NOT refund", "clear"),
        ("COUNT(refund) = 0", "clear"),
        ("COUNT(never) = 0", "found"),
        ("COUNT(never) <= 3", "found"),
        ("COUNT(refund) > 2", "clear"),
        ("COUNT(refund) != 2", "clear"),
        ("refund AND never", "clear"),
        ("refund OR never", "found"),
        ("NOT never AND refund", "found"),
        ("never OR NOT refund", "clear"),
        ("refund IN FIRST 1s", "clear"),
        ("call.duration >= 5s", "found"),
        ("call.duration < 5s", "clear"),
        ("call.kind = live", "fact_missing"),
        ("call.kind = live OR refund", "found"),
        ("call.kind = live AND never", "clear"),
        ("NOT call.first_contact", "fact_missing"),
        ("speaker(Z): refund", "clear"),
        ("café", "clear"),
        ("can*", "found"),
        ("thir*", "clear"),
    ],
)
def test_query_ends_in_one_of_three_on_the_worked_call(query: str, wanted: str) -> None:
    assert state(ask(query)) == wanted


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ('"60 days"', [(0, 5, 6)]),
        ('"$35"', [(1, 7, 7), (1, 9, 11)]),
        ('"35 dollars"', [(1, 7, 7), (1, 9, 11)]),
        ("thirty-five", [(1, 7, 7), (1, 9, 10)]),
        ('"I I guarantee"', [(2, 0, 2)]),
        ("COUNT(no) = 2", [(0, 7, 7), (2, 11, 11)]),
        ('COUNT("no no") = 1', [(2, 9, 10)]),
        ("guarantee NEAR/0 you", [(2, 2, 4)]),
        ("552-09-1234", [(3, 3, 11)]),
        ('"number is 552091234"', [(3, 1, 11)]),
        ('"552 091 234"', [(3, 3, 11)]),
        ('"60352"', []),
        ('COUNT(fee OR "card fee" OR "credit card fee") = 1', [(1, 5, 5)]),
        ('("credit card" OR credit) NEAR/0 fee', [(1, 3, 5)]),
    ],
)
def test_query_finds_the_places_in_a_call_with_numbers(
    query: str, wanted: list[tuple[int, int, int]]
) -> None:
    outcome = ask(query, MIXED)
    assert (places(outcome) if isinstance(outcome, Found) else []) == wanted


def test_phrase_never_crosses_another_speakers_word() -> None:
    assert state(ask('"the terms no"', "agent: the terms\ncustomer: no")) == "clear"


def test_phrase_runs_over_the_speakers_own_utterances() -> None:
    said = "agent: we guarantee\ncustomer: mhm\nagent: a return"
    assert places(ask('"guarantee a return"', said)) == [(0, 1, 1)]


def test_phrase_crosses_sentences_when_speakers_are_unknown() -> None:
    assert state(ask('"recorded hi"', unlabelled())) == "found"


def test_query_is_roles_unknown_when_the_words_may_be_anyones() -> None:
    assert state(ask("agent: refund", unlabelled())) == "roles_unknown"
    assert state(ask("agent: never", unlabelled())) == "clear"


def test_query_is_found_when_a_known_role_said_it_beside_an_unknown_one() -> None:
    partly = call(roles=(Role.AGENT, Role.UNKNOWN, Role.AGENT))
    assert places(ask("agent: refund", partly)) == [(2, 5, 5)]
    assert state(ask("customer: refund", partly)) == "roles_unknown"


def test_query_is_no_turns_when_there_are_no_labels() -> None:
    assert state(ask("refund IN FIRST 2t", unlabelled())) == "no_turns"


def test_query_is_no_times_when_the_source_gave_none() -> None:
    timeless = call(start_ms=[-1] * 24, end_ms=[-1] * 24)
    assert state(ask("refund IN FIRST 5s", timeless)) == "no_times"
    assert state(ask("refund NEAR/5s hi", timeless)) == "no_times"
    assert state(ask("refund", timeless)) == "found"


@pytest.mark.parametrize("query", ["refund", "NOT refund", "COUNT(refund) = 0"])
def test_query_is_no_words_when_the_transcript_is_empty(query: str) -> None:
    assert state(ask(query, call("agent: ♪"))) == "no_words"


def test_query_is_not_assessable_when_part_of_the_window_was_not_transcribed() -> None:
    partly = call(transcribed_ms=(2_000, None))
    assert state(ask("never IN FIRST 5s", partly)) == "window_not_transcribed"
    assert state(ask("NOT never", partly)) == "window_not_transcribed"
    assert state(ask("refund IN FIRST 5s", partly)) == "found"
    assert state(ask("never", partly)) == "clear"


def test_absence_is_low_confidence_when_too_much_was_not_heard() -> None:
    faint = call(confidence=[0.3] * 12 + [1.0] * 12)
    assert state(ask("NOT never", faint, floor=0.5)) == "low_confidence"
    assert state(ask("NOT never", faint, floor=0.2)) == "found"
    assert state(ask("never", faint, floor=0.5)) == "clear"


def test_absence_is_masked_when_too_much_is_hidden() -> None:
    assert state(ask("NOT never", "agent: my name is #### ####")) == "masked"


def test_finding_is_unsure_when_every_place_is_below_the_floor() -> None:
    faint = call(confidence=[0.3] * 16 + [1.0] * 8)
    assert state(ask("hi", faint, floor=0.5)) == "unsure"
    assert state(ask("refund", faint, floor=0.5)) == "found"
    assert state(ask("hi OR days", faint, floor=0.5)) == "found"
    assert state(ask("hi AND days", faint, floor=0.5)) == "unsure"
    assert state(ask("NOT hi", faint, floor=0.5)) == "clear"


def test_masked_word_matches_a_free_word_only() -> None:
    said = "agent: hello [PERSON_NAME] and ####"
    assert places(ask('"hello * and"', said)) == [(0, 0, 2)]
    assert state(ask("person OR name OR person_name", said)) == "clear"


def test_custom_spelling_finds_what_the_transcript_spells_otherwise() -> None:
    spelled = call("agent: call Verbatim Corp", custom_spelling=(("verba tim", "Verbatim"),))
    assert places(ask('"verba tim"', spelled)) == [(0, 1, 1)]
    assert state(ask("verba", spelled)) == "clear"


FACTS = CallFacts(
    call_at=datetime(2026, 1, 5, 15, 30, tzinfo=UTC),
    local_zone="America/New_York",
    direction=Direction.INBOUND,
    kind=CallKind.LIVE,
    queue="Claims",
    customer_region="CA",
    first_contact=True,
)


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("call.kind = live", "found"),
        ("call.kind != voicemail", "found"),
        ("call.direction = outbound", "clear"),
        ("call.queue = claims", "found"),
        ('call.region = "ca"', "found"),
        ("call.local_time IN 10:00..11:00", "found"),
        ("call.local_time NOT IN 8:00..21:00", "clear"),
        ("call.local_time IN 22:00..10:31", "found"),
        ("call.first_contact", "found"),
        ("NOT call.first_contact", "clear"),
        ("call.notice", "fact_missing"),
        ("call.product = loan", "fact_missing"),
    ],
)
def test_query_reads_the_calls_own_facts(query: str, wanted: str) -> None:
    assert state(ask(query, call(facts=FACTS))) == wanted


def absence_of(query: str, said: str) -> str:
    outcome = ask(query, said)
    assert isinstance(outcome, Found | Clear)
    assert outcome.absence is not None
    nearest = outcome.absence.nearest
    if nearest is None:
        return "none"
    words = quote(call(said), nearest.evidence)
    return f"{nearest.cause} {nearest.matched}/{nearest.wanted}: {words}"


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ('NOT agent: "my card"', "role 2/2: My card."),
        ("NOT guarantee IN FIRST 1s", "window 1/1: guarantee"),
        (
            'NOT "this call will be recorded for training"',
            "words 5/7: This call may be recorded for",
        ),
        ('NOT "entirely other words"', "none"),
    ],
)
def test_proof_of_absence_names_the_nearest_miss(query: str, wanted: str) -> None:
    said = "agent: This call may be recorded for quality. We guarantee it.\ncustomer: My card."
    assert absence_of(query, said) == wanted


def test_proof_of_absence_says_what_was_searched() -> None:
    outcome = ask("NOT agent: never IN FIRST 3s")
    assert isinstance(outcome, Found)
    assert outcome.absence is not None
    searched = outcome.absence
    assert (searched.start_ms, searched.end_ms, searched.words) == (0, 3000, 8)
    assert searched.roles == ("agent",)


def test_evidence_quotes_the_vendors_words() -> None:
    said = call("agent: We “can’t” 😀 promise.")
    outcome = ask('"can not promise"', said)
    assert isinstance(outcome, Found)
    assert quote(said, outcome.evidence[0]) == "“can’t” 😀 promise."


def test_evidence_carries_speaker_role_times_and_marks() -> None:
    found = ask('refund NEAR/3 "30 days"')
    assert isinstance(found, Found)
    evidence = found.evidence[0]
    assert (evidence.speaker, evidence.role) == ("agent", "agent")
    assert (evidence.start_ms, evidence.end_ms) == (6000, 7200)
    assert [(mark.first_word, mark.last_word) for mark in evidence.marks] == [(5, 5), (7, 8)]


@pytest.mark.parametrize(
    ("query", "said", "wanted"),
    [
        ('"to be or not to be"', "agent: to be and then to be", "words 4/6: to be and then to be"),
        (
            '"your account will be closed today"',
            "agent: will your account be fine\n"
            "customer: no idea what that means at all to me honestly my friend\n"
            "agent: your account will be fine",
            "words 4/6: your account will be",
        ),
    ],
)
def test_the_nearest_miss_is_the_best_of_several_and_counts_repeated_words(
    query: str, said: str, wanted: str
) -> None:
    assert absence_of(f"NOT {query}", said) == wanted


def test_query_answers_with_the_intakes_reason_when_the_transcript_was_refused() -> None:
    refused = NotAssessable(reason=ask("a", call("agent: ♪")).reason, text="refused at intake")  # type: ignore[union-attr]  # an empty call is never assessable
    assert ask("refund", call(refused=refused)) is refused


def test_the_words_of_a_window_are_counted_where_one_speaks_after_the_other() -> None:
    assert _searched(call("agent: a b c\ncustomer: d e f")) == 3


def test_the_words_of_a_window_are_counted_where_both_speak_at_once() -> None:
    starts = (0, 300, 600, 300, 600, 900)
    ends = (300, 600, 2000, 600, 900, 1000)  # the agent's last word outlasts the window
    at_once = call("agent: a b c\ncustomer: d e f", start_ms=starts, end_ms=ends)
    assert _searched(at_once) == 5


def _searched(transcript: Transcript) -> int:
    outcome = ask("NOT never IN FIRST 1s", transcript)
    assert isinstance(outcome, Found)
    assert outcome.absence is not None
    return outcome.absence.words
