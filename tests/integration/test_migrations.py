"""Migrations that touch rows: under row-level security one that forgets a tenant says nothing."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connections, transaction

from reviews.models import QueueItem, Source, VendorAccount
from reviews.models.tenancy import tenant_context
from tests.factories.tenants import world

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def test_the_queue_is_filled_with_the_findings_of_every_tenant() -> None:
    worlds = [world("a"), world("b")]
    for one in worlds:
        with tenant_context(one.tenant.pk):
            QueueItem.objects.all().delete()
    migration = import_module("reviews.migrations.0005_fill_queue")
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        for change in ("SET DEFAULT {}", "DROP DEFAULT"):  # columns that came after it
            if change == "DROP DEFAULT":
                migration.fill(None, SimpleNamespace(connection=connections["owner"]))
            for column, value in (("level", "0"), ("lowered_to", "''")):
                cursor.execute(
                    f"ALTER TABLE reviews_queueitem ALTER {column} " + change.format(value)
                )
    for one in worlds:
        with tenant_context(one.tenant.pk):
            item = QueueItem.objects.get()
        assert (item.finding_id, item.rank, item.standing) == (one["Finding"].pk, 1, "open")
        assert (item.rubric_id, item.agent_id) == (one["Rubric"].pk, one["Agent"].pk)


def test_the_account_of_every_tenants_source_is_its_own() -> None:
    worlds = [world("a"), world("b")]
    accounts = [VendorAccount.objects.create(fingerprint=bytes([at])) for at in range(2)]
    for one, account in zip(worlds, accounts, strict=True):
        with tenant_context(one.tenant.pk):
            Source.objects.update(account=account)
    with tenant_context(worlds[1].tenant.pk):  # as was possible before
        later = Source.objects.create(
            tenant=worlds[1].tenant, kind="assemblyai", name="later", base_url="http://127.0.0.1:9",
            account=accounts[0],
        )  # fmt: skip
    assert later.pk > worlds[0]["Source"].pk
    migration = import_module("reviews.migrations.0015_route_row_level_security")
    with transaction.atomic(using="owner"):
        migration.claim_accounts(None, SimpleNamespace(connection=connections["owner"]))
    claimed = list(VendorAccount.objects.order_by("fingerprint").values_list("connected_by"))
    assert claimed == [(one["Source"].pk,) for one in worlds]
