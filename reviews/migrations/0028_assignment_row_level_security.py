from django.db import migrations

from reviews.migrations._rls import EnableRLS, TenantReference


class Migration(migrations.Migration):
    # Apart from the tables: under FORCE their references could no longer be checked.
    dependencies = [("reviews", "0027_assignment")]

    operations = [
        EnableRLS("Assignment", append_only=True),
        EnableRLS("AssignedCall", append_only=True),
        TenantReference("Backtest", "assignment"),
    ]
