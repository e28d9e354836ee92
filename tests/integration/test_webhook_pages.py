"""The pages of webhooks: made with a secret that is shown once, watched, tried and taken away."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reviews.models import (
    AuditEvent,
    Delivery,
    Hook,
    MemberRole,
    Membership,
    Tenant,
    User,
)
from reviews.models.secret import unseal
from reviews.models.tenancy import tenant_context
from tests.factories.hooked import hooked

pytestmark = pytest.mark.django_db(transaction=True)
WANTED = {"name": "CRM", "url": "https://flow.example/hook", "events": ["finding.created"]}


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="a", name="A")


def person(tenant: Tenant, role: MemberRole) -> Client:
    user = User.objects.create_user(f"{role}@example.test")
    with tenant_context(tenant.pk):
        Membership.objects.create(tenant=tenant, user=user, role=role)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def integrator(tenant: Tenant) -> Client:
    return person(tenant, MemberRole.INTEGRATOR)


def at(name: str, *ids: object) -> str:
    return reverse(f"webhook-{name}", args=["a", *ids])


def page(client: Client, name: str, *ids: object, **asked: str) -> str:
    answer = client.get(at(name, *ids), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def only(tenant: Tenant) -> Hook:
    with tenant_context(tenant.pk):
        return Hook.objects.get()


def acts(tenant: Tenant) -> list[str]:
    with tenant_context(tenant.pk):
        rows = AuditEvent.objects.filter(target_kind="hook").order_by("sequence")
        return list(rows.values_list("event", flat=True))


def test_a_webhook_is_made_and_its_secret_is_shown_once(tenant: Tenant, integrator: Client) -> None:
    assert "No webhook is set up" in page(integrator, "list")
    made = integrator.post(at("new"), WANTED)
    secret = re.findall(r'id="secret">(whsec_[^<]+)<', made.content.decode())
    hook = only(tenant)
    assert secret == [unseal(bytes(hook.sealed_secret))]
    assert made["Cache-Control"].count("no-store") == 1
    assert (hook.name, hook.events) == ("CRM", ["finding.created"])
    shown = page(integrator, "list") + page(integrator, "detail", hook.pk)
    assert "flow.example" in shown
    assert "whsec_" not in shown
    again = integrator.post(at("new"), WANTED)
    assert again.status_code == 422
    assert "a name that is taken" in again.content.decode()
    assert acts(tenant) == ["webhook.made"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"url": "http://10.0.0.1/"}, "destination is refused"),
        ({"url": "ftp://flow.example"}, "destination is refused"),
        ({"name": ""}, "required"),
        ({"events": ["no.such"]}, "Select a valid choice"),
        ({"events": ["ping"]}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_refused_in_the_form(
    changed: dict[str, Any], said: str, tenant: Tenant, integrator: Client
) -> None:
    answer = integrator.post(at("new"), WANTED | changed)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    with tenant_context(tenant.pk):
        assert not Hook.objects.exists()


def test_a_webhook_is_paused_tested_rotated_and_deleted(tenant: Tenant, integrator: Client) -> None:
    hook = hooked(tenant)
    for act in ("pause", "resume", "test"):
        assert integrator.post(at("change", hook.pk), {"act": act}).status_code == 302
    made = re.findall(r'name="made" value="(\w+)"', page(integrator, "detail", hook.pk))[0]
    assert "whsec_" in integrator.post(at("secret", hook.pk), {"made": made}).content.decode()
    assert integrator.post(at("secret", hook.pk), {"made": made}).status_code == 409
    assert integrator.post(at("change", hook.pk), {"act": "explode"}).status_code == 409
    assert integrator.post(at("change", hook.pk), {"act": "delete"}).status_code == 302
    assert integrator.get(at("detail", hook.pk)).status_code == 404
    assert [each.removeprefix("webhook.") for each in acts(tenant)] == [
        *("made", "paused", "resumed", "tested", "rotated", "deleted")
    ]


def test_what_a_webhook_that_is_off_cannot_do_says_why(tenant: Tenant, integrator: Client) -> None:
    hook = hooked(tenant)
    with tenant_context(tenant.pk):
        Hook.objects.update(state="off", off_code="failing", failing_since=timezone.now())
    shown = page(integrator, "detail", hook.pk)
    assert "it went wrong for too long" in shown
    assert re.search(r'value="test" disabled aria-describedby="no-test"', shown)
    for act in ("pause", "test"):
        assert integrator.post(at("change", hook.pk), {"act": act}).status_code == 409


def test_the_log_shows_what_came_of_each_and_sends_it_again(
    tenant: Tenant, integrator: Client
) -> None:
    hook = hooked(tenant)
    shown = page(integrator, "detail", hook.pk)
    assert shown.count("<code>ping</code>") == 4
    for said in ("204", "400", "rejected", "no answer", "too old", "15000 ms"):
        assert said in shown
    failed = page(integrator, "detail", hook.pk, state="failed")
    assert failed.count("<code>ping</code>") == 1
    assert integrator.get(at("detail", hook.pk), {"state": "lost"}).status_code == 400
    with tenant_context(tenant.pk):
        one, waiting = (Delivery.objects.get(state=each) for each in ("delivered", "waiting"))
    assert integrator.post(at("redeliver", waiting.pk)).status_code == 409
    assert integrator.post(at("redeliver", one.pk)).status_code == 302
    assert integrator.post(at("change", hook.pk), {"act": "redeliver"}).status_code == 302
    with tenant_context(tenant.pk):
        assert Delivery.objects.filter(state="waiting").count() == 3


def test_the_log_is_paged(
    tenant: Tenant, integrator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviews.queries.webhooks.PAGE", 3)
    hook = hooked(tenant)
    first = page(integrator, "detail", hook.pk)
    (after,) = re.findall(r"after=([0-9a-f-]{36})", first)
    second = page(integrator, "detail", hook.pk, after=after)
    assert (first.count("<code>ping</code>"), second.count("<code>ping</code>")) == (3, 1)


@pytest.mark.parametrize("role", list(MemberRole))
def test_only_admins_and_integrators_manage_webhooks(role: MemberRole, tenant: Tenant) -> None:
    client, hook = person(tenant, role), hooked(tenant)
    may = role in (MemberRole.TENANT_ADMIN, MemberRole.INTEGRATOR)
    assert client.get(at("list")).status_code == (200 if may else 403)
    assert client.post(at("change", hook.pk), {"act": "pause"}).status_code == (302 if may else 403)


def test_another_tenants_webhook_is_absent(tenant: Tenant, integrator: Client) -> None:
    other = Tenant.objects.create(slug="b", name="B")
    theirs = hooked(other)
    with tenant_context(other.pk):
        delivery = Delivery.objects.filter(state="failed").get()
    assert integrator.get(at("detail", theirs.pk)).status_code == 404
    assert integrator.post(at("change", theirs.pk), {"act": "delete"}).status_code == 404
    assert integrator.post(at("redeliver", delivery.pk)).status_code == 404


def test_a_webhook_is_told_of_some_findings_only_where_the_form_says_so(
    tenant: Tenant, integrator: Client
) -> None:
    narrowed = WANTED | {"least_severity": "high", "rules": "advice\nnotice "}
    refused = integrator.post(at("new"), narrowed | {"events": ["source.expiring"]})
    assert refused.status_code == 422
    assert "besides those of findings" in refused.content.decode()
    assert integrator.post(at("new"), narrowed).status_code == 200
    hook = only(tenant)
    assert (hook.least_severity, hook.rules) == ("high", ["advice", "notice"])
    assert "advice, notice" in page(integrator, "detail", hook.pk)
    changed = {"events": ["finding.reviewed"], "least_severity": "critical"}
    assert (
        integrator.post(at("edit", hook.pk), {"rules": "a", **changed, "events": []}).status_code
        == 422
    )
    assert integrator.post(at("edit", hook.pk), changed).status_code == 302
    hook = only(tenant)
    assert (hook.events, hook.least_severity, hook.rules) == (["finding.reviewed"], "critical", [])
    assert acts(tenant) == ["webhook.made", "webhook.changed"]
    other = {"name": "other", "events": ["source.expiring"]}
    assert integrator.post(at("new"), WANTED | other).status_code == 200
