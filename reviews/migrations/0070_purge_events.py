from django.db import migrations

from reviews.migrations._rls import APP, REACH

# Events are append-only for the app, so what is too old goes by this function alone, and how old
# that is stands here. The tenant comes from the transaction. The last event of a row stays, or its
# sequence would begin anew; an event that a delivery still names stays with it.
CREATE = f"""
CREATE FUNCTION purge_events(most integer)
RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
    own uuid := current_setting('app.tenant')::uuid;
    gone integer;
BEGIN
    DELETE FROM public.reviews_event AS event WHERE event.tenant_id = own AND event.id IN (
        SELECT old.id FROM public.reviews_event AS old
        WHERE old.tenant_id = own AND old.created_at < now() - interval '90 days'
            AND (old.kind = 'ping' OR EXISTS (
                SELECT FROM public.reviews_event AS later
                WHERE later.tenant_id = own AND later.about_id = old.about_id
                    AND later.sequence > old.sequence))
            AND NOT EXISTS (
                SELECT FROM public.reviews_delivery AS delivery
                WHERE delivery.tenant_id = own AND delivery.event_id = old.id)
        ORDER BY old.created_at LIMIT most);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END
$body$;
GRANT SELECT, DELETE ON reviews_event TO {REACH};
GRANT SELECT ON reviews_delivery TO {REACH};
ALTER FUNCTION purge_events(integer) OWNER TO {REACH};
REVOKE ALL ON FUNCTION purge_events(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION purge_events(integer) TO {APP};
"""

DROP = f"""
DROP FUNCTION purge_events(integer);
REVOKE SELECT, DELETE ON reviews_event FROM {REACH};
REVOKE SELECT ON reviews_delivery FROM {REACH};
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0069_event_age")]

    operations = [migrations.RunSQL(CREATE, DROP)]
