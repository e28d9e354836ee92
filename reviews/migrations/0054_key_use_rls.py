from django.db import migrations

from reviews.migrations._rls import EnableRLS


class Migration(migrations.Migration):
    # Apart from the table: under FORCE its references could no longer be checked.
    dependencies = [("reviews", "0053_key_use")]

    operations = [EnableRLS("KeyUse")]
