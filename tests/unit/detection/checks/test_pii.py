from reviews.detection.checks.pii import PiiRule, check
from reviews.detection.evidence import Clear, Found, NotAssessable, Reason
from tests.unit.detection.calls import heard
from tests.unit.detection.pii.calls import call

SAID = call("A: go on", "C: card 4242 4242", "A: okay", "C: 4242 4242")


def test_check_gives_evidence_over_turns_when_a_card_is_said() -> None:
    outcome = check(PiiRule(entities=("credit_card_number",)), heard(SAID))
    assert isinstance(outcome, Found)
    (evidence,) = outcome.evidence
    assert (evidence.utterance, evidence.first_word) == (1, 1)
    assert (evidence.last_utterance, evidence.last_word) == (3, 1)
    assert (evidence.start_ms, evidence.end_ms) == (900, 2380)
    assert (evidence.label, evidence.role, len(evidence.marks)) == (
        "credit_card_number",
        "customer",
        2,
    )


def test_check_is_clear_when_another_role_or_kind_is_asked() -> None:
    assert check(PiiRule(role="agent"), heard(SAID)) == Clear()
    assert check(PiiRule(entities=("email_address",)), heard(SAID)) == Clear()


def test_check_is_clear_when_the_score_is_under_the_minimum() -> None:
    assert check(PiiRule(minimum_score=0.99), heard(SAID)) == Clear()


def test_check_is_not_assessable_when_a_role_is_asked_of_an_unknown_speaker() -> None:
    outcome = check(PiiRule(role="customer"), heard(call("?: call 415-555-0132")))
    assert isinstance(outcome, NotAssessable)
    assert outcome.reason is Reason.ROLES_UNKNOWN
    assert "415" not in outcome.text


def test_check_is_clear_when_an_unknown_speaker_said_nothing_personal() -> None:
    assert check(PiiRule(role="customer"), heard(call("?: good morning"))) == Clear()


def test_check_is_not_assessable_when_there_are_no_words() -> None:
    outcome = check(PiiRule(), heard(call()))
    assert isinstance(outcome, NotAssessable)
    assert outcome.reason is Reason.NO_WORDS
