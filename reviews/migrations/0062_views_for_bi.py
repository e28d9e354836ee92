from typing import Any

from django.db import migrations

# A role without sign-in that reads views, which rest on row-level security: they run as whoever
# asks. The app's own policies go by `app.tenant`, which any session can set to what it likes, so
# for these roles a second policy stands beside each, which must hold, too: the tenant that the role
# signed in was given, in a table that it can neither read nor write. Columns of persons, and words,
# are granted nowhere.
BI = "verbatim_bi"
OF_EVALUATION = """
    e.transcript_id AS call_id, e.transcript_revision AS call_revision, v.rubric_id,
    r.code AS rubric_code, v.number AS rubric_version, encode(v.sha256, 'hex') AS rubric_sha256,
    e.engine_version"""
JOINED = """
    JOIN public.reviews_rubricversion v ON v.id = e.rubric_version_id
    JOIN public.reviews_rubric r ON r.id = v.rubric_id"""
READ = {
    "transcript": "id, tenant_id, source_id, external_id, revision, state, state_code, language, "
    "duration_ms, words, confidence, timing, call_at, call_zone, direction, kind, queue, product, "
    "customer_region, first_contact, crm_ids, duplicate_of_id, received_at",
    "participant": "id, tenant_id, transcript_id, revision, agent_id, from_ms",
    "evaluation": "id, tenant_id, transcript_id, transcript_revision, rubric_version_id, "
    "engine_version, round, verdict, score, passed, failed, not_assessable, not_applicable, "
    "created_at",
    "rubricversion": "id, tenant_id, rubric_id, number, sha256",
    "rubric": "id, tenant_id, code",
    "finding": "id, tenant_id, evaluation_id, rule_code, severity, outcome, is_unsure, agent_id, "
    "role, utterance, first_word, last_utterance, last_word, start_ms, end_ms, spans",
    "queueitem": "tenant_id, finding_id, lowered_to, standing, decided_at, decided_by_id, found_at, "
    "updated_at",
    "review": "id, tenant_id, evaluation_id, finding_id, rule_code, sequence, verdict, reason_code, "
    "severity, by_id, at",
    "agent": "id, tenant_id, team_id, updated_at",
    "team": "id, tenant_id, name",
}
VIEWS = {
    "calls": """SELECT t.tenant_id, t.id, t.source_id, t.external_id, t.revision, t.state,
    t.state_code, t.language, t.duration_ms, t.words, t.confidence, t.timing, t.call_at,
    t.call_zone, t.direction, t.kind, t.queue, t.product, t.customer_region, t.first_contact,
    (SELECT p.agent_id FROM public.reviews_participant p
        WHERE p.tenant_id = t.tenant_id AND p.transcript_id = t.id AND p.revision = t.revision
            AND p.agent_id IS NOT NULL
        ORDER BY p.from_ms, p.id LIMIT 1) AS agent_id,
    t.crm_ids, t.duplicate_of_id AS duplicate_of, t.received_at AS updated_at
FROM public.reviews_transcript t""",
    "evaluations": f"""SELECT e.tenant_id, e.id, {OF_EVALUATION}, e.round, e.verdict, e.score,
    e.passed, e.failed, e.not_assessable, e.not_applicable, later.at IS NULL AS is_current,
    e.created_at, coalesce(later.at, e.created_at) AS updated_at
FROM public.reviews_evaluation e {JOINED}
LEFT JOIN LATERAL (
    SELECT n.created_at AS at FROM public.reviews_evaluation n
    JOIN public.reviews_rubricversion nv ON nv.id = n.rubric_version_id
    WHERE n.tenant_id = e.tenant_id AND n.transcript_id = e.transcript_id
        AND nv.rubric_id = v.rubric_id AND (n.created_at, n.id) > (e.created_at, e.id)
    ORDER BY n.created_at, n.id LIMIT 1
) later ON true""",
    "findings": f"""SELECT f.tenant_id, f.id, f.evaluation_id, {OF_EVALUATION},
    f.rule_code AS rule, f.severity, i.lowered_to, f.outcome, f.is_unsure, f.agent_id, f.role,
    f.utterance, f.first_word, f.last_utterance, f.last_word, f.start_ms, f.end_ms,
    f.spans AS places, i.standing, i.decided_at, i.decided_by_id AS decided_by,
    i.standing <> 'superseded' AS is_current, i.found_at, i.updated_at
FROM public.reviews_queueitem i JOIN public.reviews_finding f ON f.id = i.finding_id
JOIN public.reviews_evaluation e ON e.id = f.evaluation_id {JOINED}""",
    "reviews": f"""SELECT w.tenant_id, w.id, w.evaluation_id, w.finding_id, {OF_EVALUATION},
    w.rule_code AS rule, w.sequence, w.verdict, w.reason_code, w.severity, w.by_id AS reviewer_id,
    w.at AS updated_at
FROM public.reviews_review w JOIN public.reviews_evaluation e ON e.id = w.evaluation_id {JOINED}""",
    "agents": """SELECT a.tenant_id, a.id, a.team_id, m.name AS team, a.updated_at
FROM public.reviews_agent a LEFT JOIN public.reviews_team m ON m.id = a.team_id""",
}
FORWARDS: list[Any] = [
    f"""DO $missing$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{BI}')
        OR NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'bi') THEN
        RAISE EXCEPTION 'the migration was refused: no role {BI} or no schema bi. '
            'Have a superuser run what `manage.py roles --sql` prints, then migrate again.';
    END IF;
END $missing$""",
    "CREATE TABLE bi.reader (role name PRIMARY KEY, "
    "tenant uuid NOT NULL REFERENCES public.reviews_tenant (id) ON DELETE CASCADE)",
    """CREATE FUNCTION bi.own_tenant() RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $body$ SELECT tenant FROM bi.reader WHERE role = session_user $body$""",
    "REVOKE ALL ON FUNCTION bi.own_tenant() FROM PUBLIC",
    f"GRANT EXECUTE ON FUNCTION bi.own_tenant() TO {BI}",
    *(
        statement
        for name, columns in READ.items()
        for statement in (
            f"GRANT SELECT ({columns}) ON reviews_{name} TO {BI}",
            f"CREATE POLICY bi ON reviews_{name} AS RESTRICTIVE FOR SELECT TO {BI} "
            "USING (tenant_id = (SELECT bi.own_tenant()))",
        )
    ),
    *(
        statement
        for name, body in VIEWS.items()
        for statement in (
            f"CREATE VIEW bi.{name} WITH (security_invoker = true) AS {body}",
            f"GRANT SELECT ON bi.{name} TO {BI}",
        )
    ),
]
BACKWARDS: list[Any] = [
    *(f"DROP VIEW bi.{name}" for name in VIEWS),
    *(
        statement
        for name, columns in READ.items()
        for statement in (
            f"DROP POLICY bi ON reviews_{name}",
            f"REVOKE SELECT ({columns}) ON reviews_{name} FROM {BI}",
        )
    ),
    "DROP FUNCTION bi.own_tenant()",
    "DROP TABLE bi.reader",
]


class Migration(migrations.Migration):
    dependencies = [("reviews", "0061_drop_row_level_security")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
