"""The pages of CRM connections: a secret that no page shows, a check before anything is on."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from reviews.export.crm import asking
from reviews.models import CrmConnection, CrmRun, MemberRole, Tenant
from reviews.models.secret import unseal
from reviews.models.tenancy import tenant_context
from tests.factories import demo, salesforce
from tests.factories.crm import connected

pytestmark = pytest.mark.django_db(transaction=True)
SLUG = "meridian-care"


@pytest.fixture
def tenant(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Tenant:
    monkeypatch.setattr(asking, "GAP_S", 0.0)
    return demo.evaluated(12)[SLUG]


@pytest.fixture
def admin(tenant: Tenant) -> Client:
    return demo.signed_in(MemberRole.TENANT_ADMIN)


@pytest.fixture
def crm(settings: Settings) -> Iterator[salesforce.Salesforce]:
    with salesforce.salesforce() as own:
        settings.EGRESS_ALLOW_PRIVATE = frozenset({own.entry})
        yield own


def at(name: str, *ids: object) -> str:
    return reverse(f"crm-{name}", args=[SLUG, *ids])


def page(client: Client, name: str, *ids: object, **asked: str) -> str:
    answer = client.get(at(name, *ids), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def act(client: Client, row: CrmConnection, name: str) -> tuple[int, str]:
    answer = client.post(at("change", row.pk), {"act": name}, follow=True)
    return answer.status_code, answer.content.decode()


def given(address: str, **changed: str) -> dict[str, str]:
    usual = {
        "name": "Sales",
        "environment": "production",
        "sign_in": "client",
        "address": address,
        "client_id": salesforce.CLIENT,
        "secret": salesforce.SECRET,
        "object_name": salesforce.OBJECT,
        "key_field": salesforce.KEY,
        "since": "2026-11-01",
        "to_score": "Score__c",
    }
    return usual | changed


def only(tenant: Tenant) -> CrmConnection:
    with tenant_context(tenant.pk):
        return CrmConnection.objects.get()


def test_one_is_made_checked_and_turned_on_and_its_secret_is_on_no_page(
    tenant: Tenant, admin: Client, crm: salesforce.Salesforce
) -> None:
    assert "No CRM is connected" in page(admin, "list")
    wrong = admin.post(at("new"), given(crm.url, to_score="no name"))
    assert (wrong.status_code, "API name" in wrong.content.decode()) == (422, True)
    assert salesforce.SECRET not in wrong.content.decode()
    assert admin.post(at("new"), given(crm.url)).status_code == 302
    row = only(tenant)
    assert unseal(bytes(row.sealed_secret)) == salesforce.SECRET
    shown = "".join(page(admin, name, row.pk) for name in ("detail", "edit", "preview"))
    assert salesforce.SECRET not in shown + page(admin, "list")
    assert act(admin, row, "on")[0] == 409
    assert "It can be turned on." in act(admin, row, "check")[1]
    assert "On. What waits" in act(admin, row, "on")[1]
    assert crm.writes == []
    assert "Off. What happens" in act(admin, row, "off")[1]
    assert "Deleted" in act(admin, row, "delete")[1]


def test_a_check_that_finds_something_says_what_and_nothing_is_turned_on(
    tenant: Tenant, admin: Client, crm: salesforce.Salesforce
) -> None:
    admin.post(at("new"), given(crm.url, to_score="Gone__c", secret="wrong"))
    row = only(tenant)
    assert "The CRM refuses the sign-in" in act(admin, row, "check")[1]
    assert admin.post(at("edit", row.pk), given(crm.url, to_score="Gone__c")).status_code == 302
    _, told = act(admin, row, "check")
    assert "The object has no such field" in told
    assert "Gone__c" in told
    assert act(admin, row, "on")[0] == 409


def test_a_run_lists_its_records_and_what_failed_is_tried_again(
    tenant: Tenant, admin: Client
) -> None:
    row = connected(tenant)
    assert "string too long" in page(admin, "detail", row.pk, state="failed")
    assert "duplicate value" not in page(admin, "detail", row.pk, state="failed")
    with tenant_context(tenant.pk):
        run = CrmRun.objects.get()
    assert "a01x00000000001AAA" in page(admin, "run", run.pk)
    assert "1 record is written again." in act(admin, row, "again")[1]
    assert "3 records are written again." in act(admin, row, "all")[1]
    assert admin.get(at("detail", row.pk), {"state": "odd"}).status_code == 400
    assert act(admin, row, "odd")[0] == 409


def test_an_integrator_may_not(tenant: Tenant) -> None:
    row, integrator = connected(tenant), demo.signed_in(MemberRole.INTEGRATOR)
    for address in (at("list"), at("new"), at("detail", row.pk), at("preview", row.pk)):
        assert integrator.get(address).status_code == 403
    assert act(integrator, row, "quotes_on")[0] == 403
