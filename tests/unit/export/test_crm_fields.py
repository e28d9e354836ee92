"""What a row of a CRM holds: flat values, no text longer than its field."""

from datetime import datetime

from reviews.export.crm.fields import SPECS, Plan, lengths, plain, problems, proposed, row
from reviews.export.crm.port import Described, Field, Kind, code_of, id_of
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


def test_a_time_is_written_into_a_date_as_its_day_in_utc() -> None:
    plan = Plan("key", {CrmField.CALL_AT: "On", CrmField.EVALUATED_AT: "At"})
    target = Described(
        is_writable=True,
        fields={
            "key": Field(Kind.TEXT, is_key=True),
            "On": Field(Kind.DATE),
            "At": Field(Kind.TIME),
        },
    )
    at = datetime.fromisoformat("2026-11-01T23:30:00-05:00")
    facts = dict.fromkeys(plan.mapping, at)
    made = row(plan, facts, lengths(plan, target), "e-1").values
    assert problems(plan, target) == []
    assert {name: plain(value) for name, value in made.items()} == {
        "On": "2026-11-02",
        "At": "2026-11-02T04:30:00Z",
    }
    number = Plan("key", {CrmField.SCORE: "On"})
    assert [each.code for each in problems(number, target)] == ["kind_differs"]


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
