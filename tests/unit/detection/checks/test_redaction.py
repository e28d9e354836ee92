"""Policies that must be on, and personal data that still stands in any text of the payload."""

import json
from typing import Any

import pytest

from reviews.detection.analysis import Analysis, Redaction, SideText
from reviews.detection.checks.redaction import RedactionRule, check
from reviews.detection.evidence import Evidence, Found, Outcome
from reviews.detection.report import Report
from reviews.detection.rubric import RubricError, parse_rubric
from reviews.detection.transcript import Transcript
from reviews.sources.assemblyai.wire import parse
from tests.unit.detection.calls import call, heard, state

CARD = "4111 1111 1111 1111"
MASKED = call("customer: My card is [CREDIT_CARD_NUMBER], and I am [PERSON_NAME].")
LEFT = RedactionRule(leftovers=True)
CARDS = ("credit_card_number",)


def evidence(outcome: Outcome) -> tuple[Evidence, ...]:
    assert isinstance(outcome, Found), outcome
    return outcome.evidence


def with_analysis(**fields: Any) -> Transcript:
    return call("customer: Hello.", analysis=Analysis(**fields))


@pytest.mark.parametrize(
    ("redaction", "wanted"),
    [
        (None, "feature_absent"),
        (Redaction(False), "found"),
        (Redaction(True, None), "feature_absent"),
        (Redaction(True, ("date", "person_name")), "clear"),
        (Redaction(True, ("date",)), "found"),
    ],
)
def test_every_policy_of_the_rule_must_be_on(redaction: Redaction | None, wanted: str) -> None:
    rule = RedactionRule(policies=("person_name", "date"))
    assert state(check(rule, heard(with_analysis(redaction=redaction)))) == wanted


def test_a_policy_that_is_off_is_named_with_its_place() -> None:
    rule = RedactionRule(policies=("person_name", "date"))
    off = check(rule, heard(with_analysis(redaction=Redaction(False))))
    some = check(rule, heard(with_analysis(redaction=Redaction(True, ("date",)))))
    assert [(each.field, each.label) for each in evidence(off)] == [
        ("redact_pii", "person_name"),
        ("redact_pii", "date"),
    ]
    assert [(each.field, each.label) for each in evidence(some)] == [
        ("redact_pii_policies", "person_name")
    ]


def test_leftovers_in_the_words_stand_on_the_words() -> None:
    (left,) = evidence(check(LEFT, heard(call(f"customer: It is {CARD}."))))
    assert (left.field, left.label, left.first_word, left.last_word) == ("", CARDS[0], 2, 5)


@pytest.mark.parametrize("text", ["[CREDIT_CARD_NUMBER]", "####-####-####-####", "It is masked."])
def test_what_is_masked_is_not_left_over(text: str) -> None:
    texts = (SideText("summary", text), SideText("entities[0].text", text, kind=CARDS[0]))
    rule = RedactionRule(leftovers=True, entities=("person_name",))
    masked = call("customer: My card is [CREDIT_CARD_NUMBER].", analysis=Analysis(texts=texts))
    assert state(check(rule, heard(masked))) == "clear"
    assert state(check(LEFT, heard(masked))) == "clear"


FIELDS: dict[str, dict[str, Any]] = {
    "summary": {"summary": f"Paid with {CARD}."},
    "text": {"text": f"It is {CARD}."},
    "chapters[0].gist": {"chapters": [{"gist": CARD}]},
    "chapters[0].headline": {"chapters": [{"headline": CARD}]},
    "chapters[0].summary": {"chapters": [{"summary": CARD}]},
    "entities[0].text": {"entities": [{"entity_type": CARDS[0], "text": CARD}]},
    "utterances[0].text": {
        "utterances": [{"speaker": "A", "text": CARD, "words": [{"text": "[CREDIT_CARD_NUMBER]"}]}]
    },
    "sentiment_analysis_results[0].text": {"sentiment_analysis_results": [{"text": CARD}]},
    "auto_highlights_result.results[0].text": {
        "auto_highlights_result": {"results": [{"text": CARD}]}
    },
    "iab_categories_result.results[0].text": {
        "iab_categories_result": {"results": [{"text": CARD}]}
    },
    "content_safety_labels.results[0].text": {
        "content_safety_labels": {"results": [{"text": CARD}]}
    },
}


@pytest.mark.parametrize("place", FIELDS)
def test_leftovers_in_any_field_are_found_at_their_place(place: str) -> None:
    said = [{"text": word, "start": 1, "end": 2} for word in ["It", "is", "[CREDIT_CARD_NUMBER]."]]
    payload = {
        "id": "x",
        "status": "completed",
        "text": "It is [CREDIT_CARD_NUMBER].",
        "words": said,
    }
    transcript = parse(payload | FIELDS[place]).transcript
    (left,) = evidence(check(LEFT, heard(transcript)))
    assert (left.field, left.label) == (place, CARDS[0])
    written = Report(transcript).evidence(left)
    assert written["field"] == place
    assert (written["utterance"], written["words"], written["text"]) == (None, None, "")
    assert "1111" not in json.dumps(written)


def test_evidence_in_the_words_has_no_field_in_the_report() -> None:
    said = call(f"customer: It is {CARD}.")
    (left,) = evidence(check(LEFT, heard(said)))
    assert "field" not in Report(said).evidence(left)


def test_leftovers_are_of_the_kinds_and_the_score_asked_for() -> None:
    left = with_analysis(texts=(SideText("summary", CARD),))
    only = RedactionRule(leftovers=True, entities=("us_social_security_number",))
    assert state(check(only, heard(left))) == "clear"
    sure = RedactionRule(leftovers=True, minimum_score=1)
    assert state(check(sure, heard(left))) == "clear"


def test_what_the_source_itself_took_for_such_a_value_is_left_over() -> None:
    named = with_analysis(texts=(SideText("entities[0].text", "plumber", 5, 9, "occupation"),))
    for rule in (
        RedactionRule(leftovers=True, entities=("occupation",)),
        RedactionRule(leftovers=True, policies=("occupation",)),
    ):
        (left,) = evidence(check(rule, heard(named)))
        assert (left.field, left.label, left.start_ms) == ("entities[0].text", "occupation", 5)
    assert state(check(LEFT, heard(named))) == "clear"


def test_leftovers_need_words_unless_one_is_found_beside_them() -> None:
    empty = call("", analysis=Analysis())
    assert state(check(LEFT, heard(empty))) == "no_words"
    beside = call("", analysis=Analysis(texts=(SideText("summary", CARD),)))
    assert state(check(LEFT, heard(beside))) == "found"


def test_one_half_found_is_found_though_the_other_is_not_known() -> None:
    both = RedactionRule(policies=("date",), leftovers=True)
    assert state(check(both, heard(call(f"customer: It is {CARD}.")))) == "found"
    assert state(check(both, heard(MASKED))) == "feature_absent"


@pytest.mark.parametrize("fields", [{}, {"policies": []}, {"leftovers": "yes"}, {"kinds": []}])
def test_parse_refuses_a_rule_that_asks_nothing(fields: dict[str, object]) -> None:
    rules = [{"code": "r", "check": {"redaction": fields}}]
    with pytest.raises(RubricError, match=r"rules\[0\]\.check\.redaction.*: .*: write"):
        parse_rubric({"name": "x", "rules": rules})
