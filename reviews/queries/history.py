"""Earlier calls of the same person and account, as rules about them ask: one SQL statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from reviews.detection.checks.history import CALLS_AT_MOST, HistoryRule
from reviews.detection.rubric import Rubric
from reviews.detection.transcript import CallKind, Direction, Earlier, EarlierCall
from reviews.models import Transcript
from reviews.models.rows import select
from reviews.queries import evaluations

_EARLIER = """
SELECT fetched.is_partial, calls.* FROM (
    SELECT coalesce(bool_or(backfill_done_at IS NULL OR backfill_done_at >= %(before)s), false)
        AS is_partial
    FROM reviews_source WHERE polled_at IS NULL OR created_at > %(since)s
) fetched LEFT JOIN (
    SELECT earlier.id, earlier.call_at, earlier.direction, earlier.kind,
        earlier.subject_hash = %(subject)s, earlier.account_hash = %(account)s,
        newest.number, newest.results
    FROM reviews_transcript earlier LEFT JOIN LATERAL (
        SELECT version.number, evaluation.results
        FROM reviews_evaluation evaluation
            JOIN reviews_rubricversion version ON version.id = evaluation.rubric_version_id
        WHERE evaluation.transcript_id = earlier.id AND version.rubric_id = %(rubric)s
            AND evaluation.created_at < %(before)s
        ORDER BY evaluation.created_at DESC, evaluation.id DESC LIMIT 1
    ) newest ON true
    WHERE (earlier.subject_hash = %(subject)s OR earlier.account_hash = %(account)s)
        AND earlier.duplicate_of_id IS NULL
        AND earlier.id <> %(transcript)s AND earlier.received_at < %(before)s
        AND (earlier.call_at IS NULL
            OR earlier.call_at >= %(since)s AND earlier.call_at < %(call_at)s)
    ORDER BY earlier.call_at DESC NULLS LAST, earlier.id DESC LIMIT %(most)s
) calls ON true
ORDER BY calls.call_at DESC NULLS LAST, calls.id DESC
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """How far back the rules of a rubric look, and for which rules' findings."""

    days: int
    codes: frozenset[str]


def asked_of(rubric: Rubric) -> Asked | None:
    """None where no rule asks for earlier calls."""
    rules = [rule.check for rule in rubric.rules if isinstance(rule.check, HistoryRule)]
    if not rules:
        return None
    codes = frozenset(rule.rule for rule in rules if rule.rule)
    return Asked(max(rule.days for rule in rules), codes)


def earlier(row: Transcript, rubric_id: UUID, asked: Asked, *, before: datetime) -> Earlier:
    """Calls that were received, and evaluated, before that time; the newest first.

    While a backfill is under way, or where none was made, earlier calls may be still to come; but
    not of the time since which the source has been polled.
    """
    if row.call_at is None or (row.subject_hash is None and row.account_hash is None):
        return Earlier(_of(row.subject_hash, []), _of(row.account_hash, []))
    given = {
        "subject": row.subject_hash,
        "account": row.account_hash,
        "rubric": rubric_id,
        "transcript": row.pk,
        "call_at": row.call_at,
        "since": row.call_at - timedelta(days=asked.days),
        "before": before,
        "most": CALLS_AT_MOST + 1,
    }
    read = select(_EARLIER, given)
    rows = [rest for _, *rest in read if rest[0] is not None]
    kept = [(_call(each, asked), each[4], each[5]) for each in rows[:CALLS_AT_MOST]]
    return Earlier(
        subject=_of(row.subject_hash, [call for call, is_subject, _ in kept if is_subject]),
        account=_of(row.account_hash, [call for call, _, is_account in kept if is_account]),
        is_partial=read[0][0] or len(rows) > CALLS_AT_MOST,
    )


def _of(key: bytes | memoryview | None, calls: list[EarlierCall]) -> tuple[EarlierCall, ...] | None:
    return None if key is None else tuple(calls)


def _call(read: Sequence[Any], asked: Asked) -> EarlierCall:
    transcript_id, call_at, direction, kind, _, _, number, results = read
    kinds: Mapping[str, str] = {}
    if results is not None and asked.codes:
        kinds = evaluations.kinds_of(results, asked.codes)
    return EarlierCall(
        id=str(transcript_id),
        call_at=call_at,
        direction=Direction(direction) if direction else None,
        kind=CallKind(kind) if kind else None,
        version=number,
        found=frozenset(rule for rule, outcome in kinds.items() if outcome == "found"),
        unknown=frozenset(rule for rule, outcome in kinds.items() if outcome == "not_assessable"),
    )
