"""A role that the policies do not bind."""

from collections.abc import Iterator

import pytest
from django.db import connection

from compliance_app.run.postgres import Server


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
