"""Usage counted of what is here, and quotas that hold where calls come in."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from reviews.models import Job, JobKind, ListedCall, QueueItem, Standing, Tenant, Transcript
from reviews.models.ids import uuid7
from reviews.models.tenancy import tenant_context
from reviews.queries import usage
from reviews.sandbox.server import Sandbox
from tests.factories import api
from tests.factories.loop import KEY, begin, connected, drain, payloads
from tests.factories.tenants import world

pytestmark = pytest.mark.django_db


def today() -> date:
    """As it is now: a run may go on past midnight."""
    return timezone.now().date()


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="north", name="North", external_id="cust-1")


@pytest.fixture
def client() -> Client:
    return Client(headers={"Authorization": f"Bearer {api.platform().token}"})


def quota(tenant: Tenant, **most: int | None) -> None:
    Tenant.objects.filter(pk=tenant.pk).update(**most)


def uploaded(client: Client, name: str, *, seconds: int = 90, tenant: str = "cust-1") -> Any:
    said = {"speaker": "A", "text": f"hello {name}", "start": 0, "end": seconds * 1000}
    call = {"id": name, "utterances": [said], "audio_duration": seconds}
    headers = {"Verbatim-Tenant": tenant}
    address = "/api/v1/imports?name=call.json"
    return client.post(address, json.dumps(call), "application/json", headers=headers)


def used(client: Client, **query: Any) -> Any:
    query = {"from": today() - timedelta(days=1), "to": today() + timedelta(days=1)} | query
    return client.get("/api/v1/platform/usage", query)


@pytest.mark.parametrize(
    ("most", "said"),
    [
        ({"calls_per_day": 1}, "the quota of 1 calls a day"),
        ({"minutes_per_day": 1}, "the quota of 1 minutes a day"),
        ({"stored_bytes": 50}, "the quota of 50 stored bytes"),
    ],
)
def test_beyond_a_quota_new_calls_are_refused_and_known_ones_are_not(
    most: dict[str, int], said: str, tenant: Tenant, client: Client
) -> None:
    Tenant.objects.create(slug="south", name="South")
    quota(tenant, **most)
    assert uploaded(client, "one").status_code == 200
    status, _, problem = api.problem(uploaded(client, "two"))
    assert (status, problem["code"]) == (429, "quota_reached")
    assert said in problem["detail"]
    assert uploaded(client, "one").json()["already_here"] == 1
    assert uploaded(client, "two", tenant="south").status_code == 200
    quota(tenant, **dict.fromkeys(most))
    assert uploaded(client, "two").status_code == 200


def test_within_one_import_the_rest_is_refused_by_its_reason(
    tenant: Tenant, client: Client
) -> None:
    quota(tenant, calls_per_day=2)
    calls = [
        {"id": str(at), "utterances": [{"speaker": "A", "text": "hi", "start": 0, "end": 9}]}
        for at in range(3)
    ]
    body = "\n".join(map(json.dumps, calls))
    address, headers = "/api/v1/imports?name=calls.jsonl", {"Verbatim-Tenant": "cust-1"}
    answer = client.post(address, body, "application/octet-stream", headers=headers).json()
    assert [row["outcome"] for row in answer["results"]] == ["accepted", "accepted", "refused"]
    assert "quota of 2 calls" in str(answer["results"][2])


@pytest.mark.django_db(transaction=True)
def test_a_polled_source_waits_for_room_and_loses_nothing(
    tenant: Tenant, settings: Settings
) -> None:
    quota(tenant, calls_per_day=0)
    with Sandbox(accounts={KEY: payloads(2)}) as sandbox:
        settings.EGRESS_ALLOW_PRIVATE = frozenset({f"127.0.0.1:{sandbox.port}"})
        settings.FETCH_THREADS = 1
        begin(connected(tenant, sandbox.base_url))
        drain()
        with tenant_context(tenant.pk):
            job = Job.objects.get(kind=JobKind.FETCH)
            assert (job.state, job.last_error_code) == ("queued", "quota_reached")
            assert job.due_at > timezone.now() + timedelta(minutes=10)
            states = ListedCall.objects.values_list("state", flat=True)
            assert (set(states), Transcript.objects.count()) == ({"wanted"}, 0)
            Job.objects.update(due_at=timezone.now())
        quota(tenant, calls_per_day=10)
        drain()
    with tenant_context(tenant.pk):
        assert Transcript.objects.count() == 2
        assert Job.objects.get(kind=JobKind.FETCH).last_error_code == ""


def test_usage_counts_what_is_here_of_each_day_once(client: Client) -> None:
    one = world("a")
    Tenant.objects.filter(pk=one.tenant.pk).update(external_id="cust-1")
    with tenant_context(one.tenant.pk):
        Transcript.objects.update(duration_ms=90_000, payload=b"12345")
        QueueItem.objects.update(standing=Standing.OPEN)
    row = {
        "external_id": "cust-1", "slug": "a", "day": str(today()), "calls": 1, "minutes": 1.5,
        "findings": 1, "bytes": 5,
    }  # fmt: skip
    assert used(client).json() == {"results": [row], "next": None}
    with tenant_context(one.tenant.pk):
        QueueItem.objects.update(standing=Standing.SUPERSEDED)
    assert used(client).json()["results"] == [row | {"findings": 0}]
    with tenant_context(one.tenant.pk):
        Transcript.objects.update(state="deleted")
    assert used(client).json()["results"] == []


def test_an_id_lies_within_the_day_on_which_it_was_made() -> None:
    low, high = usage._span(timezone.now().date())
    assert low <= uuid7() < high


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"from": ""}, "from"),
        ({"from": "20260101"}, "from"),
        ({"to": "2026-02-30"}, "to"),
        ({"to": "9999-12-31"}, "to"),
        ({"to": today() - timedelta(days=9)}, "to"),
        ({"from": today() - timedelta(days=99)}, "to"),
        ({"day": "x"}, "day"),
        ({"limit": 0}, "limit"),
        ({"cursor": "x"}, "cursor"),
    ],
)
def test_a_range_that_is_none_is_refused_by_its_name(
    query: dict[str, Any], name: str, client: Client
) -> None:
    status, _, problem = api.problem(used(client, **query))
    assert (status, f"“{name}”" in problem["detail"]) == (400, True), problem["detail"]
