from django.db import migrations, models

KINDS = [("assemblyai", "AssemblyAI"), ("files", "Files")]
TIMINGS = [
    ("measured", "Measured"),
    ("interpolated", "Estimated for some words"),
    ("cue", "Estimated from captions"),
    ("synthetic", "Made up: all words are equally long"),
    ("none", "None"),
]


class Migration(migrations.Migration):
    dependencies = [("reviews", "0012_listed_call_row_level_security")]

    operations = [
        migrations.RemoveConstraint(model_name="source", name="source_kind_known"),
        migrations.AlterField(
            model_name="source",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=20),
        ),
        migrations.AlterField(
            model_name="source",
            name="base_url",
            field=models.URLField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name="transcript",
            name="timing",
            field=models.CharField(choices=TIMINGS, default="measured", max_length=20),
        ),
        migrations.AddField(
            model_name="transcript",
            name="crm_ids",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="transcript",
            name="told_hmac",
            field=models.BinaryField(default=b"", max_length=32),
        ),
        migrations.AddConstraint(
            model_name="source",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["assemblyai", "files"])),
                name="source_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="source",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("base_url", ""), ("kind", "files"), ("sealed_key", b"")),
                    models.Q(
                        models.Q(("kind", "files"), _negated=True),
                        models.Q(("base_url", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="source_files_without_address",
            ),
        ),
        migrations.AddConstraint(
            model_name="transcript",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("timing__in", [name for name, _ in TIMINGS]),
                ),
                name="transcript_timing_known",
            ),
        ),
    ]
