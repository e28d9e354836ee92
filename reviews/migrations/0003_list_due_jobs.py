from django.db import migrations

from reviews.migrations._rls import APP, REACH

# The one look across tenants: ids and times. Each tenant's longest waiting job, then each one's
# second, and so on; among them by lot, for the tenant with the longest queue also has the oldest
# jobs. The partial index (tenant_id, due_at) serves each tenant's share.
CREATE = f"""
CREATE FUNCTION due_jobs(most integer)
RETURNS TABLE (tenant_id uuid, job_id uuid, due_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
    SELECT due.tenant_id, due.id, due.due_at
    FROM public.reviews_tenant AS tenant
    CROSS JOIN LATERAL (
        SELECT job.tenant_id, job.id, job.due_at,
               row_number() OVER (ORDER BY job.due_at) AS turn
        FROM public.reviews_job AS job
        WHERE job.tenant_id = tenant.id
          AND job.state IN ('queued', 'running')
          AND job.due_at <= now()
        ORDER BY job.due_at
        LIMIT most
    ) AS due
    ORDER BY due.turn, random()
    LIMIT most
$body$;
GRANT SELECT ON reviews_tenant, reviews_job TO {REACH};
ALTER FUNCTION due_jobs(integer) OWNER TO {REACH};
REVOKE ALL ON FUNCTION due_jobs(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION due_jobs(integer) TO {APP};
"""

DROP = f"""
DROP FUNCTION due_jobs(integer);
REVOKE SELECT ON reviews_tenant, reviews_job FROM {REACH};
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0002_force_row_level_security")]

    operations = [migrations.RunSQL(CREATE, DROP)]
