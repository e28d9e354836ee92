"""The packs that come with the product: whole, linted, their examples green, nothing forgotten."""

from pathlib import Path

import pytest

from reviews.detection.checks.conduct import ConductRule
from reviews.detection.checks.history import HistoryRule
from reviews.detection.examples import red_examples
from reviews.detection.lint import lint
from reviews.detection.rubric import Rubric, Severity, canonical, parse_rubric
from reviews.rubrics.packs import FOLDER, PackRefused, pack, pack_codes, parse_pack
from reviews.rubrics.source import formatted

OBLIGATIONS = {
    "hipaa": """
        verify_before_phi authority_of_other_caller patient_agrees_to_other voicemail_minimum
        identifier_not_read_out wrong_patient_stop confidential_channel records_request
        rights_routed privacy_complaint incident_escalated substance_use_records""",
    "broker_dealer": """
        no_guarantee_against_loss no_promised_return profile_before_recommendation
        risk_with_benefit cost_named capacity_said rollover_compared conflict_said
        order_authorised off_channel not_public_yet grievance_escalated exploitation_signs""",
    "insurance_claims": """
        coverage_stated_right benefits_told claim_acknowledged deadline_stated_right
        forms_and_help investigated_before_refusal denial_reason no_arbitration_threat
        no_discouraging_lawyer release_scope recorded_statement repair_choice""",
    "debt_collection": """
        first_contact_notice later_contact_notice notice_language right_party_first
        third_party_only_location voicemail_limited calling_hours inconvenient_kept
        seven_in_seven no_unlawful_threat time_barred_no_suit no_false_identity no_abuse
        dispute_noted stop_and_lawyer""",
    "card_payments": """
        no_security_code no_pin no_full_number recording_paused resumed safe_route_offered
        no_read_back no_message_channel no_writing_down code_only_to_pay""",
    "recording_consent": """
        recording_notice notice_before_data objection_honoured caller_identified
        prompt_sales_disclosure sales_hours dnc_recognised dnc_kept consent_not_assumed
        terms_before_payment consent_to_charge no_threat_or_profanity""",
    "complaints": """
        complaint_heard complaint_acknowledged no_barrier no_talking_out times_stated_right
        error_by_phone_opened written_route_given regulator_or_lawyer
        unfair_treatment_alleged vulnerable_customer repeat_contact""",
    "service_quality": """
        greeting purpose_confirmed feeling_acknowledged no_dismissive_words hold_manners
        transfer_manners listens silence_explained next_step_dated asks_more_help closes
        understood owned solved clear warm""",
    "refund_warranty": """
        return_window restocking_fee refund_days refund_method warranty_term
        warranty_exclusion warranty_tie_in no_refund_told_first shipping_promise delay_choice
        renewal_and_cancel cancel_taken statutory_rights steps_in_order
        no_promise_beyond_power""",
    "curriculum": """
        topics_covered topics_in_order topics_long_enough practice_given
        understanding_checked feedback_given no_shortcut no_promise_taught
        callback_taught_right limit_taught_right source_named learners_speak""",
}
"""By pack, what has to be a rule or to be left out with a reason."""
ASK_FACTS_ALONE = {"calling_hours", "sales_hours"}
TIMED = {"topics_long_enough"}
"""A snippet has no times of its own, and nothing is known of it: these rules have no examples."""


def rubric(code: str) -> Rubric:
    return parse_rubric(pack(code).document)


def broken(old: str, new: str) -> str:
    text = (FOLDER / "card_payments.yaml").read_text("utf-8")
    assert old in text
    return text.replace(old, new, 1)


def test_there_are_ten_packs() -> None:
    assert set(pack_codes()) == set(OBLIGATIONS)


@pytest.mark.parametrize("code", pack_codes())
def test_a_pack_says_first_that_it_is_no_legal_advice(code: str) -> None:
    first = (FOLDER / f"{code}.yaml").read_text("utf-8").splitlines()[0]
    assert first.startswith("# No legal advice: ")
    assert "counsel decides" in first


@pytest.mark.parametrize("code", pack_codes())
def test_every_obligation_is_a_rule_or_is_left_out_with_a_reason(code: str) -> None:
    rules = {rule.code for rule in rubric(code).rules}
    assert set(OBLIGATIONS[code].split()) <= rules | set(pack(code).left_out)


@pytest.mark.parametrize("code", pack_codes())
def test_all_examples_of_a_pack_are_green(code: str) -> None:
    assert [str(each) for each in red_examples(rubric(code))] == []


@pytest.mark.parametrize("code", pack_codes())
def test_the_linter_has_nothing_to_say_of_a_pack(code: str) -> None:
    assert [str(each) for each in lint(rubric(code))] == []


@pytest.mark.parametrize("code", pack_codes())
def test_the_queries_of_a_pack_are_written_canonically(code: str) -> None:
    path = FOLDER / f"{code}.yaml"
    header, rules = path.read_text("utf-8").split("\nname: ")
    assert header
    assert formatted(f"name: {rules}", rubric(code)).changed == ()


@pytest.mark.parametrize("code", pack_codes())
def test_a_rule_has_three_examples_of_each_kind_where_a_snippet_can_hold_them(code: str) -> None:
    few = {
        rule.code
        for rule in rubric(code).rules
        if min(len(rule.examples.must_match), len(rule.examples.must_not_match)) < 3
        and not isinstance(rule.check, ConductRule | HistoryRule)
    }
    assert few <= ASK_FACTS_ALONE | TIMED


@pytest.mark.parametrize("code", pack_codes())
def test_a_rule_of_a_pack_says_why_and_fails_a_call_only_if_critical(code: str) -> None:
    for rule in rubric(code).rules:
        assert rule.why, rule.code
        assert rule.auto_fail is (rule.severity is Severity.CRITICAL), rule.code


@pytest.mark.parametrize("code", pack_codes())
def test_a_pack_is_the_same_after_a_round_trip(code: str) -> None:
    once = canonical(rubric(code))
    assert canonical(parse_rubric(parse_pack(_text(code), code=code).document)) == once


@pytest.mark.parametrize("code", pack_codes())
def test_made_up_values_are_named_as_samples(code: str) -> None:
    titles = {each.code: each.title for each in rubric(code).documents}
    samples = {each for each, title in titles.items() if title.startswith("Sample values")}
    assert samples == set(pack(code).sample_documents)


@pytest.mark.parametrize(
    ("old", "new", "seen"),
    [
        ("code: card_payments", "code: cards", "pack.code: 'cards' is not the file's name"),
        ("as_of: 2025-10-31", "as_of: lately", "pack.as_of: this is no day"),
        ("  counsel:", "  advice:", "pack.counsel: "),
        ("  version: 1", "  version: 0", "pack.version: 0 is out of range"),
        ("  metadata_needed:", "  colour: red\n  metadata_needed:", "pack.colour: this key"),
        ("    no_pin:", "    no_such_rule:", "pack.cites: there is no 'no_such_rule'"),
        ("unread: [", "unread: [no_such_rule, ", "pack.unread: there is no 'no_such_rule'"),
        ("    resumed:", "    no_pin:", "pack.left_out: no_pin is a rule"),
        ("severity: critical", "severity: dire", "rules[0].severity: 'dire' is not allowed"),
        ("name: Card", "name: [Card", "line "),
    ],
)
def test_a_broken_pack_is_refused_by_name(old: str, new: str, seen: str) -> None:
    with pytest.raises(PackRefused) as caught:
        parse_pack(broken(old, new), code="card_payments")
    assert caught.value.what == "The pack card_payments is refused"
    assert caught.value.seen.startswith(seen)


def test_a_pack_that_does_not_exist_is_refused_with_the_names_of_those_that_do() -> None:
    with pytest.raises(PackRefused, match=r"no pack 'nothing'\. Name one of broker_dealer, "):
        pack("nothing")


def test_a_pack_that_cannot_be_read_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "odd.yaml").write_bytes(b"\xff\xfe\x00")
    monkeypatch.setattr("reviews.rubrics.packs.FOLDER", tmp_path)
    with pytest.raises(PackRefused, match="The pack odd is refused: a file that is not UTF-8"):
        pack("odd")


def _text(code: str) -> str:
    return (FOLDER / f"{code}.yaml").read_text("utf-8")
