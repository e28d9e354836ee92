"""Roles for BI: each reads its own tenant's views, whatever its session sets, and nothing else."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from compliance_app.run import roles
from compliance_app.run.postgres import DATABASE, Server
from reviews.export import reading
from reviews.export.reading import Window
from reviews.export.tables import TABLES, Table, Type, names
from reviews.models import Tenant
from reviews.models.tenancy import tenant_context
from reviews.queries import feeds
from tests.factories import demo

pytestmark = pytest.mark.django_db(transaction=True)
VIEWS = [table for table in TABLES.values() if table.has_view]


@pytest.fixture
def tenants(server: Server) -> Iterator[Mapping[str, Tenant]]:
    made = demo.evaluated(24)
    others = [slug for slug in made if slug != "meridian-care"]
    by_role = {"bi_care": made["meridian-care"], "bi_other": made[others[0]]}
    with server.connect() as admin:
        for name, tenant in by_role.items():
            for statement in roles.reader(name=name, tenant_id=tenant.pk, password=name):
                admin.execute(statement.encode())
    yield by_role
    with server.connect() as admin:
        for name in by_role:
            admin.execute("DELETE FROM bi.reader WHERE role = %s", [name])
            admin.execute(f"DROP ROLE {name}".encode())


def session(server: Server, name: str) -> "psycopg.Connection[tuple[Any, ...]]":
    return psycopg.connect(
        host=str(server.socket_directory), user=name, password=name, dbname=DATABASE
    )


def ids(on: "psycopg.Connection[tuple[Any, ...]]", view: str = "calls") -> set[UUID]:
    asked = sql.SQL("SELECT id FROM {}").format(sql.Identifier("bi", view))
    return {row[0] for row in on.execute(asked)}


@pytest.mark.parametrize("table", VIEWS, ids=lambda table: table.name)
def test_a_view_has_the_columns_and_the_rows_of_its_table(
    table: Table, tenants: Mapping[str, Tenant], server: Server
) -> None:
    own, columns = tenants["bi_care"], table.shown(is_unmasked=False)
    with tenant_context(own.pk):
        window = Window(None, feeds.settled() + feeds.MARGIN)
    found = reading.batches(own.pk, table, columns, window)
    exported = [tuple(row) for batch in found for row in batch.rows]
    with session(server, "bi_care") as reader:
        asked = sql.SQL("SELECT * FROM {} ORDER BY updated_at, id")
        view = reader.execute(asked.format(sql.Identifier(table.name)))
        assert [each.name for each in view.description or ()] == names(columns)
        rows = view.fetchall()
    assert len(rows) == len(exported)
    assert (len(rows) > 0) is (table.name != "reviews")
    plain = [at for at, each in enumerate(columns) if each.type is not Type.JSON]
    assert [[_written(row[at]) for at in plain] for row in rows] == [
        [_written(row[at]) for at in plain] for row in exported
    ]


def _written(value: object) -> str:
    """As an export has it."""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
    return str(value)


def test_a_session_sees_its_own_tenant_whatever_it_sets(
    tenants: Mapping[str, Tenant], server: Server
) -> None:
    with session(server, "bi_care") as care, session(server, "bi_other") as other:
        own, others = ids(care), ids(other)
        assert own
        assert others
        assert not own & others
        care.execute(f"SET app.tenant = '{tenants['bi_other'].pk}'".encode())
        assert ids(care) == set()
        care.execute("RESET app.tenant")
        assert ids(care) == own


REFUSED = (
    "SET ROLE verbatim_app",
    "SET ROLE bi_other",
    "SET SESSION AUTHORIZATION bi_other",
    "SET row_security = off; SELECT count(*) FROM bi.calls",
    "SELECT payload FROM public.reviews_transcript",
    "SELECT count(*) FROM public.reviews_utterance",
    "SELECT name FROM public.reviews_agent",
    "SELECT * FROM bi.reader",
    "UPDATE bi.reader SET tenant = tenant",
    "INSERT INTO bi.reader SELECT 'x', tenant_id FROM bi.calls",
    "DELETE FROM bi.calls",
    "UPDATE bi.calls SET state = ''",
    "CREATE TABLE bi.mine (id integer)",
    "CREATE TEMP TABLE mine (id integer)",
    "SELECT * FROM public.due_jobs(5)",
    "SELECT * FROM public.django_session",
)


@pytest.mark.usefixtures("tenants")
def test_a_session_can_neither_write_nor_step_out(server: Server) -> None:
    with session(server, "bi_care") as reader:
        reader.execute("SET default_transaction_read_only = off")
        reader.commit()
        for statement in REFUSED:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                reader.execute(statement.encode())
            reader.rollback()


@pytest.mark.usefixtures("tenants")
def test_a_role_that_no_tenant_was_given_to_reads_nothing(server: Server) -> None:
    with server.connect() as admin:
        admin.execute("DELETE FROM bi.reader")
    with session(server, "bi_care") as reader:
        assert ids(reader) == set()


def test_whatever_the_role_may_read_has_the_second_policy(db: None, server: Server) -> None:
    with server.connect() as admin:
        granted = admin.execute(
            """SELECT DISTINCT table_name::text FROM information_schema.column_privileges
               WHERE grantee = 'verbatim_bi' AND table_schema = 'public'"""
        ).fetchall()
        bound = admin.execute(
            """SELECT tablename::text FROM pg_policies WHERE policyname = 'bi'
               AND permissive = 'RESTRICTIVE' AND qual LIKE '%own_tenant%'"""
        ).fetchall()
    assert sorted(granted) == sorted(bound) != []


def test_a_name_that_is_no_name_makes_no_role() -> None:
    for name in ("verbatim_app", 'bi_a"; DROP', "bi_", "bi_A"):
        with pytest.raises(ValueError, match="was refused"):
            roles.reader(name=name, tenant_id=UUID(int=1), password="x")
