from django.db import migrations

from reviews.migrations._rls import EnableRLS


class Migration(migrations.Migration):
    # Apart from the tables: under FORCE their references could no longer be checked.
    dependencies = [("reviews", "0037_sampling")]

    operations = [
        EnableRLS("SamplingPlan"),
        EnableRLS("Draw", append_only=True),
        EnableRLS("DrawnCall", append_only=True),
        EnableRLS("ReviewTask"),
    ]
