from django.db import migrations

from reviews.migrations._rls import EnableRLS


class Migration(migrations.Migration):
    # Apart from the table, as with the others: under FORCE its references could not be checked.
    dependencies = [("reviews", "0074_tombstones")]

    operations = [EnableRLS("Tombstone", append_only=True)]
