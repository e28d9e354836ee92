"""A role that the policies do not bind, and nothing kept from one test to the next."""

from collections.abc import Iterator

import pytest
from django.db import connection

from compliance_app.run.postgres import Server
from reviews.queries import queue_items
from reviews.queries.rubrics import rubric_of


def forget() -> None:
    """What a process keeps of rows and of the door, which these tests take away."""
    rubric_of.cache_clear()
    queue_items.written.cache_clear()


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    forget()
    yield
    forget()


@pytest.fixture
def past_policies(server: Server) -> Iterator[None]:
    """The app's connection under a role that row-level security does not bind."""
    with server.connect() as admin:
        admin.execute("DROP ROLE IF EXISTS bypassing")
        admin.execute("CREATE ROLE bypassing LOGIN BYPASSRLS PASSWORD 'x' IN ROLE verbatim_app")
    settings = connection.settings_dict
    before = (settings["USER"], settings["PASSWORD"])
    connection.close()
    settings["USER"], settings["PASSWORD"] = "bypassing", "x"
    yield
    connection.close()
    settings["USER"], settings["PASSWORD"] = before
