from typing import Any

from django.db import migrations

from reviews.migrations._rls import EnableRLS

# Under FORCE a migration sees no tenant's rows, so it goes from tenant to tenant.
FILL = """
INSERT INTO reviews_queueitem (id, tenant_id, finding_id, transcript_id, rubric_id, agent_id,
    rule_code, rank, standing, sequence, found_at, updated_at)
SELECT gen_random_uuid(), finding.tenant_id, finding.id, finding.transcript_id, version.rubric_id,
    finding.agent_id, finding.rule_code,
    array_position(ARRAY['critical', 'high', 'medium', 'low', 'info'], finding.severity::text) - 1,
    'open', 0, finding.created_at, finding.created_at
FROM reviews_finding finding
JOIN reviews_evaluation evaluation ON evaluation.id = finding.evaluation_id
JOIN reviews_rubricversion version ON version.id = evaluation.rubric_version_id
"""


def fill(apps: Any, editor: Any) -> None:
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT id FROM reviews_tenant")
        for (tenant,) in cursor.fetchall():
            cursor.execute("SELECT set_config('app.tenant', %s, true)", [str(tenant)])
            cursor.execute(FILL)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [("reviews", "0004_queue_and_sign_in")]

    operations = [
        EnableRLS("QueueItem"),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
