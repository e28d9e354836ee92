from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.servers.basehttp import WSGIRequestHandler
from django.db import connections
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker, Settings

from compliance_app.run.postgres import Server
from tests import database
from tests.database import SERVER

EMPTY = """
DO $all$ DECLARE each record; BEGIN
    SET LOCAL session_replication_role = replica;
    FOR each IN
        SELECT oid, oid::regclass AS name FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
            AND relname <> 'django_migrations' AND pg_relation_size(oid) > 0
    LOOP
        IF pg_relation_size(each.oid) > 1000000 THEN
            EXECUTE format('TRUNCATE %s CASCADE', each.name);
        ELSE
            EXECUTE format('DELETE FROM %s', each.name);
        END IF;
    END LOOP;
    PERFORM setval(sequence.oid, 1, false) FROM pg_class sequence
    WHERE relkind = 'S' AND relname <> 'django_migrations_id_seq'
        AND relnamespace = 'public'::regnamespace;
END $all$
"""
"""Few rows are deleted in a tenth of the time of a TRUNCATE."""

TESTS = Path(__file__).parent
ALONE = (
    TESTS / "integration/test_demo.py",
    TESTS / "integration/test_kill.py",
    TESTS / "integration/test_kill_outbox.py",
)
"""They hold processes to times, so nothing else runs beside them."""
BROWSER = (TESTS / "functional",)
"""Its driver's event loop lasts for the session, and other tests could have none of their own."""


LONG = (
    TESTS / "security/test_matrix.py",
    TESTS / "simulation",
    TESTS / "integration/test_shared_account.py",
    TESTS / "functional/test_crawl.py",
)
"""Minutes each: they begin first on either of two workers, or one would wait for the other."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for mark, paths in ((pytest.mark.alone, ALONE), (pytest.mark.browser, BROWSER)):
            if _is_of(item, paths):
                item.add_marker(mark)


class _Order:
    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """What is left after shuffling and selecting; a worker's share is one half of the list."""
        rest = [item for item in items if not _is_of(item, LONG)]
        long = [item for item in items if _is_of(item, LONG)]
        half = max(len(items) // 2 - len(long[0::2]), 0)
        items[:] = [*long[0::2], *rest[:half], *long[1::2], *rest[half:]]


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(_Order())
    # Django's own server writes head and body apart: on a connection that is kept each would wait.
    WSGIRequestHandler.disable_nagle_algorithm = True


def _is_of(item: pytest.Item, paths: Sequence[Path]) -> bool:
    return any(item.path.is_relative_to(path) for path in paths)


def _empty(_case: TransactionTestCase) -> None:
    """Every table, as superuser: the app role may not."""
    with SERVER.connect() as admin:
        admin.execute(EMPTY)


# At import: pytest-django makes its cases from this class.
TransactionTestCase._fixture_teardown = _empty  # type: ignore[attr-defined] # Django-internal


@pytest.fixture(scope="session")
def django_db_setup(server: Server, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The migrated database; replaces pytest-django's, which would create and flush as app."""
    with django_db_blocker.unblock():
        call_command("migrate", database="owner", verbosity=0)
        if not database.IS_KEPT:
            connections.close_all()
            database.keep()
        yield
        connections.close_all()


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Settings) -> None:
    """A hash that takes no time: people are made and sign in in hundreds of tests."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
