from django.db import migrations, models


class Migration(migrations.Migration):
    # A CRM's job looks every few minutes for ids that were told since the last time.
    dependencies = [("reviews", "0071_kinds_of_jobs_and_notices")]

    operations = [
        migrations.AddIndex(
            model_name="externalid",
            index=models.Index(fields=["tenant", "changed_at"], name="external_id_changed"),
        ),
    ]
