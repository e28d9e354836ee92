"""HubSpot's requests as it publishes them, against a fake that refuses what it refuses."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from pytest_django import Settings

from reviews.egress import RateLimited, VendorDown
from reviews.export.crm import asking
from reviews.export.crm.fields import Plan, problems
from reviews.export.crm.hubspot import HubSpot
from reviews.export.crm.port import BatchRefused, CrmRefused, Row, Value
from reviews.models import CrmField
from tests.factories import hubspot as fake


@pytest.fixture
def crm(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[fake.HubSpot]:
    monkeypatch.setattr(asking, "GAP_S", 0.0)
    with fake.hubspot() as own:
        settings.EGRESS_ALLOW_PRIVATE = frozenset({own.entry})
        yield own


@pytest.fixture
def client(crm: fake.HubSpot) -> Iterator[HubSpot]:
    own = ours(crm)
    yield own
    own.close()


def ours(crm: fake.HubSpot, **asked: str) -> HubSpot:
    usual = {"token": fake.TOKEN, "object_name": fake.OBJECT, "key_field": fake.KEY}
    return HubSpot(crm.url, **usual | asked)


def rows(count: int, **values: Value) -> list[Row]:
    return [Row(f"e-{number}", values) for number in range(count)]


def test_rows_are_put_by_their_key_as_texts_and_put_again(
    client: HubSpot, crm: fake.HubSpot
) -> None:
    values = {"verbatim_score": 62.5, "verbatim_risk_flag": True, "verbatim_call_external": None}
    first = client.upsert(rows(100, **values))
    assert [each.code for each in first] == [""] * 100
    again = client.upsert(rows(1, verbatim_score=70.0))
    assert again[0].id == first[0].id
    assert crm.records["e-0"] == {
        "verbatim_score": "70.0",
        "verbatim_risk_flag": "true",
        "verbatim_call_external": "",
    }


def test_one_bad_input_fails_no_other_whatever_the_order(
    client: HubSpot, crm: fake.HubSpot
) -> None:
    crm.bad = {"e-1"}
    told = client.upsert(rows(3, verbatim_score=1))
    assert [(each.key, each.code) for each in told] == [
        *(("e-0", ""), ("e-1", "validation_error"), ("e-2", ""))
    ]


def test_a_batch_that_is_refused_whole_is_for_the_caller_to_part(client: HubSpot) -> None:
    with pytest.raises(BatchRefused, match="validation_error"):
        client.upsert(rows(101, verbatim_score=1))


def test_limits_and_outages_wait_as_long_as_is_asked(client: HubSpot, crm: fake.HubSpot) -> None:
    day = fake.error(429, "RATE_LIMITS")
    day[2]["policyName"] = "DAILY"
    crm.next = [fake.limited(7), day, fake.error(502, "INTERNAL")]
    for wait in (7, asking.LIMIT_WAIT_S):
        with pytest.raises(RateLimited) as limited:
            client.upsert(rows(1))
        assert limited.value.retry_after == wait
    with pytest.raises(VendorDown):
        client.upsert(rows(1))


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"token": "pat-wrong"}, "sign_in_refused"),
        ({"object_name": "p1_none"}, "object_absent"),
    ],
)
def test_a_refusal_has_a_remedy_and_neither_token_nor_words_of_the_answer(
    asked: dict[str, str], reason: str, crm: fake.HubSpot
) -> None:
    with (
        closing(ours(crm, **asked)) as client,
        pytest.raises(CrmRefused, match=r"docs/integrator/crm\.md") as refused,
    ):
        client.describe()
    assert refused.value.reason == reason
    assert not any(word in str(refused.value) for word in ("pat-", "customer"))


def test_the_check_before_the_first_write_names_what_is_wrong(
    client: HubSpot, crm: fake.HubSpot
) -> None:
    wanted = {CrmField.SCORE: "verbatim_score", CrmField.CALL_AT: "verbatim_call_at"}
    assert problems(Plan(fake.KEY, wanted), client.describe()) == []
    wrong = {CrmField.SCORE: "hs_object_id", CrmField.CALL_AT: "verbatim_score"}
    found = problems(Plan("verbatim_failed_rules", wrong), client.describe())
    assert {(each.code, each.field) for each in found} == {
        ("key_not_unique", "verbatim_failed_rules"),
        ("field_not_writable", "hs_object_id"),
        ("kind_differs", "verbatim_score"),
    }
