"""Platform keys: of the installation, tied to networks, and acting for the tenant they name."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from reviews.accounts import keys
from reviews.accounts.keys import PlatformScope, Scope
from reviews.models import ApiAnswer, ApiKey, AuditEvent, Job, Tenant
from reviews.models.tenancy import tenant_context
from reviews.models.tenant import INSTANCE_ID
from tests.factories import api
from tests.factories.api import HERE
from tests.factories.api import platform as made
from tests.integration.test_keys import published, run

pytestmark = pytest.mark.django_db
NOW = timezone.now()
CALL = b'{"text": "Thank you for calling. Goodbye."}'


@pytest.fixture
def north() -> Tenant:
    return Tenant.objects.create(slug="north", name="North", external_id="cust-1")


@pytest.fixture
def south() -> Tenant:
    return Tenant.objects.create(slug="south", name="South")


def asked(of: keys.Made, address: str, tenant: str | None = None, **more: Any) -> Any:
    headers = {"Authorization": f"Bearer {of.token}"}
    if tenant is not None:
        headers["Verbatim-Tenant"] = tenant
    return Client(**more).get(f"/api/v1/{address}", headers=headers)


def test_a_platform_key_reads_what_its_header_names_and_nothing_else(
    north: Tenant, south: Tenant
) -> None:
    of = made()
    for tenant in (north, south):
        api.made(tenant, Scope.HOOKS)
    assert asked(of, "hooks", "cust-1").status_code == 200
    assert asked(of, "hooks", "north").status_code == 200
    assert asked(made(Scope.FINDINGS), "hooks", "north").status_code == 403


@pytest.mark.parametrize("named", ["none", "_instance", "gone", "late", "", "é", "a\0b", "x" * 300])
def test_who_is_not_open_is_answered_like_an_absent_one(named: str, north: Tenant) -> None:
    Tenant.objects.create(slug="gone", name="Gone", suspended_at=NOW)
    Tenant.objects.create(slug="late", name="Late", erased_at=NOW)
    status, _, body = api.problem(asked(made(), "hooks", named))
    assert (status, body["code"]) == (404, "not_found")
    assert body == api.problem(asked(made(), f"hooks/{uuid4()}x", "north"))[2]


def test_a_header_that_does_not_fit_the_key_is_refused(north: Tenant) -> None:
    own, of = api.made(north), made()
    for answer, wanted in (
        (asked(own, "hooks", "north"), (403, "tenant_not_of_key")),
        (asked(of, "hooks"), (400, "tenant_required")),
        (asked(of, "platform/tenants", "north"), (400, "parameter_refused")),
        (asked(own, "platform/tenants"), (403, "scope_missing")),
    ):
        status, _, body = api.problem(answer)
        assert (status, body["code"]) == wanted


def test_from_another_network_it_is_answered_like_no_key(north: Tenant) -> None:
    of = made(networks=("203.0.113.0/24",))
    nothing = api.problem(Client().get("/api/v1/hooks"))
    assert api.problem(asked(of, "hooks", "north")) == nothing
    assert asked(of, "hooks", "north", REMOTE_ADDR="203.0.113.9").status_code == 200


def test_what_it_does_is_on_the_tenants_trail_under_its_id_and_done_once(north: Tenant) -> None:
    of = made(Scope.IMPORT)
    headers = {"Authorization": f"Bearer {of.token}", "Verbatim-Tenant": "cust-1"}
    headers["Idempotency-Key"] = "one"
    sent = [
        Client().post("/api/v1/imports?name=a.json", CALL, "application/json", headers=headers)
        for _ in range(2)
    ]
    assert sent[1]["Idempotent-Replayed"] == "true"
    assert sent[0].content == sent[1].content
    with tenant_context(north.pk):
        rows = AuditEvent.objects.values_list("event", "api_key_id")
        assert set(rows) == {("source.connected", of.row.pk), ("calls.imported", of.row.pk)}
        assert ApiAnswer.objects.get().api_key_id == of.row.pk
    with tenant_context(INSTANCE_ID):
        assert [row.event for row in AuditEvent.objects.all()] == ["api_key.made"]
        assert ApiKey.objects.get().last_used_at is not None
        assert not Job.objects.exists(), "nobody is there who could be told of its end"


def test_the_database_holds_tenants_keys_and_platform_keys_apart(north: Tenant) -> None:
    of = made()
    for tenant_id, changes, name in (
        (INSTANCE_ID, {"networks": []}, "api_key_of_the_instance_tied"),
        (north.pk, {"networks": [HERE]}, "api_key_platform_of_the_instance"),
    ):
        row = ApiKey.objects.model(
            tenant_id=tenant_id, name="x", prefix="x", secret_sha256=bytes(32),
            scopes=["read:platform"], expires_at=of.row.expires_at, **changes,
        )  # fmt: skip
        with (
            pytest.raises(IntegrityError, match=name),
            transaction.atomic(),
            tenant_context(tenant_id),
        ):
            row.save(force_insert=True)
    wanted = keys.Wanted("x", [PlatformScope.READ], 1, [HERE])
    with pytest.raises(keys.KeyRefused, match="scopes are refused"):
        keys.create(tenant_id=north.pk, wanted=wanted, by=None, now=NOW)


def test_the_command_makes_ties_rotates_and_revokes_one() -> None:
    def command(*arguments: str) -> str:
        return run(*arguments, whose="--platform")[0]

    with pytest.raises(CommandError, match="A platform key is refused: no network"):
        command("create", "--name=p", "--scopes=read:platform")
    scopes = "--scopes=read:platform,write:platform,write:transcripts"
    token = command("create", "--name=p", scopes, f"--networks={HERE}")
    assert published().fullmatch(token), "the same expression finds it"
    own = token.split("_")[3]
    with pytest.raises(CommandError, match="A platform key is refused: no network"):
        command("networks", own)
    assert command("rotate", own, "--overlap-hours=0") != token
    assert command("revoke", own).startswith(own)
    assert re.search("p +read:platform,write:platform", command("list"))
    with tenant_context(INSTANCE_ID):
        events = [row.event for row in AuditEvent.objects.order_by("sequence")]
    assert events == ["api_key.made", "api_key.rotated", "api_key.revoked"]
    with pytest.raises(CommandError):
        call_command("api_key", "list")
