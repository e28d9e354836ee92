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


_SETTINGS = "SELECT current_setting('app.tenant', true), current_setting('app.user', true)"
_SET = "SELECT set_config('app.tenant', %s, true), set_config('app.user', %s, true)"


def _read() -> tuple[str, str]:
    """Tenant and user of the running transaction, empty where not set."""
    with connection.cursor() as cursor:
        cursor.execute(_SETTINGS)
        tenant, user = cursor.fetchone() or (None, None)
    return tenant or "", user or ""


def _write(tenant: str, user: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SET, [tenant, user])


def current_tenant() -> UUID | None:
    """The tenant of the running transaction, None outside one."""
    if not connection.in_atomic_block:
        return None
    tenant, _ = _read()
    return UUID(tenant) if tenant else None


@contextmanager
def tenant_context(tenant_id: UUID, *, user_id: UUID | None = None) -> Iterator[None]:
    """One transaction for one tenant. Nests for the same tenant, raises AnotherTenant for another.

    Cost: one short statement for a transaction of its own; three inside another, whose values are
    put back at the end.
    """
    with _restored() as (tenant, user):
        if tenant and UUID(tenant) != tenant_id:
            raise AnotherTenant(UUID(tenant), tenant_id)
        _write(str(tenant_id), str(user_id or user))
        yield


@contextmanager
def user_context(user_id: UUID) -> Iterator[None]:
    """A transaction in which only `user_id`'s own memberships can be read (sign-in, switcher)."""
    with _restored() as (tenant, _):
        _write(tenant, str(user_id))
        yield


@contextmanager
def _restored() -> Iterator[tuple[str, str]]:
    """A transaction; gives the tenant and user it began with and puts them back.

    A transaction of its own begins with neither and forgets both at its end. A savepoint keeps SET
    LOCAL when it is released, so there the values are put back by hand; where it is to be undone,
    the rollback does it.
    """
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        before = ("", "") if is_outermost else _read()
        yield before
        if not is_outermost and not connection.needs_rollback:
            _write(*before)


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
