"""Webhooks over the API, as Zapier and Make subscribe and end them."""

import json
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from reviews import outbox
from reviews.accounts.keys import Scope
from reviews.export import hooks
from reviews.models import AuditEvent, Hook, Tenant, User
from reviews.models.secret import unseal
from reviews.models.tenancy import tenant_context
from tests.factories import api
from tests.factories.hooked import hooked
from tests.factories.tenants import make

pytestmark = pytest.mark.django_db(transaction=True)
WANTED = {"target_url": "https://hooks.zapier.example/7", "event": "finding.created"}


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="a", name="A")


def post(token: str, body: Any) -> Any:
    sent = body if isinstance(body, str) else json.dumps(body)
    return Client().post(
        "/api/v1/hooks", sent, content_type="application/json", headers=_bearer(token)
    )


def delete(token: str, hook_id: object) -> Any:
    return Client().delete(f"/api/v1/hooks/{hook_id}", headers=_bearer(token))


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_program_subscribes_is_listed_and_ends_it(tenant: Tenant) -> None:
    token = api.token(tenant)
    made = post(token, WANTED)
    assert (made.status_code, set(made.json())) == (201, {"id", "secret"})
    with tenant_context(tenant.pk):
        row = Hook.objects.get()
        assert unseal(bytes(row.sealed_secret)) == made.json()["secret"]
    (shown,) = api.get(token, "hooks").json()["results"]
    assert shown["id"] == made.json()["id"]
    assert (shown["name"], shown["events"]) == ("hooks.zapier.example", ["finding.created"])
    assert (shown["state"], shown["origin"], shown["waiting"]) == ("active", "api", 0)
    assert "secret" not in shown
    assert delete(token, row.pk).status_code == 204
    assert delete(token, row.pk).status_code == 404
    with tenant_context(tenant.pk):
        acts = AuditEvent.objects.filter(target_kind="hook").order_by("sequence")
        assert list(acts.values_list("event", flat=True)) == ["webhook.made", "webhook.deleted"]
        assert all(act.api_key_id for act in acts)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "no JSON object"),
        ("[1]", "no JSON object"),
        ("[" * 9000, "no JSON object"),
        ({}, "target_url"),
        ({"target_url": 7}, "target_url"),
        (WANTED | {"colour": "red"}, "colour"),
        (WANTED | {"events": ["finding.created"]}, "beside"),
        (WANTED | {"event": 7}, "list of texts"),
        (WANTED | {"event": "no.such"}, "finding.created"),
        (WANTED | {"event": "ping"}, "not known"),
        (WANTED | {"name": ""}, "name"),
        (WANTED | {"name": "\x00"}, "name"),
        (WANTED | {"name": "\ud800"}, "name"),
        (WANTED | {"\ud800": 1}, "a field"),
        (WANTED | {"target_url": "https://169.254.169.254/"}, "not on the open internet"),
        (WANTED | {"target_url": "http://hooks.example/"}, "https"),
        (WANTED | {"target_url": "https://[::1"}, "cannot be read"),
        (WANTED | {"target_url": "https://a.example/" + "x" * 500}, "518 characters"),
    ],
)
def test_what_cannot_be_is_a_422_that_says_why(body: Any, said: str, tenant: Tenant) -> None:
    status, _, problem = api.problem(post(api.token(tenant), body))
    assert (status, said in problem["detail"]) == (422, True), problem
    with tenant_context(tenant.pk):
        assert not Hook.objects.exists()


def test_reading_and_writing_are_scopes_of_their_own(tenant: Tenant) -> None:
    reads, writes = api.token(tenant, Scope.HOOKS), api.token(tenant, Scope.WRITE_HOOKS)
    assert post(reads, WANTED).status_code == 403
    made = post(writes, WANTED).json()
    assert api.get(writes, "hooks").status_code == 403
    assert delete(reads, made["id"]).status_code == 403
    assert delete(writes, made["id"]).status_code == 204


def test_what_a_person_made_or_another_tenant_has_is_not_a_programs_to_end(tenant: Tenant) -> None:
    token, other = api.token(tenant), Tenant.objects.create(slug="b", name="B")
    assert delete(token, hooked(tenant).pk).status_code == 409
    theirs = post(api.token(other), WANTED).json()["id"]
    assert delete(token, theirs).status_code == 404


@pytest.mark.parametrize("kind", hooks.SUBSCRIBABLE)
def test_samples_have_the_shape_of_what_is_sent(kind: str, tenant: Tenant) -> None:
    samples = api.get(api.token(tenant), f"hooks/samples/{kind}").json()
    assert len({each["id"] for each in samples}) == 3
    for each in samples:
        assert set(each) == {"id", "type", "timestamp", "data"}
        assert each["type"] == kind
        assert set(each["data"]) == {"id", "sequence", *outbox.SHAPES[kind]}  # type: ignore[index] # a kind is its text
    assert api.get(api.token(tenant), "hooks/samples/no.such").status_code == 404


def narrowed(**filters: Any) -> dict[str, Any]:
    return {**WANTED, "name": "n", "filters": filters}


def test_a_program_subscribes_to_some_findings_only(tenant: Tenant) -> None:
    token = api.token(tenant)
    with tenant_context(tenant.pk):
        source = make("Source", tenant, User.objects.create_user("a@example.test"), {})
    asked = narrowed(severity="high", rules=["advice"], sources=[str(source.pk)])
    assert post(token, asked).status_code == 201
    (shown,) = api.get(token, "hooks").json()["results"]
    assert shown["filters"] == asked["filters"]
    with tenant_context(tenant.pk):
        row = Hook.objects.get()
    assert (row.least_severity, row.rules, row.sources) == ("high", ["advice"], [source.pk])


def patch(token: str, hook_id: object, body: Any, **headers: str) -> Any:
    sent = body if isinstance(body, str) else json.dumps(body)
    return Client().patch(
        f"/api/v1/hooks/{hook_id}",
        sent,
        content_type="application/json",
        headers=_bearer(token) | headers,
    )


def test_a_program_changes_what_it_is_told_where_it_saw_what_was_there(tenant: Tenant) -> None:
    token = api.token(tenant)
    made = post(token, narrowed(rules=["advice"])).json()["id"]
    seen = api.get(token, f"hooks/{made}")
    assert seen.json()["filters"] == {"rules": ["advice"]}
    tag = {"If-Match": seen["ETag"]}
    changed = patch(token, made, {"filters": {"severity": "high"}}, **tag)
    assert (changed.status_code, changed.json()["filters"]) == (200, {"severity": "high"})
    assert changed["ETag"] != seen["ETag"]
    assert patch(token, made, {"filters": {}}, **tag).status_code == 412
    assert patch(token, made, {"filters": {}, "events": []}).json()["events"] == []
    assert patch(token, hooked(tenant).pk, {"filters": {}}).status_code == 409
    assert patch(api.token(tenant, Scope.HOOKS), made, {"filters": {}}).status_code == 403
    for body, said in (
        ({}, "without a field"),
        ({"target_url": "https://a.example/"}, "a field"),
        ({"events": "finding.created"}, "no list of texts"),
        ({"filters": {"rules": ["\u0000"]}}, "no list of plain texts"),
        ({"filters": {"severity": "high"}}, "besides those of findings"),
        ('{"filters": NaN}', "no JSON object"),
    ):
        status, _, problem = api.problem(patch(token, made, body))
        assert (status, said in problem["detail"]) == (422, True), problem
    with tenant_context(tenant.pk):
        acts = AuditEvent.objects.filter(event="webhook.changed", target_id=made)
        assert acts.count() == 2
        assert all(act.api_key_id for act in acts)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"filters": []}, "no object of known names"),
        ({"filters": {"agent": "7"}}, "no object of known names"),
        ({"filters": {"severity": "grave"}}, "a severity that is not known"),
        ({"filters": {"severity": 3}}, "no text"),
        ({"filters": {"rules": "advice"}}, "no list of plain texts"),
        ({"filters": {"rules": ["a\u0000"]}}, "no list of plain texts"),
        ({"filters": {"rules": [""]}}, "a code that no rule can have"),
        ({"filters": {"rules": ["a"] * 201}}, "more than 200"),
        ({"filters": {"sources": ["7"]}}, "no ids"),
        ({"filters": {"sources": [str(UUID(int=7))]}}, "a source that is not there"),
        ({"event": "source.expiring", "filters": {"rules": ["a"]}}, "besides those of findings"),
    ],
)
def test_filters_that_cannot_be_are_refused(
    changed: dict[str, Any], said: str, tenant: Tenant
) -> None:
    answer = post(api.token(tenant), WANTED | changed)
    assert (answer.status_code, answer.json()["code"]) == (422, "hook_refused")
    assert said in answer.json()["detail"]
