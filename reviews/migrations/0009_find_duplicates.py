import django.db.models.deletion
from django.db import migrations, models

from reviews.migrations._rls import TenantReference


class Migration(migrations.Migration):
    dependencies = [("reviews", "0008_judge_endpoint_row_level_security")]

    operations = [
        migrations.AddField(
            model_name="transcript",
            name="signature",
            field=models.BinaryField(blank=True, max_length=512, null=True),
        ),
        migrations.AddField(
            model_name="transcript",
            name="duplicate_of",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="duplicates",
                to="reviews.transcript",
            ),
        ),
        migrations.AddIndex(
            model_name="transcript",
            index=models.Index(
                condition=models.Q(
                    ("duplicate_of__isnull", True),
                    ("signature__isnull", False),
                    ("state", "ready"),
                ),
                fields=["tenant", "duration_ms"],
                name="transcript_original",
            ),
        ),
        TenantReference("Transcript", "duplicate_of"),
    ]
