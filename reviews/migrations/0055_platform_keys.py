import uuid
from typing import Any

from django.db import migrations, models

from reviews.migrations._rls import TenantReference

INSTANCE = uuid.UUID("00000000-0000-7000-8000-000000000001")
TIED = models.Q(models.Q(("tenant", INSTANCE), _negated=True), ("networks__len__gt", 0), _connector="OR")
SCOPED = models.Q(
    ("tenant", INSTANCE),
    models.Q(("scopes__overlap", ["read:platform", "write:platform"]), _negated=True),
    _connector="OR",
)


class Untie(TenantReference):
    """The composite key goes: an answer may be of a platform key, which is another tenant's row."""

    def database_forwards(self, app_label: str, editor: Any, before: Any, after: Any) -> None:
        super().database_backwards(app_label, editor, before, after)

    def database_backwards(self, app_label: str, editor: Any, before: Any, after: Any) -> None:
        # Answers are kept for a week; those of platform keys could not be referred to any more.
        editor.execute("TRUNCATE reviews_apianswer")
        super().database_forwards(app_label, editor, before, after)

    def describe(self) -> str:
        return f"Let {self.field} of {self.name} be of another tenant"


class Migration(migrations.Migration):
    dependencies = [("reviews", "0054_key_use_rls")]

    operations = [
        migrations.RemoveConstraint("apikey", "api_key_not_of_the_instance"),
        migrations.AddConstraint(
            "apikey",
            models.CheckConstraint(condition=SCOPED, name="api_key_platform_of_the_instance"),
        ),
        migrations.AddConstraint(
            "apikey", models.CheckConstraint(condition=TIED, name="api_key_of_the_instance_tied")
        ),
        Untie("ApiAnswer", "api_key"),
        # The column stays as it is; only its index goes, which the unique constraint serves too.
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.AlterField(
                    "apianswer", "api_key", models.UUIDField(db_column="api_key_id")
                ),
            ],
            state_operations=[
                migrations.RemoveConstraint("apianswer", "api_answer_once"),
                migrations.RemoveField("apianswer", "api_key"),
                migrations.AddField("apianswer", "api_key_id", models.UUIDField(default=None), preserve_default=False),
                migrations.AddConstraint(
                    "apianswer",
                    models.UniqueConstraint(
                        fields=("tenant", "api_key_id", "name_sha256"), name="api_answer_once"
                    ),
                ),
            ],
        ),
    ]
