from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker, Settings

from compliance_app.run.postgres import Server
from tests.database import SERVER

TRUNCATE = """
DO $all$ BEGIN EXECUTE (
    SELECT 'TRUNCATE ' || string_agg(format('%I', tablename), ', ') || ' RESTART IDENTITY CASCADE'
    FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'django_migrations'
); END $all$
"""

TESTS = Path(__file__).parent
ALONE = (
    TESTS / "functional",
    TESTS / "integration/test_demo.py",
    TESTS / "integration/test_kill.py",
)
"""They hold processes or a browser to times, so nothing else runs beside them."""


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    for item in items:
        if any(item.path.is_relative_to(path) for path in ALONE):
            item.add_marker(pytest.mark.alone)


def _truncate(_case: TransactionTestCase) -> None:
    """Empty every table as superuser: the app role may not truncate."""
    with SERVER.connect() as admin:
        admin.execute(TRUNCATE)


# At import: pytest-django makes its cases from this class.
TransactionTestCase._fixture_teardown = _truncate  # type: ignore[attr-defined] # Django-internal


@pytest.fixture(scope="session")
def django_db_setup(server: Server, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The migrated database; replaces pytest-django's, which would create and flush as app."""
    with django_db_blocker.unblock():
        call_command("migrate", database="owner", verbosity=0)
        yield
        connections.close_all()


@pytest.fixture
def quick_passwords(settings: Settings) -> None:
    """A hash that takes no time, where a test signs in often."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
