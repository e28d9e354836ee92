from django.db import migrations, models

from reviews.migrations._rls import APP, REACH

# The one way in which rows of append-only tables go: with their tenant, whose deletion was asked
# for. It takes the tenant from the transaction, the tables from the program, children first; of
# each the newest rows, which may refer to older ones of the same table. Gives how many went.
CREATE = f"""
CREATE FUNCTION erase_rows(tables text[], most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
    own uuid := current_setting('app.tenant')::uuid;
    each text;
    gone integer;
    done integer := 0;
BEGIN
    IF NOT EXISTS (
        SELECT FROM public.reviews_tenant WHERE id = own AND erased_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'rows are not erased: nobody asked for the deletion of their tenant';
    END IF;
    FOREACH each IN ARRAY tables LOOP
        IF NOT EXISTS (
            SELECT FROM pg_class WHERE relname = each AND relkind = 'r' AND relforcerowsecurity
                AND relnamespace = 'public'::regnamespace
        ) THEN
            RAISE EXCEPTION 'rows are not erased: % is no table of tenants', each;
        END IF;
        EXECUTE format(
            'DELETE FROM public.%I WHERE tenant_id = $1 AND id = ANY (ARRAY('
            'SELECT id FROM public.%I WHERE tenant_id = $1 ORDER BY id DESC LIMIT $2))', each, each
        ) USING own, most - done;
        GET DIAGNOSTICS gone = ROW_COUNT;
        done := done + gone;
        EXIT WHEN done >= most;
    END LOOP;
    RETURN done;
END
$body$;
DO $grant$ DECLARE each regclass; BEGIN
    FOR each IN
        SELECT oid FROM pg_class WHERE relkind = 'r' AND relforcerowsecurity
            AND relnamespace = 'public'::regnamespace
    LOOP
        EXECUTE format('GRANT SELECT, DELETE ON %s TO {REACH}', each);
    END LOOP;
END $grant$;
ALTER FUNCTION erase_rows(text[], integer) OWNER TO {REACH};
REVOKE ALL ON FUNCTION erase_rows(text[], integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_rows(text[], integer) TO {APP};
"""
DROP = f"""
DROP FUNCTION erase_rows(text[], integer);
DO $revoke$ DECLARE each regclass; BEGIN
    FOR each IN
        SELECT oid FROM pg_class WHERE relkind = 'r' AND relforcerowsecurity
            AND relnamespace = 'public'::regnamespace
    LOOP
        EXECUTE format('REVOKE DELETE ON %s FROM {REACH}', each);
    END LOOP;
END $revoke$;
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0056_platform_tenants")]

    operations = [
        migrations.RunSQL(CREATE, DROP),
        migrations.AlterField(
            model_name='job',
            name='kind',
            field=models.CharField(choices=[('backfill', 'List of all calls of a source'), ('fetch', 'Calls fetched from a source'), ('poll', 'New calls of a source'), ('reconcile', "Comparison with a source's list"), ('submit', 'Recording sent to a source'), ('erase', 'Calls deleted at a source'), ('audio', 'Recordings fetched and deleted'), ('evaluate', 'Evaluation of a transcript'), ('backtest', 'Backtest of a rubric'), ('shadow', 'New call by a draft in shadow'), ('anew', 'Earlier calls by a new version'), ('sample', 'Calls drawn by a sampling plan'), ('digest', 'Mails with what is unread'), ('keys', 'API keys that end soon'), ('deliver', 'Events sent to a webhook'), ('erase_tenant', 'Tenant deleted'), ('ask_again', 'What was left open for want of earlier calls')], max_length=20),
        ),
    ]
