"""How many SQL queries each page asks: as sql_counts.toml says, however many rows there are."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.fixtures import Settings

from compliance_app.run.postgres import Server
from reviews.models import MemberRole
from tests.factories.routes import FIXTURES, Names, Route, routes
from tests.security.worlds import Grown, grown

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
PINNED: Mapping[str, int] = tomllib.loads((Path(__file__).parent / "sql_counts.toml").read_text())
AT_MOST = {"queue-list": 6, "call-detail": 10}
"""As issue 8 promises."""
_NO_ROWS = (
    "BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK",
    "SELECT set_config", "SELECT current_setting",
)  # fmt: skip
"""Of a transaction: what no table answers."""


@pytest.fixture
def world(server: Server, settings: Settings) -> Grown:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return grown("a", server, (MemberRole.TENANT_ADMIN,))


@pytest.fixture
def client(world: Grown) -> Client:
    client = Client()
    client.force_login(world.people[MemberRole.TENANT_ADMIN])
    return client


def pages() -> list[Route]:
    """Those that a browser loads."""
    return [
        route
        for route in routes()
        if not route.is_api and FIXTURES[route.name].ok.get("GET") in (200, 302)
    ]


def address_of(route: Route, names: Names) -> str:
    fixture = FIXTURES[route.name]
    if fixture.address:
        return fixture.address
    ids = {name: names.ids[model] for name, model in fixture.ids.items()}
    slug = {"slug": names.slug} if route.is_page else {}
    return reverse(route.name, kwargs={**slug, **ids})


def asked(client: Client, address: str) -> int:
    """Once what a process keeps in memory is there."""
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code in (200, 302), address
    asked = [each["sql"] for each in captured.captured_queries]
    return sum(not sql.startswith(_NO_ROWS) for sql in asked)


def test_each_page_asks_as_many_queries_as_is_written_down(world: Grown, client: Client) -> None:
    made = {route.name: asked(client, address_of(route, world.names)) for route in pages()}
    print("\n".join(f"{name} = {count}" for name, count in made.items()))
    assert made == PINNED


def test_the_two_pages_that_reviewers_live_on_ask_no_more_than_was_promised() -> None:
    assert {name: most for name, most in AT_MOST.items() if PINNED[name] > most} == {}
