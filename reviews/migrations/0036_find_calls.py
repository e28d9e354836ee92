from django.db import migrations

from reviews.migrations._rls import APP, REACH

# The search of words: `@@` is not leakproof, so under row-level security it would not use its
# index. It takes the tenant from the transaction alone, and gives ids and times; who may see which
# call is settled outside. `speakers` are letters of reviews/detection/phrases.py, one the least.
#
# Without bitmap scans of the one index the planner would read rows, and unpack each one's words.
CREATE = f"""
CREATE FUNCTION find_calls(
    lexemes text[], speakers text, before timestamptz, before_id uuid, most integer
)
RETURNS TABLE (transcript_id uuid, at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET enable_indexscan = off SET jit = off
AS $body$
DECLARE
    own uuid := current_setting('app.tenant')::uuid;
    asked tsquery;
BEGIN
    SELECT string_agg(by_one.query, ' | ')::tsquery INTO asked FROM (
        SELECT '(' || string_agg(
            '''' || replace(replace(right(own::text, 8) || speaker || ' ' || lexeme,
                '\\', '\\\\'), '''', '''''') || '''', ' & ') || ')' AS query
        FROM regexp_split_to_table(speakers, '') AS speaker CROSS JOIN unnest(lexemes) AS lexeme
        GROUP BY speaker
    ) by_one;
    RETURN QUERY
        SELECT said.transcript_id, said.at
        FROM public.reviews_callwords AS said
        WHERE said.tenant_id = own AND said.words @@ asked
            AND (before IS NULL OR (said.at, said.transcript_id) < (before, before_id))
        GROUP BY said.at, said.transcript_id
        ORDER BY said.at DESC, said.transcript_id DESC
        LIMIT most;
END
$body$;
GRANT SELECT ON reviews_callwords TO {REACH};
ALTER FUNCTION find_calls(text[], text, timestamptz, uuid, integer) OWNER TO {REACH};
REVOKE ALL ON FUNCTION find_calls(text[], text, timestamptz, uuid, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_calls(text[], text, timestamptz, uuid, integer) TO {APP};
"""

DROP = f"""
DROP FUNCTION find_calls(text[], text, timestamptz, uuid, integer);
REVOKE SELECT ON reviews_callwords FROM {REACH};
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0035_call_words_row_level_security")]

    operations = [migrations.RunSQL(CREATE, DROP)]
