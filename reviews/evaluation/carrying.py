"""What people decided of a call's findings holds for the same findings of a later evaluation.

The same is the same rule on the same words of the same revision, or the same absence. Where it is
stronger than what was decided (graver, sure now, or at more places) it comes back to the reviewers.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from reviews.detection.rubric import GRAVEST_FIRST

# Ranks go from the gravest, 0, on.
_CARRY = """
WITH carried AS (
    SELECT item.id, earlier.item_id, earlier.standing, earlier.decided_by_id, earlier.decided_at,
        earlier.finding_id, earlier.lowered_to,
        item.rank < earlier.rank OR finding.spans > earlier.spans
            OR earlier.is_unsure AND NOT finding.is_unsure AS is_stronger
    FROM reviews_finding finding
    JOIN reviews_evaluation evaluation ON evaluation.id = finding.evaluation_id
    JOIN reviews_queueitem item ON item.finding_id = finding.id
    JOIN LATERAL (
        SELECT old.id AS item_id, old.standing, old.decided_by_id, old.decided_at, old.rank,
            old.finding_id, old.lowered_to, was.spans, was.is_unsure, was.outcome,
            past.transcript_revision, was.utterance, was.first_word, was.last_utterance,
            was.last_word
        FROM reviews_queueitem old JOIN reviews_finding was ON was.id = old.finding_id
        JOIN reviews_evaluation past ON past.id = was.evaluation_id
        WHERE old.transcript_id = item.transcript_id AND old.rubric_id = item.rubric_id
            AND old.rule_code = item.rule_code AND old.id <> item.id
            AND old.standing IN ('upheld', 'dismissed')
        ORDER BY old.decided_at DESC LIMIT 1
    ) earlier ON earlier.transcript_revision = evaluation.transcript_revision
        AND earlier.outcome = finding.outcome
        AND (earlier.utterance, earlier.first_word, earlier.last_utterance, earlier.last_word)
            IS NOT DISTINCT FROM
            (finding.utterance, finding.first_word, finding.last_utterance, finding.last_word)
    WHERE finding.evaluation_id = %(evaluation)s
), superseded AS (
    UPDATE reviews_queueitem old SET standing = 'superseded', updated_at = %(now)s
    FROM carried WHERE old.id = carried.item_id
)
UPDATE reviews_queueitem item SET
    standing = CASE WHEN is_stronger THEN item.standing ELSE carried.standing END,
    decided_by_id = CASE WHEN is_stronger THEN NULL ELSE carried.decided_by_id END,
    decided_at = CASE WHEN is_stronger THEN NULL ELSE carried.decided_at END,
    lowered_to = CASE WHEN NOT is_stronger AND item.rank
        < array_position(%(gravest_first)s::text[], carried.lowered_to::text) - 1
        THEN carried.lowered_to ELSE '' END,
    carried_from_id = carried.finding_id
FROM carried WHERE item.id = carried.id
"""


def carry(*, evaluation_id: UUID, now: datetime) -> None:
    """In the transaction that writes the evaluation and its queue items."""
    with connection.cursor() as cursor:
        given: dict[str, Any] = {
            "evaluation": evaluation_id,
            "now": now,
            "gravest_first": list(GRAVEST_FIRST),
        }
        cursor.execute(_CARRY, given)
