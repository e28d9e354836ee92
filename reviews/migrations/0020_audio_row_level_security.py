from django.db import migrations

from reviews.migrations._rls import EnableRLS


class Migration(migrations.Migration):
    # Apart from the table: under FORCE its reference to the tenant could no longer be checked.
    dependencies = [("reviews", "0019_recordings")]

    operations = [EnableRLS("Audio")]
