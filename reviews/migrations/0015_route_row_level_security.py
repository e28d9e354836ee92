from typing import Any

from django.db import migrations

from reviews.migrations._rls import EnableRLS

# Where two sources asked one account before that was refused, both go on; the older one has it.
CLAIM = """
UPDATE reviews_vendoraccount account SET connected_by = source.id
FROM reviews_source source
WHERE source.account_id = account.id
    AND (account.connected_by IS NULL OR account.connected_by > source.id)
    AND NOT EXISTS (
        SELECT FROM reviews_source older
        WHERE older.account_id = source.account_id AND older.id < source.id
    )
"""


def claim_accounts(apps: Any, editor: Any) -> None:
    """Under FORCE a migration sees no tenant's rows, so it goes from tenant to tenant."""
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT id FROM reviews_tenant")
        for (tenant,) in cursor.fetchall():
            cursor.execute("SELECT set_config('app.tenant', %s, true)", [str(tenant)])
            cursor.execute(CLAIM)


class Migration(migrations.Migration):
    # Apart from the table: under FORCE its reference to the tenant could no longer be checked.
    dependencies = [("reviews", "0014_shared_accounts")]

    operations = [
        EnableRLS("Route"),
        migrations.RunPython(claim_accounts, migrations.RunPython.noop),
    ]
