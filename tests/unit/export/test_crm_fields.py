"""What a row of a CRM holds: flat values, no text longer than its field."""

from reviews.export.crm.fields import SPECS, Plan, proposed, row
from reviews.export.crm.port import code_of, id_of
from reviews.models import CrmField, CrmSystem

RULES = ";".join(f"rule_{number:02}" for number in range(40))


def made(lengths: dict[str, int], **facts: str) -> dict[str, object]:
    fields = {CrmField(name): value for name, value in facts.items()}
    plan = Plan("key", {each: each.value for each in CrmField})
    return dict(row(plan, fields, lengths, "e-1").values)


def test_codes_of_rules_are_left_out_whole_and_counted() -> None:
    text = made({}, failed_rules=RULES)["failed_rules"]
    assert text == f"{RULES[: 8 * 31 - 1]};+9"
    assert len(str(text)) <= 255
    assert made({"failed_rules": 12}, failed_rules=RULES)["failed_rules"] == "rule_00;+39"
    assert made({}, failed_rules="a;b")["failed_rules"] == "a;b"
    assert made({"failed_rules": 3}, failed_rules="long_one;b")["failed_rules"] == "+2"


def test_words_are_cut_to_the_field_and_ids_never_are() -> None:
    cut = made({"quote": 12, "call": 12}, quote="one two three four", call="0" * 36)
    assert cut == {"quote": "one two thr…", "call": "0" * 36}


def test_what_is_not_known_is_not_sent() -> None:
    assert made({}) == {}


def test_every_field_has_a_kind_and_a_name_to_propose() -> None:
    assert set(SPECS) == set(CrmField)
    assert proposed(CrmSystem.SALESFORCE, CrmField.REVIEWED_SCORE) == "Reviewed_Score__c"
    assert proposed(CrmSystem.HUBSPOT, CrmField.DURATION) == "verbatim_duration"
    for system in CrmSystem:
        assert len({proposed(system, each) for each in CrmField}) == len(CrmField)


def test_only_codes_and_ids_of_the_crm_are_kept() -> None:
    assert code_of("DUPLICATE_VALUE") == "duplicate_value"
    assert code_of("value of Jane Roe is taken") == code_of(7) == "rejected"
    assert (id_of("a01x00000000001AAA"), id_of("a b"), id_of(None)) == (
        "a01x00000000001AAA",
        "",
        "",
    )
