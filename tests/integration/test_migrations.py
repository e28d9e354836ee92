"""Migrations that touch rows: under row-level security one that forgets a tenant says nothing."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connections, transaction

from reviews.models import QueueItem
from reviews.models.tenancy import tenant_context
from tests.factories.tenants import world

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def test_the_queue_is_filled_with_the_findings_of_every_tenant() -> None:
    worlds = [world("a"), world("b")]
    for one in worlds:
        with tenant_context(one.tenant.pk):
            QueueItem.objects.all().delete()
    migration = import_module("reviews.migrations.0005_fill_queue")
    with transaction.atomic(using="owner"):
        migration.fill(None, SimpleNamespace(connection=connections["owner"]))
    for one in worlds:
        with tenant_context(one.tenant.pk):
            item = QueueItem.objects.get()
        assert (item.finding_id, item.rank, item.standing) == (one["Finding"].pk, 1, "open")
        assert (item.rubric_id, item.agent_id) == (one["Rubric"].pk, one["Agent"].pk)
