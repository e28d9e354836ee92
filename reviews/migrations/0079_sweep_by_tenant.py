from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("reviews", "0078_forward_references")]

    operations = [
        migrations.RemoveField(
            model_name='hook',
            name='purged_at',
        ),
    ]
