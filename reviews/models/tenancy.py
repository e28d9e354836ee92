"""The tenant a transaction works for. Every row that is read or written passes its policy.

PostgreSQL sees the tenant through `set_config(…, is_local => true)`: it ends with the transaction,
so it cannot leak over a pooled connection.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, models, transaction

from reviews.models.ids import uuid7


class AnotherTenant(RuntimeError):
    """A context for one tenant was opened inside a context for another."""

    def __init__(self, current: UUID, wanted: UUID) -> None:
        super().__init__(
            f"tenant {wanted} was refused inside a transaction of tenant {current}: "
            "end the first transaction before beginning the second"
        )


def _read(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s, true)", [name])
        row = cursor.fetchone()
    return (row[0] if row else None) or ""


def _write(**values: str) -> None:
    with connection.cursor() as cursor:
        for name, value in values.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [f"app.{name}", value])


def current_tenant() -> UUID | None:
    """The tenant of the running transaction, None outside one."""
    if not connection.in_atomic_block:
        return None
    value = _read("app.tenant")
    return UUID(value) if value else None


@contextmanager
def tenant_context(tenant_id: UUID, *, user_id: UUID | None = None) -> Iterator[None]:
    """One transaction for one tenant. Nests for the same tenant, raises AnotherTenant for another.

    Cost: two to four short statements. The values before are put back at the end.
    """
    with transaction.atomic():
        before = current_tenant()
        if before is not None and before != tenant_id:
            raise AnotherTenant(before, tenant_id)
        user_before = _read("app.user")
        _write(tenant=str(tenant_id), user=str(user_id or user_before))
        yield
        # A savepoint keeps SET LOCAL when it is released, so the outer values are put back by hand;
        # where the transaction is to be undone, the rollback does it.
        if not connection.needs_rollback:
            _write(tenant=str(before or ""), user=user_before)


@contextmanager
def user_context(user_id: UUID) -> Iterator[None]:
    """A transaction in which only `user_id`'s own memberships can be read (sign-in, switcher)."""
    with transaction.atomic():
        user_before = _read("app.user")
        _write(user=str(user_id))
        yield
        if not connection.needs_rollback:
            _write(user=user_before)


class TenantModel(models.Model):
    """A row of one tenant. EnableRLS gives its table the policy and the composite keys."""

    PERSONAL: frozenset[str] = frozenset()
    """Fields that hold or may hold personal data."""
    SAFE: frozenset[str] = frozenset()
    """Fields that cannot."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey("reviews.Tenant", on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


def reference(to: str, *, related_name: str = "+", null: bool = False) -> "models.ForeignKey":  # type: ignore[type-arg] # the plugin infers the target from the string at each use
    """A reference to another row of the same tenant.

    The constraint is the composite one that EnableRLS makes: row-level security does not guard
    foreign keys, so a plain one would accept another tenant's row.
    """
    return models.ForeignKey(
        to,
        on_delete=models.PROTECT,
        related_name=related_name,
        null=null,
        blank=null,
        db_constraint=False,
    )
