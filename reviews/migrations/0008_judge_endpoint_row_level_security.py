from django.db import migrations

from reviews.migrations._rls import EnableRLS


class Migration(migrations.Migration):
    # Apart from the table: its reference to the tenant is added at the end of that migration, and
    # under FORCE could no longer be checked.
    dependencies = [("reviews", "0007_judge_endpoint")]

    operations = [EnableRLS("JudgeEndpoint")]
