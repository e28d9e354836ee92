from django.db import migrations, models


class Migration(migrations.Migration):
    # The last finding of a rule before another is looked for whenever one is made.
    dependencies = [("reviews", "0067_hook_filters")]

    operations = [
        migrations.RemoveIndex(model_name="finding", name="finding_rule"),
        migrations.AddIndex(
            model_name="finding",
            index=models.Index(fields=["tenant", "rule_code", "created_at"], name="finding_rule"),
        ),
    ]
