"""Which evaluations are to be written to which CRM, and what came of each."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection as database
from django.db.models import Min
from django.utils import timezone

from reviews.export.crm.port import Outcome
from reviews.jobs import ledger
from reviews.models import CrmConnection, CrmRecord, CrmRecordState, CrmRun, JobKind
from reviews.models.ids import uuid7

DELAYS = tuple(timedelta(minutes=each) for each in (1, 10, 60, 360))
"""Before each further try of a record; after the last it has failed."""
_ENQUEUE = """
INSERT INTO reviews_crmrecord AS record (id, tenant_id, connection_id, evaluation_id, state,
    changes, tries, due_at, code, target_id)
SELECT said.id, %(tenant)s, %(connection)s, said.evaluation, 'waiting', 1, 0, %(now)s, '', ''
FROM jsonb_to_recordset(%(said)s::jsonb) AS said (id uuid, evaluation uuid)
ON CONFLICT (tenant_id, connection_id, evaluation_id) DO UPDATE SET
    state = 'waiting', changes = record.changes + 1, tries = 0, due_at = excluded.due_at
"""
# What was to be written again while it was written waits on.
_NOTE = """
UPDATE reviews_crmrecord record SET run_id = %(run)s, code = said.code, tried_at = %(now)s,
    target_id = CASE said.target WHEN '' THEN record.target_id ELSE said.target END,
    state = CASE record.changes WHEN said.changes THEN said.state ELSE record.state END,
    tries = CASE record.changes WHEN said.changes THEN said.tries ELSE record.tries END,
    due_at = CASE record.changes WHEN said.changes THEN coalesce(said.due_at, record.due_at)
        ELSE record.due_at END
FROM jsonb_to_recordset(%(said)s::jsonb) AS said (id uuid, state text, changes integer,
    tries integer, due_at timestamptz, code text, target text)
WHERE record.id = said.id
"""


def enqueue(connection: CrmConnection, evaluations: Collection[UUID], *, now: datetime) -> None:
    """Have evaluations written as they are when their turn comes; each once, however often asked.

    In the caller's tenant transaction. Lock: the connection's job, as `ledger.wake` says.
    """
    wake(connection, now)
    put(connection, evaluations, now=now)


def put(connection: CrmConnection, evaluations: Collection[UUID], *, now: datetime) -> None:
    """As `enqueue`, for the connection's own job. One SQL statement."""
    said = [{"id": uuid7(), "evaluation": each} for each in sorted(set(evaluations))]
    given: dict[str, Any] = {
        "tenant": connection.tenant_id,
        "connection": connection.pk,
        "said": json.dumps(said, default=str),
        "now": now,
    }
    with database.cursor() as cursor:
        cursor.execute(_ENQUEUE, given)


def known(connection: CrmConnection, evaluations: Collection[UUID]) -> list[UUID]:
    """Those that were to be written once. One SQL query."""
    rows = CrmRecord.objects.filter(connection=connection, evaluation__in=evaluations)
    return list(rows.values_list("evaluation", flat=True))


def wake(connection: CrmConnection, now: datetime) -> None:
    ledger.wake(tenant_id=connection.tenant_id, kind=JobKind.CRM, source_id=connection.pk, at=now)


def due(connection: CrmConnection, *, limit: int) -> list[CrmRecord]:
    """What is to be written now, longest waiting first. One SQL query."""
    rows = CrmRecord.objects.filter(connection=connection, state=CrmRecordState.WAITING)
    return list(rows.filter(due_at__lte=timezone.now()).order_by("due_at", "pk")[:limit])


def next_at(connection: CrmConnection) -> datetime | None:
    """When something is to be written next. One SQL query."""
    rows = CrmRecord.objects.filter(connection=connection, state=CrmRecordState.WAITING)
    found: datetime | None = rows.aggregate(at=Min("due_at"))["at"]
    return found


def run_of(connection: CrmConnection) -> CrmRun:
    """The run that is open, which a worker that died may have begun, or a new one."""
    rows = CrmRun.objects.filter(connection=connection, finished_at=None)
    return rows.first() or CrmRun.objects.create(
        tenant_id=connection.tenant_id, connection=connection, started_at=timezone.now()
    )


def note(run: CrmRun, records: Sequence[CrmRecord], outcomes: Sequence[Outcome]) -> None:
    """What came of each, in the caller's tenant transaction. Two SQL statements."""
    now = timezone.now()
    pairs = zip(records, outcomes, strict=True)
    said = [_noted(record, outcome, now) for record, outcome in pairs]
    with database.cursor() as cursor:
        given: dict[str, Any] = {"run": run.pk, "now": now, "said": json.dumps(said, default=str)}
        cursor.execute(_NOTE, given)
    failed = sum(1 for outcome in outcomes if outcome.code)
    run.written += len(outcomes) - failed
    run.failed += failed
    CrmRun.objects.filter(pk=run.pk).update(written=run.written, failed=run.failed)


def _noted(record: CrmRecord, outcome: Outcome, now: datetime) -> dict[str, object]:
    tries = record.tries + 1
    noted: dict[str, object] = {
        "id": record.pk,
        "changes": record.changes,
        "tries": tries,
        "code": outcome.code,
        "target": outcome.id,
        "due_at": None,
    }
    if not outcome.code:
        return noted | {"state": CrmRecordState.WRITTEN, "tries": 0}
    if tries > len(DELAYS):
        return noted | {"state": CrmRecordState.FAILED}
    return noted | {"state": CrmRecordState.WAITING, "due_at": now + DELAYS[tries - 1]}


def end(connection: CrmConnection, *, code: str = "") -> None:
    """The run that is open, if one is. In the caller's tenant transaction."""
    rows = CrmRun.objects.filter(connection=connection, finished_at=None)
    rows.update(finished_at=timezone.now(), code=code)
