import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    # A drop puts the wide tables of rubrics, too.
    dependencies = [("reviews", "0072_find_changed_ids")]

    operations = [
        migrations.AddField(
            model_name="drop",
            name="rubrics",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(), default=list, size=None
            ),
        ),
    ]
