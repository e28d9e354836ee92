# What feeds go by: an agent's last change, and a review's time.
import django.utils.timezone
from django.db import migrations, models

# By a trigger: no writer, present or to come, can forget it. The transaction's time is earlier than
# its commit and not than its begin, which is what the feeds' end rests on.
CREATE = """
CREATE FUNCTION reviews_agent_changed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$body$;
CREATE TRIGGER changed BEFORE UPDATE ON reviews_agent
FOR EACH ROW EXECUTE FUNCTION reviews_agent_changed();
"""
DROP = """
DROP TRIGGER changed ON reviews_agent;
DROP FUNCTION reviews_agent_changed();
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0058_runs")]

    operations = [
        migrations.AddField(
            model_name='agent',
            name='updated_at',
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AddIndex(
            model_name='review',
            index=models.Index(fields=['tenant', 'at'], name='review_at'),
        ),
        migrations.RunSQL(CREATE, DROP),
    ]
