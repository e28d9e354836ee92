from django.db import migrations

from reviews.migrations._rls import TenantReference


class Migration(migrations.Migration):
    dependencies = [("reviews", "0077_forward_to_programs")]

    operations = [TenantReference("Forward", "hook"), TenantReference("Forward", "crm")]
