"""Row-level security and composite references, listed from the catalogue; each proven to bite."""

import uuid
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from reviews.models.tenancy import tenant_context
from tests.factories.tenants import FIELDS, ORDER, World, make, tenant_models, world

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
APPEND_ONLY = {
    *("RubricVersion", "Evaluation", "Finding", "Review", "CallReview", "AuditEvent"),
    *("Judgement", "CallReviewAnswer", "CallReviewRule", "Assignment", "AssignedCall"),
    *("ManualFinding", "Draw", "DrawnCall", "CalibrationCall", "CalibrationSeat", "CoachingMoment"),
    *("Event", "Tombstone"),
}

ONE_OF_A_KIND = {
    "CallReviewDraft",
    "CrmRecord",
    "Draft",
    "ExternalId",
    "KeyUse",
    "QueueItem",
    "ReviewTask",
}
"""One a finding, one a rubric, one a reviewer and evaluation, one a reviewer and drawn call,
one a key, one a connection and evaluation, one a call, kind and system."""


def query(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


@pytest.fixture
def a() -> World:
    return world("a")


@pytest.fixture
def b() -> World:
    return world("b")


def test_the_cast_has_a_row_in_every_tenant_table() -> None:
    assert {model.__name__ for model in tenant_models()} == set(ORDER)


def test_every_table_with_a_tenant_has_forced_security_with_both_clauses() -> None:
    tables = query(
        """SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity,
                  (SELECT count(*) FROM pg_policies p WHERE p.tablename = c.relname
                   AND p.qual LIKE '%%app.tenant%%' AND p.with_check LIKE '%%app.tenant%%')
           FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
           WHERE a.attname = 'tenant_id' AND c.relkind = 'r' AND NOT a.attisdropped"""
    )
    assert {name for name, _, _ in tables} == {m._meta.db_table for m in tenant_models()}
    assert [row for row in tables if row[1:] != (True, 1)] == []


def test_every_reference_between_tenant_tables_is_composite() -> None:
    keys = query(
        """SELECT c.conrelid::regclass::text, c.confrelid::regclass::text,
                  pg_get_constraintdef(c.oid)
           FROM pg_constraint c WHERE c.contype = 'f'"""
    )
    tables = {model._meta.db_table for model in tenant_models()}
    between = [text for own, other, text in keys if own in tables and other in tables]
    wanted = sum(
        field.related_model in tenant_models()
        for model in tenant_models()
        for field in model._meta.local_fields
        if field.related_model
    )
    assert len(between) == wanted > 0
    assert all(text.startswith("FOREIGN KEY (tenant_id, ") for text in between)


def test_the_app_may_only_insert_and_read_where_rows_stay() -> None:
    rights = query(
        """SELECT table_name, privilege_type FROM information_schema.role_table_grants
           WHERE grantee = 'verbatim_app'"""
    )
    stay = {model._meta.db_table for model in tenant_models() if model.__name__ in APPEND_ONLY}
    assert {right for table, right in rights if table in stay} == {"INSERT", "SELECT"}
    everywhere = {"INSERT", "SELECT", "UPDATE", "DELETE"}
    assert {right for _, right in rights} == everywhere, "no TRUNCATE, no TRIGGER, anywhere"


def test_only_the_app_may_look_across_tenants() -> None:
    granted = query(
        """SELECT p.proname, array_agg(coalesce(r.rolname, 'public') ORDER BY r.rolname)
           FROM pg_proc p CROSS JOIN LATERAL aclexplode(p.proacl) a
           LEFT JOIN pg_roles r ON r.oid = a.grantee
           WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace GROUP BY 1"""
    )
    both = ["verbatim_app", "verbatim_reach"]
    names = ("due_jobs", "erase_call", "erase_rows", "find_calls", "purge_events")
    assert sorted(granted) == [(name, both) for name in names]


@pytest.mark.parametrize("name", ORDER)
def test_a_row_of_another_tenant_is_not_there(name: str, a: World, b: World) -> None:
    model: Any = type(b[name])
    with tenant_context(a.tenant.pk):
        assert model.objects.filter(pk=b[name].pk).count() == 0
        assert model.objects.filter(pk=a[name].pk).count() == 1


@pytest.mark.parametrize("name", ORDER)
def test_a_row_cannot_be_written_for_another_tenant(name: str, a: World, b: World) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), tenant_context(a.tenant.pk):
        make(name, b.tenant, b.user, b.rows)


@pytest.mark.parametrize("name", ORDER)
def test_a_row_of_another_tenant_cannot_be_changed(name: str, a: World, b: World) -> None:
    rows = type(b[name])._default_manager.filter(pk=b[name].pk)
    if name in APPEND_ONLY:
        for change in (lambda: rows.update(tenant=a.tenant), lambda: rows._raw_delete("default")):
            with pytest.raises(ProgrammingError, match="permission denied"):
                _in(a, change)
        return
    assert _in(a, lambda: rows.update(tenant=a.tenant)) == 0
    assert _in(a, lambda: rows._raw_delete("default")) == 0


def _in(own: World, act: Any) -> Any:
    with tenant_context(own.tenant.pk):
        return act()


def test_every_table_raises_without_a_tenant_but_those_of_ones_own_rows(a: World) -> None:
    for model in tenant_models():
        with transaction.atomic():
            if model.__name__ in ("Membership", "Notification"):
                assert model.objects.count() == 0
                continue
            with pytest.raises(DatabaseError):
                model.objects.count()
            transaction.set_rollback(True)


REFERENCES = [
    (name, field.name)
    for name in ORDER
    for field in next(m for m in tenant_models() if m.__name__ == name)._meta.local_fields
    if field.related_model in tenant_models()
]


@pytest.mark.parametrize(("name", "field"), REFERENCES)
def test_a_reference_to_another_tenants_row_is_refused(
    name: str, field: str, a: World, b: World
) -> None:
    target = next(
        t for t in FIELDS if type(a[t]) is type(a[name])._meta.get_field(field).related_model
    )
    columns = {f.column: f.value_from_object(a[name]) for f in type(a[name])._meta.local_fields}
    fresh = type(a[name])(**{_attribute(type(a[name]), c): v for c, v in columns.items()})
    fresh.pk = uuid.uuid4()
    setattr(fresh, field, b[target])
    _differ(fresh)
    if name in ONE_OF_A_KIND:  # the new one takes its place
        with tenant_context(a.tenant.pk):
            a[name].delete()
    with pytest.raises(IntegrityError, match="tenant_fk"), tenant_context(a.tenant.pk):
        fresh.save(force_insert=True)


def _attribute(model: Any, column: str) -> str:
    return str(next(f.attname for f in model._meta.local_fields if f.column == column))


def _differ(row: Any) -> None:
    """Give the row its own values in the unique columns, so that only the reference is wrong."""
    own = {
        "external_id": "other",
        "name": "other",
        "nonce": "other",
        "number": 9,
        "index": 9,
        "sequence": 9,
    }
    for name, value in own.items():
        if hasattr(row, name):
            setattr(row, name, value)
    if hasattr(row, "engine_version"):
        row.engine_version = "9"
    if hasattr(row, "rule_code"):
        row.rule_code = "other"
    if hasattr(row, "speaker"):
        row.speaker = "other"
