from django.db import migrations

from reviews.migrations._rls import EnableRLS, TenantReference


class Migration(migrations.Migration):
    # Apart from the tables: under FORCE their references could no longer be checked.
    dependencies = [("reviews", "0030_queue_work")]

    operations = [
        EnableRLS("Suppression"),
        EnableRLS("WorkingHours"),
        EnableRLS("DismissalReason"),
        EnableRLS("SavedView"),
        TenantReference("QueueItem", "suppression"),
    ]
