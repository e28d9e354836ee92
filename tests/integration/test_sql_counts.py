"""How many SQL queries each page asks: as sql_counts.toml says, however many rows there are."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from compliance_app.run.postgres import Server
from reviews.demo import build
from reviews.models import Job, MemberRole, QueueItem, Tenant, Transcript
from reviews.models.tenancy import tenant_context
from reviews.web import session
from tests.factories import demo
from tests.factories.loop import drain
from tests.factories.routes import FIXTURES, Route, address_of, routes
from tests.security.worlds import Grown, grown

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
PINNED: Mapping[str, int] = tomllib.loads((Path(__file__).parent / "sql_counts.toml").read_text())
AT_MOST = {"queue-list": 6}
"""The long call's page is held to its 10 by `python -m bench.web`."""
LISTS = ("queue-list", "call-list", "job-list", "task-list", "own-list", "coaching-list")
_ROWLESS = (
    *("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK"),
    *("SELECT set_config", "SELECT current_setting"),
)
"""Of a transaction: what no table answers."""


@pytest.fixture
def world(server: Server) -> Grown:
    return grown("a", server, (MemberRole.TENANT_ADMIN,))


@pytest.fixture
def client(world: Grown, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Who is seen once: the time of it is written each minute, on whichever page that falls."""
    monkeypatch.setattr(session, "_SEEN_EVERY_S", 3600.0)
    client = Client()
    client.force_login(world.people[MemberRole.TENANT_ADMIN])
    return client


def pages() -> dict[str, Route]:
    """Those that a browser loads, by name."""
    return {
        route.name: route
        for route in routes()
        if not route.is_api and FIXTURES[route.name].ok.get("GET") in (200, 302)
    }


def asked(client: Client, address: str) -> int:
    """Once what a process keeps in memory is there."""
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code in (200, 302), address
    return sum(not each["sql"].startswith(_ROWLESS) for each in captured.captured_queries)


def test_each_page_asks_as_many_queries_as_is_written_down(world: Grown, client: Client) -> None:
    made = {name: asked(client, address_of(each, world.names)) for name, each in pages().items()}
    changed = [f"{name} = {made[name]}" for name in made if made[name] != PINNED.get(name)]
    assert not changed, "\n".join(["sql_counts.toml is to say:", *changed])
    assert set(PINNED) == set(made)


def test_the_queue_asks_no_more_than_was_promised() -> None:
    assert {name: most for name, most in AT_MOST.items() if PINNED[name] > most} == {}


def test_lists_ask_no_more_where_there_are_more_rows() -> None:
    tenant = demo.evaluated(15)["meridian-care"]
    client = demo.signed_in(MemberRole.TENANT_ADMIN)
    addresses = [reverse(name, args=[tenant.slug]) for name in LISTS]
    before, rows = [asked(client, each) for each in addresses], _rows(tenant)
    for call in build.calls(45, seed=2):
        if call.tenant == tenant.slug:
            demo.keep(tenant, call, is_scheduled=True)
    drain()
    assert all(now >= 2 * was for was, now in zip(rows, _rows(tenant), strict=True)), rows
    assert [asked(client, each) for each in addresses] == before


def _rows(tenant: Tenant) -> list[int]:
    with tenant_context(tenant.pk):
        return [model.objects.count() for model in (Transcript, QueueItem, Job)]
