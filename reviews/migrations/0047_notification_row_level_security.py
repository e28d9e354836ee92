from django.db import migrations

from reviews.migrations._rls import EnableRLS


class Migration(migrations.Migration):
    # Apart from the table: under FORCE its references could no longer be checked.
    dependencies = [("reviews", "0046_notifications")]

    # One's own rows are counted with one's memberships, before a tenant is known.
    operations = [EnableRLS("Notification", own_rows="user_id")]
