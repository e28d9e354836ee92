"""The vendor's labels: which count, where they stand, and when there is no telling."""

from dataclasses import replace

import pytest

from reviews.detection.checks.content_safety import ContentSafetyRule, check
from reviews.detection.evidence import Found
from reviews.detection.rubric import RubricError, parse_rubric
from reviews.detection.transcript import ContentSafety, Role, SafetyLabel, Transcript
from tests.unit.detection.calls import call, heard, state


def labelled(*labels: SafetyLabel, language: str | None = "en_us") -> Transcript:
    return call(safety=ContentSafety(is_available=True, labels=labels), language=language)


HATE = SafetyLabel("hate_speech", 0.8, 0.6, 2400, 4500)
CRIME = SafetyLabel("crime_violence", 0.6, None, 0, 600)


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [
        (ContentSafetyRule(), "found"),
        (ContentSafetyRule(labels=("hate_speech",)), "found"),
        (ContentSafetyRule(labels=("drugs",)), "clear"),
        (ContentSafetyRule(minimum_confidence=0.9), "clear"),
        (ContentSafetyRule(labels=("hate_speech",), minimum_severity=0.7), "clear"),
        (ContentSafetyRule(labels=("crime_violence",), minimum_severity=0.7), "found"),
    ],
)
def test_check_takes_labels_by_name_confidence_and_severity(
    rule: ContentSafetyRule, wanted: str
) -> None:
    assert state(check(rule, heard(labelled(HATE, CRIME)))) == wanted


def test_check_is_not_assessable_when_the_feature_was_not_asked_for() -> None:
    assert state(check(ContentSafetyRule(), heard(call()))) == "feature_absent"


def test_check_is_not_assessable_when_the_feature_failed() -> None:
    failed = call(safety=ContentSafety(is_available=False))
    assert state(check(ContentSafetyRule(), heard(failed))) == "feature_unavailable"


@pytest.mark.parametrize(
    ("language", "wanted"),
    [("en_uk", "clear"), ("pt", "clear"), ("ja", "language"), (None, "clear")],
)
def test_check_guards_the_languages_of_the_feature(language: str | None, wanted: str) -> None:
    assert state(check(ContentSafetyRule(), heard(labelled(language=language)))) == wanted


def test_check_places_a_label_on_the_words_of_its_time() -> None:
    outcome = check(ContentSafetyRule(), heard(labelled(HATE)))
    assert isinstance(outcome, Found)
    evidence = outcome.evidence[0]
    assert (evidence.utterance, evidence.first_word, evidence.last_word) == (1, 0, 6)
    assert (evidence.label, evidence.score, evidence.role) == ("hate_speech", 0.8, "customer")


def test_check_gives_one_evidence_for_each_utterance_when_a_label_spans_several() -> None:
    outcome = check(
        ContentSafetyRule(), heard(labelled(SafetyLabel("hate", 0.9, None, 2100, 2700)))
    )
    assert isinstance(outcome, Found)
    assert [(each.utterance, each.first_word, each.last_word) for each in outcome.evidence] == [
        (0, 7, 7),
        (1, 0, 0),
    ]


def test_check_keeps_a_label_when_no_word_lies_in_its_time() -> None:
    outcome = check(
        ContentSafetyRule(), heard(labelled(SafetyLabel("hate", 0.9, None, 90_000, 91_000)))
    )
    assert isinstance(outcome, Found)
    assert (outcome.evidence[0].start_ms, outcome.evidence[0].end_ms) == (90_000, 91_000)


OWN = ContentSafetyRule(categories=("threat", "harassment"))
ANGRY = call("agent: How are you?\ncustomer: I am going to hurt you, you idiot.")


@pytest.mark.parametrize(
    ("rule", "said", "wanted"),
    [
        (OWN, ANGRY, "found"),
        (replace(OWN, role="customer"), ANGRY, "found"),
        (replace(OWN, role="agent"), ANGRY, "clear"),
        (replace(OWN, categories=("gambling",)), ANGRY, "clear"),
        (replace(OWN, minimum_score=1.0), ANGRY, "clear"),
        (OWN, call("agent: I am going to help you."), "clear"),
        (OWN, replace(ANGRY, language="ja"), "language"),
        (OWN, call("agent: "), "no_words"),
        (replace(OWN, role="agent"), replace(ANGRY, roles=(Role.UNKNOWN,) * 2), "roles_unknown"),
        (OWN, replace(ANGRY, confidence=[0.2] * len(ANGRY.words)), "unsure"),
        (replace(OWN, labels=("hate_speech",)), ANGRY, "found"),
        (replace(OWN, labels=("hate_speech",)), call("agent: Hello."), "feature_absent"),
    ],
)
def test_check_hears_for_itself(rule: ContentSafetyRule, said: Transcript, wanted: str) -> None:
    assert state(check(rule, heard(said))) == wanted


def test_check_places_what_it_hears_on_the_words() -> None:
    outcome = check(OWN, heard(ANGRY))
    assert isinstance(outcome, Found)
    assert [(each.utterance, each.label) for each in outcome.evidence] == [
        (1, "threat"),
        (1, "harassment"),
    ]


def test_a_category_that_is_not_known_is_refused() -> None:
    rule = {"code": "r", "check": {"content_safety": {"categories": ["rudeness"]}}}
    with pytest.raises(RubricError, match="'rudeness' is not known: write one of profanity, slur"):
        parse_rubric({"name": "Care", "rules": [rule]})
