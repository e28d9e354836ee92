"""Ids of other systems and the log of what was written to a CRM, over the API."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from reviews.accounts.keys import Scope
from reviews.models import Agent, AuditEvent, CrmRecord, CrmRun, ExternalId, Tenant
from reviews.models.tenancy import tenant_context
from tests.factories import api
from tests.factories.tenants import World, world
from tests.integration.test_api import curl

pytestmark = pytest.mark.django_db(transaction=True)
GUIDE = Path(__file__).parents[2] / "docs" / "integrator" / "crm.md"
IDS = {"call": {"salesforce": "02s5e00000AbCdE", "zendesk": "7"}, "account": {"hubspot": "77"}}


@pytest.fixture
def own() -> World:
    return world("a")


def put(token: str, address: str, body: Any, **headers: str) -> Any:
    sent = body if isinstance(body, str) else json.dumps(body)
    return Client().put(
        f"/api/v1/{address}",
        sent,
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}", **headers},
    )


def of_call(own: World) -> str:
    return f"calls/{own['Transcript'].pk}/external-ids"


def test_a_calls_ids_are_put_shown_and_replaced(own: World) -> None:
    token = api.token(own.tenant)
    assert put(token, of_call(own), IDS).json() == {**IDS, "opportunity": {}}
    assert api.get(token, of_call(own)).json() == {**IDS, "opportunity": {}}
    with tenant_context(own.tenant.pk):
        kept = ExternalId.objects.get(kind="account").pk
    changed = {"call": {"zendesk": "8"}, "account": {"hubspot": "77"}}
    assert put(token, of_call(own), changed).json()["call"] == {"zendesk": "8"}
    assert put(token, of_call(own), changed).status_code == 200
    with tenant_context(own.tenant.pk):
        assert ExternalId.objects.get(kind="account").pk == kept
        trail = AuditEvent.objects.filter(event="external_ids.set")
        assert [each.data for each in trail] == [{"count": 3}, {"count": 2}, {"count": 2}]


@pytest.mark.parametrize("address", ["calls/0", "agents/0", "agents/0/1"])
def test_an_address_of_ids_is_never_one_of_a_name(address: str, own: World) -> None:
    token = api.token(own.tenant)
    status, _, problem = api.problem(put(token, f"{address}/external-ids", {}))
    assert (status, problem["code"]) == (404, "not_found")
    assert api.get(token, f"{address}/external-ids").status_code == 404


def test_who_says_what_was_seen_replaces_nothing_else(own: World) -> None:
    token = api.token(own.tenant)
    for address in (of_call(own), f"agents/{own['Agent'].pk}/external-ids"):
        ids = {address.partition("s/")[0]: {"other": "1"}}
        seen = api.get(token, address)["ETag"]
        first = put(token, address, ids, **{"If-Match": seen})
        assert (first.status_code, first["ETag"] != seen) == (200, True)
        late = put(token, address, {}, **{"If-Match": seen})
        assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")
        assert api.get(token, address)["ETag"] == first["ETag"]
        assert put(token, address, {}, **{"If-Match": first["ETag"]}).status_code == 200
        assert put(token, address, ids, **{"If-None-Match": "*"}).status_code == 412


def test_the_commands_of_the_guide_are_answered(own: World, live_server: LiveServer) -> None:
    given = {
        "BASE": live_server.url,
        "KEY": api.token(own.tenant),
        "CALL": str(own["Transcript"].pk),
        "AGENT": str(own["Agent"].pk),
    }
    commands = re.findall(r"^curl .*$", GUIDE.read_text(), re.MULTILINE)
    put_, read, agent, runs = (curl(command, given) for command in commands)
    assert read == put_ == {"call": {"salesforce": "02s5e00000AbCdE"}} | put_
    assert list(agent) == ["agent"]
    assert [each["id"] for each in runs["results"]] == [str(own["CrmRun"].pk)]


def test_an_agents_id_is_its_own(own: World) -> None:
    token = api.token(own.tenant)
    ids = {"agent": {"salesforce": "0055e00000AbCdE"}}
    address = f"agents/{own['Agent'].pk}/external-ids"
    assert put(token, address, ids).json() == ids
    with tenant_context(own.tenant.pk):
        second = Agent.objects.create(tenant=own.tenant, external_id="a-2")
    status, _, problem = api.problem(put(token, f"agents/{second.pk}/external-ids", ids))
    assert (status, "another one has it" in problem["detail"]) == (409, True)
    assert api.get(token, address).json() == ids


BAD: list[tuple[Any, str]] = [
    ("", "no JSON object"),
    ("[1]", "no JSON object"),
    ("[" * 9000, "no JSON object"),
    ({"agent": {"other": "1"}}, "Known: call"),
    ({"call": []}, "no object"),
    ({"call": {"sap": "1"}}, "Known: salesforce"),
    ({"call": {"other": 7}}, "call.other"),
    ({"call": {"other": None}}, "leave it out"),
    ({"call": {"other": ""}}, "0 characters"),
    ({"call": {"other": "a\x00b"}}, "ids do not have"),
    ({"call": {"other": "\ud800"}}, "ids do not have"),
    ({"call": {"other": "x" * 101}}, "101 characters"),
    ({"\ud800": {}}, "a name"),
    ('{"call": NaN}', "no JSON object"),
]
"""A body, and what its refusal says."""


def test_what_cannot_be_is_a_422_that_names_the_field(own: World) -> None:
    token = api.token(own.tenant)
    for body, said in BAD:
        status, _, problem = api.problem(put(token, of_call(own), body))
        assert (status, said in problem["detail"]) == (422, True), (body, problem)


def test_reading_and_telling_are_scopes_of_their_own_and_others_ids_are_absent(own: World) -> None:
    reads = api.token(own.tenant, Scope.EXTERNAL_IDS)
    assert put(reads, of_call(own), IDS).status_code == 403
    assert api.get(reads, of_call(own)).status_code == 200
    other = api.token(Tenant.objects.create(slug="b", name="B"))
    assert put(other, of_call(own), IDS).status_code == 404
    assert api.get(other, f"crm/runs/{own['CrmRun'].pk}/records").status_code == 404


def test_runs_and_their_records_are_read_page_by_page(own: World) -> None:
    token = api.token(own.tenant, Scope.CRM)
    with tenant_context(own.tenant.pk):
        run = own["CrmRun"]
        first = CrmRun.objects.create(
            tenant=own.tenant, connection=run.connection, started_at=run.started_at
        )
    runs = api.rows(token, "crm/runs", limit=1)
    assert [each["id"] for each in runs] == [str(first.pk), str(run.pk)]
    assert runs[1]["system"] == "salesforce"
    (record,) = api.rows(token, f"crm/runs/{run.pk}/records", limit=1)
    with tenant_context(own.tenant.pk):
        assert record["evaluation"] == str(CrmRecord.objects.get().evaluation_id)
    assert (record["state"], record["code"]) == ("failed", "rejected")
