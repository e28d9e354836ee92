from django.db import migrations

from reviews.migrations._rls import EnableRLS


class Migration(migrations.Migration):
    # Apart from the tables: under FORCE their references could no longer be checked.
    dependencies = [("reviews", "0065_forwards")]

    operations = [EnableRLS("Forward"), EnableRLS("Forwarded")]
