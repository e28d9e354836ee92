"""The demo's tenants, people and calls in the database, without its processes."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.test import Client, override_settings
from django.utils import timezone

from reviews.demo import build, names, seed
from reviews.evaluation import run
from reviews.ingest import store
from reviews.models import MemberRole, Source, Tenant, User
from reviews.models.tenancy import tenant_context
from reviews.sources.assemblyai.wire import parse
from reviews.sources.intake import receive
from tests.database import SERVER
from tests.factories.kept import Kept, kept, put_back
from tests.factories.loop import drain

PASSWORD = "correct horse battery"


def tenants() -> list[Tenant]:
    """Their source and their language model are an address that nobody listens at."""
    with override_settings(EGRESS_ALLOW_PRIVATE=frozenset({"127.0.0.1:9"})):
        return seed.seed(base_url="http://127.0.0.1:9", password=PASSWORD, now=timezone.now())


def keep_payload(tenant: Tenant, payload: dict[str, Any]) -> None:
    """Store and evaluate one."""
    _keep(tenant, payload, is_scheduled=True)
    drain()


def keep(tenant: Tenant, call: build.DemoCall, *, is_scheduled: bool = False) -> None:
    """Store a call as if it had been fetched."""
    _keep(tenant, call.payload, is_scheduled=is_scheduled)


def _keep(tenant: Tenant, payload: Mapping[str, Any], *, is_scheduled: bool) -> None:
    received = receive(json.dumps(payload).encode())
    with tenant_context(tenant.pk):
        source = Source.objects.get()
        fetched = parse(received.value, call_url=received.call_url)
        row = store.store(source=source, received=received, fetched=fetched, now=timezone.now())
        if row is not None and is_scheduled:
            run.schedule(row)


def evaluated(count: int) -> dict[str, Tenant]:
    """The tenants by slug, with `count` calls between them, evaluated; made once in a process."""
    if connection.in_atomic_block or User.objects.exists():
        return _evaluated(count)
    if count in _KEPT:
        put_back(SERVER, _KEPT[count])
        return {tenant.slug: tenant for tenant in Tenant.objects.all()}
    rows = _evaluated(count)
    _KEPT[count] = kept(SERVER)
    return rows


_KEPT: dict[int, Kept] = {}


def _evaluated(count: int) -> dict[str, Tenant]:
    rows = {tenant.slug: tenant for tenant in tenants()}
    for call in build.calls(count, seed=1):
        keep(rows[call.tenant], call, is_scheduled=True)
    drain()
    return rows


def signed_in(role: MemberRole) -> Client:
    """A browser of the demo's person in this role, without the password's cost."""
    client = Client()
    client.force_login(User.objects.get(email=names.email_of(role)))
    return client
