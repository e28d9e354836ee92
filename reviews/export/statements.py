"""SQL of the tables: of a row its place (time, id), whether it counts, the columns."""

from collections.abc import Sequence

from reviews.export.tables import TABLES, Type

SHARED = (
    "tenant_id", "id", "call_id", "call_revision", "rubric_id", "rubric_code", "rubric_version",
    "rubric_sha256", "engine_version", "is_current", "updated_at",
)  # fmt: skip
"""Of an evaluation, in each row that stands packed in it."""
BY_EVALUATION = frozenset({"evaluations", "rule_results", "evidence"})
_OF_EVALUATION = """
    e.transcript_id AS call_id, e.transcript_revision AS call_revision, v.rubric_id,
    r.code AS rubric_code, v.number AS rubric_version, encode(v.sha256, 'hex') AS rubric_sha256,
    e.engine_version"""
_JOINED = """
    JOIN reviews_rubricversion v ON v.id = e.rubric_version_id
    JOIN reviews_rubric r ON r.id = v.rubric_id"""
_ROWS = {
    "calls": """SELECT t.tenant_id, t.id, t.source_id, t.external_id, t.revision, t.state,
    t.state_code, t.language, t.duration_ms, t.words, t.confidence, t.timing, t.call_at,
    t.call_zone, t.direction, t.kind, t.queue, t.product, t.customer_region, t.first_contact,
    (SELECT p.agent_id FROM reviews_participant p
        WHERE p.tenant_id = t.tenant_id AND p.transcript_id = t.id AND p.revision = t.revision
            AND p.agent_id IS NOT NULL
        ORDER BY p.from_ms, p.id LIMIT 1) AS agent_id,
    t.crm_ids, t.duplicate_of_id AS duplicate_of, t.received_at AS updated_at
FROM reviews_transcript t""",
    "findings": f"""SELECT i.tenant_id, i.finding_id AS id, f.evaluation_id, {_OF_EVALUATION},
    f.rule_code AS rule, f.severity, i.lowered_to, f.outcome, f.is_unsure, f.agent_id, f.role,
    f.utterance, f.first_word, f.last_utterance, f.last_word, f.start_ms, f.end_ms,
    f.spans AS places, i.standing, i.decided_at, i.decided_by_id AS decided_by,
    i.standing <> 'superseded' AS is_current, i.found_at, i.updated_at
FROM reviews_queueitem i JOIN reviews_finding f ON f.id = i.finding_id
JOIN reviews_evaluation e ON e.id = f.evaluation_id {_JOINED}""",  # noqa: S608 # constants of ours
    "reviews": f"""SELECT w.tenant_id, w.id, w.evaluation_id, w.finding_id, {_OF_EVALUATION},
    w.rule_code AS rule, w.sequence, w.verdict, w.reason_code, w.severity, w.by_id AS reviewer_id,
    u.email AS reviewer, n.text AS note, w.at AS updated_at
FROM reviews_review w JOIN reviews_evaluation e ON e.id = w.evaluation_id {_JOINED}
LEFT JOIN reviews_user u ON u.id = w.by_id LEFT JOIN reviews_reviewnote n ON n.review_id = w.id""",  # noqa: S608 # constants of ours
    "agents": """SELECT a.tenant_id, a.id, a.external_id, a.name, a.team_id, m.name AS team,
    a.updated_at
FROM reviews_agent a LEFT JOIN reviews_team m ON m.id = a.team_id""",
    "deletions": """SELECT g.tenant_id, g.gone_id AS id,
    CASE g.kind WHEN 'transcript' THEN 'call' ELSE g.kind END AS kind, g.deleted_at AS updated_at
FROM reviews_tombstone g""",
}
_TIME = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
_PAGE = """
SELECT {at}, id::text, true, {columns} FROM ({rows}) own
WHERE tenant_id = %(tenant)s AND updated_at >= %(at)s AND updated_at < %(until)s
    AND (updated_at, id) > (%(at)s, %(id)s)
ORDER BY own.updated_at, own.id LIMIT %(limit)s
"""
# Each evaluation once: one that is current by itself, one that is not by the evaluation after it.
# So all are found by the index of their times, and `is_current` is as of the window's end.
_CHANGED = f"""
WITH made AS (
    SELECT e.id, e.transcript_id, v.rubric_id, e.created_at
    FROM reviews_evaluation e JOIN reviews_rubricversion v ON v.id = e.rubric_version_id
    WHERE e.tenant_id = %(tenant)s AND e.created_at >= %(at)s AND e.created_at < %(until)s
        AND (e.created_at, e.id) > (%(at)s, %(id)s)
        AND (%(rubric)s::uuid IS NULL OR v.rubric_id = %(rubric)s::uuid)
    ORDER BY e.created_at, e.id LIMIT %(limit)s
), changed AS (
    SELECT made.created_at AS at, made.id AS by, own.id, own.is_current
    FROM made LEFT JOIN LATERAL (
        SELECT made.id, true AS is_current WHERE NOT EXISTS (
            SELECT FROM reviews_evaluation n
            JOIN reviews_rubricversion nv ON nv.id = n.rubric_version_id
            WHERE n.tenant_id = %(tenant)s AND n.transcript_id = made.transcript_id
                AND nv.rubric_id = made.rubric_id AND n.created_at < %(until)s
                AND (n.created_at, n.id) > (made.created_at, made.id))
        UNION ALL (
            SELECT p.id, false FROM reviews_evaluation p
            JOIN reviews_rubricversion pv ON pv.id = p.rubric_version_id
            WHERE p.tenant_id = %(tenant)s AND p.transcript_id = made.transcript_id
                AND pv.rubric_id = made.rubric_id
                AND (p.created_at, p.id) < (made.created_at, made.id)
            ORDER BY p.created_at DESC, p.id DESC LIMIT 1)
    ) own ON true
)
SELECT {{at}}, changed.by::text, changed.id IS NOT NULL, {{columns}}
FROM changed LEFT JOIN LATERAL (
    SELECT e.tenant_id, e.id, {_OF_EVALUATION}, e.round, e.verdict, e.score, e.passed, e.failed,
        e.not_assessable, e.not_applicable, e.created_at, e.results,
        e.rubric_version_id
    FROM reviews_evaluation e {_JOINED}
    WHERE e.id = changed.id LIMIT 1
) own ON true
ORDER BY changed.at, changed.by, changed.id
"""  # noqa: S608 # constants of ours
_AS_TEXT = {Type.ID: "{}::text", Type.TIME: _TIME}
"""An object for each of them would take longer to make than its row to read."""
_WRITTEN = {
    column.name: _AS_TEXT.get(column.type, "{}")
    for table in TABLES.values()
    for column in table.columns
}
_OF_CHANGE = {"is_current": "changed.is_current", "updated_at": _TIME.format("changed.at")}


def of(table: str, columns: Sequence[str]) -> str:
    """Of columns of the table: names of our own, no value."""
    if table in BY_EVALUATION:
        return of_evaluations(columns)
    written = (_written(name, name) for name in columns)
    at = _TIME.format("updated_at")
    return _PAGE.format(at=at, columns=", ".join(written), rows=_ROWS[table])


def of_evaluations(columns: Sequence[str]) -> str:
    written = (_OF_CHANGE.get(name) or _written(name, f"own.{name}") for name in columns)
    return _CHANGED.format(at=_OF_CHANGE["updated_at"], columns=", ".join(written))


def _written(name: str, value: str) -> str:
    """Of a column of the tables, or of one that an evaluation has besides."""
    return _WRITTEN.get(name, "{}").format(value)
