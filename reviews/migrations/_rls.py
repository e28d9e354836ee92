"""Row-level security as a migration operation; migrations import nothing else of the app."""

from typing import Any

from django.db import models
from django.db.migrations.operations.base import Operation

APP = "verbatim_app"
REACH = "verbatim_reach"
TENANT = "current_setting('app.tenant')::uuid"
"""Without missing_ok: a query without a tenant raises, it does not come back empty."""


class EnableRLS(Operation):
    """Force row-level security on a tenant table and make its references composite.

    - UNIQUE (tenant_id, id), so that others can refer to a row together with its tenant.
    - FOREIGN KEY (tenant_id, x_id) → (tenant_id, id) for each reference to a tenant table:
      policies do not guard foreign keys.
    - A policy with USING and WITH CHECK; `own_rows` names a column by which a user may also read
      the rows of his own (`app.user`), as sign-in must before a tenant is known.
    - `append_only` takes UPDATE and DELETE from the app role.
    """

    reversible = True

    def __init__(self, name: str, *, append_only: bool = False, own_rows: str | None = None) -> None:
        self.name = name
        self.append_only = append_only
        self.own_rows = own_rows

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        options = {"append_only": self.append_only, "own_rows": self.own_rows}
        return type(self).__name__, [self.name], options

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing that models can see changes."""

    def describe(self) -> str:
        return f"Force row-level security on {self.name}"

    def database_forwards(self, app_label: str, editor: Any, before: Any, after: Any) -> None:
        self.add_key(app_label, editor, after)
        self.secure(app_label, editor, after)

    def add_key(self, app_label: str, editor: Any, after: Any) -> None:
        """What others refer to."""
        table = after.apps.get_model(app_label, self.name)._meta.db_table
        editor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {table}_tenant_key UNIQUE (tenant_id, id)")

    def secure(self, app_label: str, editor: Any, after: Any) -> None:
        """References, once each of their targets has its key, and row-level security."""
        model = after.apps.get_model(app_label, self.name)
        table = model._meta.db_table
        for field in references(model):
            for statement in _foreign_key(table, field):
                editor.execute(statement)
        editor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        editor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        for statement in self._policies(table):
            editor.execute(statement)
        if self.append_only:
            editor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APP}")
        editor.execute(f"GRANT SELECT, DELETE ON {table} TO {REACH}")  # erase_rows, 0057

    def drop_references(self, app_label: str, editor: Any, before: Any) -> None:
        model = before.apps.get_model(app_label, self.name)
        table = model._meta.db_table
        for field in references(model):
            editor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {_key_name(table, field)}")

    def database_backwards(self, app_label: str, editor: Any, before: Any, after: Any) -> None:
        self.drop_references(app_label, editor, before)
        table = before.apps.get_model(app_label, self.name)._meta.db_table
        for policy in ("tenant", "own_rows"):
            editor.execute(f"DROP POLICY IF EXISTS {policy} ON {table}")
        editor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        editor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        editor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_tenant_key")
        if self.append_only:
            editor.execute(f"GRANT UPDATE, DELETE ON {table} TO {APP}")

    def _policies(self, table: str) -> list[str]:
        if self.own_rows is None:
            return [
                f"CREATE POLICY tenant ON {table} USING (tenant_id = {TENANT}) "
                f"WITH CHECK (tenant_id = {TENANT})"
            ]
        # Read before a tenant is known, so this policy may not raise: unset is nobody's.
        tenant = "nullif(current_setting('app.tenant', true), '')::uuid"
        user = "nullif(current_setting('app.user', true), '')::uuid"
        return [
            f"CREATE POLICY tenant ON {table} USING (tenant_id = {tenant}) "
            f"WITH CHECK (tenant_id = {tenant})",
            f"CREATE POLICY own_rows ON {table} FOR SELECT USING ({self.own_rows} = {user})",
        ]


class TenantReference(Operation):
    """The composite key of a reference that came to a table later than EnableRLS."""

    reversible = True

    def __init__(self, name: str, field: str) -> None:
        self.name = name
        self.field = field

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [self.name, self.field], {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing that models can see changes."""

    def describe(self) -> str:
        return f"Bind {self.field} of {self.name} to its tenant"

    def database_forwards(self, app_label: str, editor: Any, before: Any, after: Any) -> None:
        model = after.apps.get_model(app_label, self.name)
        for statement in _foreign_key(model._meta.db_table, model._meta.get_field(self.field)):
            editor.execute(statement)

    def database_backwards(self, app_label: str, editor: Any, before: Any, after: Any) -> None:
        model = before.apps.get_model(app_label, self.name)
        table, field = model._meta.db_table, model._meta.get_field(self.field)
        editor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {_key_name(table, field)}")


def references(model: Any) -> list[Any]:
    """The model's foreign keys to other tenant tables."""
    return [
        field
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey)
        and any(other.name == "tenant" for other in field.related_model._meta.local_fields)
    ]


def _key_name(table: str, field: Any) -> str:
    return f"{table}_{field.column}_tenant_fk"[:63]


def _foreign_key(table: str, field: Any) -> list[str]:
    """FORCE is lifted from both meanwhile: under it the check of existing rows sees none."""
    target = field.related_model._meta.db_table
    both = sorted({table, target})
    return [
        *(f"ALTER TABLE {each} NO FORCE ROW LEVEL SECURITY" for each in both),
        f"ALTER TABLE {table} ADD CONSTRAINT {_key_name(table, field)} "
        f"FOREIGN KEY (tenant_id, {field.column}) REFERENCES {target} (tenant_id, id) "
        "DEFERRABLE INITIALLY DEFERRED",
        *(f"ALTER TABLE {each} FORCE ROW LEVEL SECURITY" for each in both),
    ]
