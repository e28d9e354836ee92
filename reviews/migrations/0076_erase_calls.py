from django.db import migrations

from reviews.migrations._rls import APP, REACH

# The one way in which a single call goes, rows of append-only tables with it: a tombstone, which
# nobody can take away again, says that it was asked for. The tenant comes from the transaction, the
# rows from the references themselves: whatever refers to the call, to what refers to it, and so on,
# and what names one of those rows without a reference (about_id). So a table that comes later is
# erased from, too. References are checked at the commit, so the order does not matter. Gives how
# many rows went. Two columns lead from other calls to this one: they are cleared before, or the
# commit fails.
CREATE = f"""
CREATE FUNCTION erase_call(call uuid) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
    own uuid := current_setting('app.tenant')::uuid;
    gone uuid[] := ARRAY[call];
    fresh uuid[] := ARRAY[call];
    parents oid[] := ARRAY['public.reviews_transcript'::regclass::oid];
    tables oid[] := ARRAY['public.reviews_transcript'::regclass::oid];
    link record;
    found_here uuid[];
    next_ids uuid[];
    next_parents oid[];
    each oid;
    went integer;
    done integer := 0;
BEGIN
    IF NOT EXISTS (
        SELECT FROM public.reviews_tombstone
        WHERE tenant_id = own AND kind = 'transcript' AND gone_id = call
    ) THEN
        RAISE EXCEPTION 'the call is not erased: nobody asked for it';
    END IF;
    LOOP
        next_ids := ARRAY[]::uuid[];
        next_parents := ARRAY[]::oid[];
        FOR link IN
            SELECT held.conrelid AS child, named.attname AS name
            FROM pg_constraint held JOIN pg_attribute named
                ON named.attrelid = held.conrelid AND named.attnum = held.conkey[2]
            WHERE held.contype = 'f' AND cardinality(held.conkey) = 2
                AND held.confrelid = ANY (parents)
                AND named.attname NOT IN ('duplicate_of_id', 'suppression_id')
            UNION
            SELECT loose.oid, 'about_id' FROM pg_class loose JOIN pg_attribute named
                ON named.attrelid = loose.oid AND named.attname = 'about_id'
            WHERE loose.relkind = 'r' AND loose.relforcerowsecurity
                AND loose.relnamespace = 'public'::regnamespace
        LOOP
            EXECUTE format(
                'SELECT array_agg(id) FROM %s WHERE tenant_id = $1 AND %I = ANY ($2) '
                'AND id <> ALL ($3)', link.child::regclass, link.name
            ) INTO found_here USING own, fresh, gone || next_ids;
            IF found_here IS NOT NULL THEN
                next_ids := next_ids || found_here;
                next_parents := next_parents || link.child;
            END IF;
        END LOOP;
        EXIT WHEN next_ids = ARRAY[]::uuid[];
        gone := gone || next_ids;
        fresh := next_ids;
        parents := next_parents;
        tables := tables || next_parents;
    END LOOP;
    FOR each IN SELECT DISTINCT unnest(tables) LOOP
        EXECUTE format('DELETE FROM %s WHERE tenant_id = $1 AND id = ANY ($2)', each::regclass)
            USING own, gone;
        GET DIAGNOSTICS went = ROW_COUNT;
        done := done + went;
    END LOOP;
    RETURN done;
END
$body$;
ALTER FUNCTION erase_call(uuid) OWNER TO {REACH};
REVOKE ALL ON FUNCTION erase_call(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_call(uuid) TO {APP};
"""
DROP = "DROP FUNCTION erase_call(uuid);"


class Migration(migrations.Migration):
    dependencies = [("reviews", "0075_tombstone_row_level_security")]

    operations = [migrations.RunSQL(CREATE, DROP)]
