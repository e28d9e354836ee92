"""Salesforce's requests as it publishes them, against a fake that refuses what it refuses."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings

from reviews.egress import RateLimited, VendorDown
from reviews.errors import Refused
from reviews.export.crm import asking
from reviews.export.crm.fields import Plan, Problem, problems
from reviews.export.crm.port import BatchRefused, CrmRefused, Kind, Row
from reviews.export.crm.salesforce import Kept, Salesforce, SignIn, Token
from reviews.models import CrmField
from tests.factories import salesforce as fake

SCORE, LINK = {CrmField.SCORE: "Score__c"}, {CrmField.LINK: "Link__c"}


@pytest.fixture
def crm(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[fake.Salesforce]:
    monkeypatch.setattr(asking, "GAP_S", 0.0)
    with fake.salesforce() as own:
        settings.EGRESS_ALLOW_PRIVATE = frozenset({own.entry})
        yield own


@dataclass
class Clock:
    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Ours:
    crm: fake.Salesforce
    kept: list[Token] = field(default_factory=list)
    clock: Clock = field(default_factory=Clock)
    made: list[Salesforce] = field(default_factory=list)

    def client(self, kept: Token | None = None, /, **asked: str) -> Salesforce:
        usual = {"address": self.crm.url, "client_id": fake.CLIENT, "secret": fake.SECRET}
        made = Salesforce(
            SignIn(**usual | asked),  # type: ignore[arg-type] # texts alone
            kept=Kept(kept, self.kept.append),
            object_name=fake.OBJECT,
            key_field=fake.KEY,
            now=self.clock.now,
        )
        self.made.append(made)
        return made

    def by_statement(self, **asked: str) -> Salesforce:
        return self.client(**{"secret": fake.private_key(), "username": fake.USER} | asked)


@pytest.fixture
def ours(crm: fake.Salesforce) -> Iterator[Ours]:
    own = Ours(crm)
    yield own
    for each in own.made:
        each.close()


def rows(count: int, **values: float | str) -> list[Row]:
    return [Row(f"e-{number}", values) for number in range(count)]


def test_both_kinds_of_sign_in_give_a_token_that_is_kept_and_serves_again(ours: Ours) -> None:
    for client in (ours.client(), ours.by_statement()):
        assert [each.code for each in client.upsert(rows(2, Score__c=62.5))] == ["", ""]
    again = ours.client(ours.kept[0], secret="forgotten")
    assert again.upsert(rows(1, Score__c=70.0))[0].id == ours.crm.records[0]["Id"]
    assert [each["Score__c"] for each in ours.crm.records] == [70.0, 62.5]
    assert "!" not in repr(ours.kept[0])


@pytest.mark.parametrize(
    "asked",
    [{"secret": "wrong"}, {"client_id": "other"}, {"username": "x@y.example", "secret": "KEY"}],
)
def test_a_refused_sign_in_says_so_without_words_of_the_answer(
    asked: dict[str, str], ours: Ours
) -> None:
    asked = {name: fake.private_key() if value == "KEY" else value for name, value in asked.items()}
    with pytest.raises(CrmRefused, match="invalid_grant") as refused:
        ours.client(**asked).describe()
    assert refused.value.reason == "sign_in_refused"
    assert not any(word in str(refused.value) for word in ("wrong", "acme", "y.example", "PRIVATE"))


def test_a_statement_of_a_clock_that_is_wrong_is_refused_by_salesforce(ours: Ours) -> None:
    ours.clock.ahead = timedelta(minutes=5)
    with pytest.raises(CrmRefused, match="invalid_grant"):
        ours.by_statement().describe()


def test_a_key_that_is_none_is_refused_before_anything_is_sent(ours: Ours) -> None:
    with pytest.raises(CrmRefused, match="cannot be read"):
        ours.by_statement(secret="-----BEGIN PRIVATE KEY-----\nabc").describe()
    assert ours.crm.asked == []


@pytest.mark.parametrize(
    "instance",
    [
        "https://salesforce.com.evil.example",
        "https://notsalesforce.com",
        "http://eu1.salesforce.com",
        "https://eu1.salesforce.com:8443",
        "https://eu1.salesforce.com/path",
        "https://169.254.169.254",
    ],
)
def test_an_instance_that_is_not_salesforces_gets_no_token(instance: str, ours: Ours) -> None:
    ours.crm.instance = instance
    with pytest.raises(Refused, match="refused"):
        ours.client().describe()
    assert ours.kept == []
    assert len(ours.crm.asked) == 1


def test_an_ended_session_is_renewed_once(ours: Ours) -> None:
    client = ours.client()
    client.upsert(rows(1, Score__c=1.0))
    ours.crm.tokens.clear()
    assert client.upsert(rows(2, Score__c=2.0))[1].code == ""
    assert len(ours.kept) == 2
    ours.crm.next = [fake._error(401, "INVALID_SESSION_ID")] * 2
    with pytest.raises(CrmRefused, match="right after the sign-in"):
        client.upsert(rows(1, Score__c=3.0))


def test_results_come_in_the_order_of_the_records_and_one_failure_fails_no_other(
    ours: Ours,
) -> None:
    ours.crm.bad = {"e-1": "FIELD_CUSTOM_VALIDATION_EXCEPTION"}
    with_long = [*rows(3, Verdict__c="failed"), Row("e-3", {"Verdict__c": "x" * 256})]
    told = ours.client().upsert(with_long)
    assert [each.code for each in told] == [
        *("", "field_custom_validation_exception", ""),
        "string_too_long",
    ]
    assert [bool(each.id) for each in told] == [True, False, True, False]


def test_several_matches_are_said_and_nothing_is_written(ours: Ours) -> None:
    ours.crm.records = [{"Id": "a1", fake.KEY: "e-0"}, {"Id": "a2", fake.KEY: "e-0"}]
    assert ours.client().upsert(rows(1, Score__c=1.0))[0].code == "several_matches"
    assert ours.client().upsert(rows(2, Score__c=1.0))[0].code == "duplicate_external_id"
    assert not any("Score__c" in each for each in ours.crm.records if each[fake.KEY] == "e-0")


def test_limits_and_outages_wait_and_a_bad_batch_is_for_the_caller_to_part(ours: Ours) -> None:
    client = ours.client()
    ours.crm.next = [fake.limit_reached(), fake.unavailable(120)]
    with pytest.raises(RateLimited) as limited:
        client.upsert(rows(2, Score__c=1.0))
    assert limited.value.retry_after == asking.LIMIT_WAIT_S
    with pytest.raises(VendorDown) as down:
        client.upsert(rows(2, Score__c=1.0))
    assert down.value.retry_after == 120
    with pytest.raises(BatchRefused, match="invalid_field"):
        client.upsert(rows(2, No_Such__c=1.0))
    with pytest.raises(BatchRefused, match="limit_exceeded"):
        client.upsert(rows(201, Score__c=1.0))
    assert len(client.upsert(rows(200, Score__c=1.0))) == 200


def found(ours: Ours, mapping: dict[CrmField, str], key: str = fake.KEY) -> list[Problem]:
    return problems(Plan(key, mapping), ours.client().describe())


def test_the_check_before_the_first_write_names_what_is_wrong(ours: Ours) -> None:
    assert found(ours, SCORE | LINK) == []
    short = fake.of_type("Short__c", "string", length=20)
    plain = fake.of_type("Plain__c", "string")
    ours.crm.fields += [short, plain, fake.of_type("Region__c", "string", nillable=False)]
    told = found(
        ours,
        {
            CrmField.SCORE: "Gone__c",
            CrmField.CALL: "Short__c",
            CrmField.VERDICT: "Score__c",
            CrmField.RUBRIC: "Name",
        },
        key="Plain__c",
    )
    assert {(each.code, each.field) for each in told} == {
        ("key_not_unique", "Plain__c"),
        ("field_absent", "Gone__c"),
        ("field_too_short", "Short__c"),
        ("kind_differs", "Score__c"),
        ("field_not_writable", "Name"),
        ("field_too_short", "Name"),
        ("field_required", "Region__c"),
    }


def test_an_object_that_is_not_there_is_a_refusal_with_a_remedy(ours: Ours) -> None:
    client = ours.client()
    ours.crm.next = [fake._error(404, "NOT_FOUND")]
    with pytest.raises(CrmRefused, match="API name") as refused:
        client.describe()
    assert refused.value.reason == "object_absent"
    assert client.describe().fields["Call_At__c"].kind is Kind.TIME
