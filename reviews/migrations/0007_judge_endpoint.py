import django.db.models.deletion
from django.db import migrations, models

import reviews.models.ids


class Migration(migrations.Migration):
    dependencies = [("reviews", "0006_keep_analysis")]

    operations = [
        migrations.CreateModel(
            name="JudgeEndpoint",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=reviews.models.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("base_url", models.URLField(max_length=500)),
                ("model", models.CharField(max_length=200)),
                ("sealed_key", models.BinaryField()),
                ("is_on", models.BooleanField(default=False)),
                ("calls_per_day", models.PositiveIntegerField()),
                ("tokens_per_day", models.PositiveIntegerField()),
                ("day", models.DateField(blank=True, null=True)),
                ("calls_used", models.PositiveIntegerField(default=0)),
                ("tokens_used", models.PositiveIntegerField(default=0)),
                ("updated_at", models.DateTimeField()),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reviews.tenant",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("tenant",), name="judge_endpoint_once")
                ]
            },
        ),
    ]
