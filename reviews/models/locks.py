"""Locks by name, for what has no row yet or must not be held as one."""

from django.db import connection


def hold(name: str, *, is_shared: bool = False) -> None:
    """Until the transaction's end, which `name`'s next holder waits for; shared ones do not wait
    for each other."""
    kind = "_shared" if is_shared else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock{kind}(hashtextextended(%s, 0))", [name])
