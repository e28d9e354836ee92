"""Agents that another system names, the trail and the parts of a rubric, as programs read them."""

import json
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client

from reviews.models import Agent, AuditEvent, RubricVersion, Team, Tenant
from reviews.models.tenancy import tenant_context
from tests.factories import api, demo

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def care() -> Tenant:
    return demo.evaluated(24)["meridian-care"]


@pytest.fixture
def key(care: Tenant) -> str:
    return api.token(care)


def put(key: str, name: str, body: object, **headers: str) -> Any:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {"Authorization": f"Bearer {key}"} | {
        header.replace("_", "-"): value for header, value in headers.items()
    }
    return Client(raise_request_exception=False).put(
        f"/api/v1/agents/{name}", sent, content_type="application/json", headers=given
    )


def events(care: Tenant) -> int:
    with tenant_context(care.pk):
        return AuditEvent.objects.filter(event="agent.changed").count()


def test_an_agent_is_made_left_and_changed(key: str, care: Tenant) -> None:
    first = put(key, "crm/9", {"name": "Ana Reyes", "team": "North"})
    assert (first.status_code, first.json()["team"]) == (201, "North")
    same = put(key, "crm/9", {"name": "Ana Reyes", "team": "North"})
    assert (same.status_code, same["ETag"], events(care)) == (200, first["ETag"], 1)
    changed = put(key, "crm/9", {"name": "Ana Reyes"})
    assert (changed.status_code, changed.json()["team"], events(care)) == (200, "", 2)
    read = api.get(key, "agents/crm/9")
    assert (read.json(), read["ETag"]) == (changed.json(), changed["ETag"])
    assert read["ETag"] != first["ETag"]
    with tenant_context(care.pk):
        assert Agent.objects.get(external_id="crm/9").name == "Ana Reyes"
        assert Team.objects.filter(name="North").count() == 1


def test_a_write_that_saw_another_state_is_refused(key: str) -> None:
    tag = put(key, "9", {"name": "Ana"})["ETag"]
    assert put(key, "9", {"name": "Bea"}, If_None_Match="*").status_code == 412
    assert put(key, "9", {"name": "Bea"}, If_Match=tag).status_code == 200
    assert put(key, "9", {"name": "Cia"}, If_Match=tag).status_code == 412
    assert put(key, "none", {"name": "Cia"}, If_Match=tag).status_code == 412


def test_every_agent_is_listed_once(key: str, care: Tenant) -> None:
    for number in range(5):
        put(key, f"crm-{number}", {})
    rows = api.rows(key, "agents", limit=2)
    with tenant_context(care.pk):
        assert [row["id"] for row in rows] == [
            str(each.pk) for each in Agent.objects.order_by("pk")
        ]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b'{"name": 7}', b'{"name": "a\\nb"}', b'{"name": "\\ud800"}', b'{"id": "x"}',
        b'{"name": "a\\u0000"}', b'{"team": null}', b'{"name": "' + b"x" * 300 + b'"}', b"\xff",
        b'{"name": NaN}', b"[" * 9_000,
    ],
)  # fmt: skip
def test_a_body_that_is_no_agent_is_refused(body: bytes, key: str, care: Tenant) -> None:
    status, _, problem = api.problem(put(key, "9", body))
    assert (status, problem["code"]) == (400, "parameter_refused")
    assert events(care) == 0


def test_the_trail_is_read_in_order_without_a_gap(key: str, care: Tenant) -> None:
    rows = api.rows(key, "audit", limit=2)
    assert [row["sequence"] for row in rows] == list(range(1, len(rows) + 1))
    linked = pairwise(rows)
    assert all(before["sha256"] == row["previous_sha256"] for before, row in linked)
    with tenant_context(care.pk):
        assert len(rows) == AuditEvent.objects.count() > 2
    assert api.rows(key, "audit", after=len(rows) - 1) == rows[-1:]
    assert api.get(key, "audit", after="-1").status_code == 400


def test_a_versions_lists_and_documents_are_its_files(key: str, care: Tenant) -> None:
    with tenant_context(care.pk):
        versions = {str(row.pk): json.loads(row.document) for row in RubricVersion.objects.all()}
    shown = 0
    for version, document in versions.items():
        lists = api.get(key, f"rubric-versions/{version}/phrase-lists").json()["results"]
        assert {each["name"]: each["phrases"] for each in lists} == document["lists"]
        documents = api.get(key, f"rubric-versions/{version}/documents").json()["results"]
        assert documents == document.get("documents", [])
        shown += len(lists) + len(documents)
    assert shown
