"""The job ledger: claim, lease, fence, retry, dead letter.

A job is a row. Whoever claims it counts the attempt and takes the lease in a transaction of its own
before any work; what the work yields is written in one transaction with `finish`, under the fence
of that claim. So every crash is safe: before the commit nothing happened, after it all did.
"""

import os
import random
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from reviews.jobs.nudge import nudge
from reviews.models import Job, JobKind, JobState
from reviews.models.ids import uuid7
from reviews.models.tenancy import tenant_context

MOST_ATTEMPTS = 5
FIRST_DELAY_S = 2.0
LONGEST_DELAY_S = 600.0
OUTAGE_DELAY_S = 15.0
CANCELLED = "cancelled"
"""The code of a job that a person ended."""
log = structlog.get_logger("verbatim.jobs")
_INSERT = """
INSERT INTO reviews_job (id, tenant_id, kind, key, subject_id, against_id, round, due_at, state,
    attempts, holder, fence, done_count, last_error_code, created_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'queued', 0, '', 0, 0, '', now())
ON CONFLICT (tenant_id, kind, key) DO NOTHING
"""
_CLAIM = """
UPDATE reviews_job SET
    state = CASE WHEN attempts < %s THEN 'running' ELSE 'dead' END,
    finished_at = CASE WHEN attempts < %s THEN NULL ELSE %s END,
    last_error_code = CASE WHEN attempts < %s OR last_error_code <> '' THEN last_error_code
        ELSE 'worker_died' END,
    attempts = attempts + 1, fence = fence + 1, due_at = %s, holder = %s
WHERE id = %s AND state IN ('queued', 'running') AND due_at <= %s
RETURNING state, kind, subject_id, against_id, round, attempts, fence
"""


_WAKE = """
INSERT INTO reviews_job AS job (id, tenant_id, kind, key, subject_id, due_at, state, round,
    attempts, holder, fence, done_count, last_error_code, created_at)
VALUES (%(id)s, %(tenant)s, %(kind)s, %(key)s::text, %(key)s::uuid, %(at)s, 'queued', 0, 0, '',
    0, 0, '', %(now)s)
ON CONFLICT (tenant_id, kind, key) DO UPDATE SET
    state = CASE job.state WHEN 'done' THEN 'queued' ELSE job.state END,
    attempts = CASE job.state WHEN 'done' THEN 0 ELSE job.attempts END,
    finished_at = CASE job.state WHEN 'done' THEN NULL ELSE job.finished_at END,
    due_at = CASE job.state WHEN 'done' THEN excluded.due_at
        WHEN 'queued' THEN least(job.due_at, excluded.due_at) ELSE job.due_at END
RETURNING id
"""
STANDING = frozenset(
    {
        JobKind.FETCH, JobKind.POLL, JobKind.RECONCILE, JobKind.ERASE, JobKind.AUDIO,
        JobKind.SAMPLE, JobKind.DIGEST, JobKind.KEYS, JobKind.DELIVER, JobKind.DROP, JobKind.CRM,
        JobKind.FORWARD,
    }
)  # fmt: skip
"""One row a source, plan, hook, drop or tenant: it rests and is woken; a failure puts it off."""


class LeaseLost(RuntimeError):
    """The job was claimed by another in the meantime; this one's result must not be written."""

    def __init__(self, claim: "Claim") -> None:
        super().__init__(
            f"job {claim.job_id} under fence {claim.fence} was refused: a newer claim holds it. "
            "Nothing is to be done; the newer claim finishes the job."
        )


@dataclass(frozen=True, slots=True)
class Claim:
    """A taken job: whoever holds it may work until `lease_until`."""

    tenant_id: UUID
    job_id: UUID
    kind: JobKind
    subject_id: UUID
    against_id: UUID | None
    round: int
    attempt: int
    fence: int
    lease_until: datetime


@dataclass(frozen=True, slots=True)
class Due:
    tenant_id: UUID
    job_id: UUID
    due_at: datetime


def enqueue(
    *,
    tenant_id: UUID,
    kind: JobKind,
    key: str,
    subject_id: UUID,
    against_id: UUID | None = None,
    round: int = 0,  # noqa: A002 # as the column is named
    now: datetime,
) -> Job:
    """The job with this kind and key, made and nudged if there is none yet.

    Runs in the caller's tenant transaction, so that work and job come into being together.
    """
    job = Job(
        tenant_id=tenant_id,
        kind=kind,
        key=key,
        subject_id=subject_id,
        against_id=against_id,
        round=round,
        due_at=now,
    )
    values: list[Any] = [job.pk, tenant_id, kind, key, subject_id, against_id, round, now]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
        is_new = cursor.rowcount == 1
    if not is_new:
        return Job.objects.get(tenant_id=tenant_id, kind=kind, key=key)
    nudge(tenant_id=tenant_id, job_id=job.pk)
    return job


def wake(*, tenant_id: UUID, kind: JobKind, source_id: UUID, at: datetime) -> UUID:
    """The standing job of a source, plan or hook, due at `at` at the latest; one that runs or is
    dead stays so.

    In the caller's tenant transaction. Lock: the job's row, so that a job about to rest either sees
    what the caller wrote or is woken by it.
    """
    given: dict[str, Any] = {
        "id": uuid7(),
        "tenant": tenant_id,
        "kind": kind,
        "key": str(source_id),
        "at": at,
        "now": timezone.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_WAKE, given)
        return UUID(str(cursor.fetchone()[0]))


def claim(*, tenant_id: UUID, job_id: UUID) -> Claim | None:
    """Take the job if it is due: count the attempt, raise the fence, begin the lease; committed.

    None where there is nothing to do: done, dead, not due, leased by another, absent. A job that
    has used up its attempts becomes a dead letter here.
    """
    now = timezone.now()
    lease_until = now + timedelta(seconds=settings.JOB_LEASE_S)
    holder = f"{socket.gethostname()}:{os.getpid()}"[:100]
    with tenant_context(tenant_id), connection.cursor() as cursor:
        cursor.execute(
            _CLAIM,
            [MOST_ATTEMPTS, MOST_ATTEMPTS, now, MOST_ATTEMPTS, lease_until, holder, job_id, now],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    if row[0] == JobState.DEAD:
        log.warning("job_dead", job=str(job_id))
        return None
    _, kind, subject_id, against_id, nth, attempt, fence = row
    return Claim(
        tenant_id=tenant_id,
        job_id=job_id,
        kind=JobKind(kind),
        subject_id=subject_id,
        against_id=against_id,
        round=nth,
        attempt=attempt,
        fence=fence,
        lease_until=lease_until,
    )


def close(*, tenant_id: UUID, kind: JobKind, key: str) -> None:
    """What the job is to do is done otherwise: nobody need begin it. One that runs ends by itself.

    In the caller's tenant transaction.
    """
    queued = Job.objects.filter(
        tenant_id=tenant_id, kind=kind, key=key, state=JobState.QUEUED, attempts=0
    )
    queued.update(state=JobState.DONE, finished_at=timezone.now())


def finish(claim: Claim) -> None:
    """Mark the job done, inside the transaction that writes its result. Raises LeaseLost."""
    _under_fence(claim, state=JobState.DONE, finished_at=timezone.now(), last_error_code="")


def retry(job: Job) -> None:
    """A dead letter is tried once more, with all its attempts. In the caller's transaction."""
    Job.objects.filter(pk=job.pk, state=JobState.DEAD).update(
        state=JobState.QUEUED, attempts=0, finished_at=None, due_at=timezone.now()
    )
    nudge(tenant_id=job.tenant_id, job_id=job.pk)


def rest(claim: Claim, *, until: datetime | None, done: int = 0) -> None:
    """Nothing more to do before `until`; None: before it is woken. Raises LeaseLost."""
    _under_fence(
        claim,
        state=JobState.QUEUED if until else JobState.DONE,
        attempts=0,
        due_at=until or timezone.now(),
        finished_at=None if until else timezone.now(),
        done_count=done,
        total_count=None,
        last_error_code="",
    )


def again(claim: Claim, *, done: int, total: int | None) -> None:
    """The job made progress and has more to do: queue it anew with all its attempts.

    Inside the transaction that writes the progress. Raises LeaseLost.
    """
    _under_fence(
        claim,
        state=JobState.QUEUED,
        attempts=0,
        due_at=timezone.now(),
        done_count=done,
        total_count=total,
        last_error_code="",
    )
    nudge(tenant_id=claim.tenant_id, job_id=claim.job_id)


def extend(claim: Claim, *, done: int, total: int | None, at: UUID | None = None) -> None:
    """A step is done: begin the lease anew, with all attempts, in the transaction of the step.

    `at` is the row that a walk has come to: the next claim's subject. Raises LeaseLost.
    """
    lease_until = timezone.now() + timedelta(seconds=settings.JOB_LEASE_S)
    moved: dict[str, UUID] = {"subject_id": at} if at else {}
    _under_fence(claim, attempts=1, due_at=lease_until, done_count=done, total_count=total, **moved)


def fail(claim: Claim, *, code: str) -> None:
    """The attempt failed: queue the job for later, or bury it after MOST_ATTEMPTS.

    The delay doubles with each attempt, with jitter. Here as in `postpone` and `bury` a claim that
    has lost its lease changes nothing.
    """
    if claim.kind in STANDING:
        # Its last attempt stays free: only a worker that died of it makes a dead letter.
        attempts = min(claim.attempt, MOST_ATTEMPTS - 1)
        _queue_for_later(claim, code, _delay(attempts), attempts)
    elif claim.attempt >= MOST_ATTEMPTS:
        bury(claim, code=code)
    else:
        _queue_for_later(claim, code, _delay(claim.attempt), claim.attempt)


def postpone(claim: Claim, *, code: str, wait_s: float | None = None) -> None:
    """The other side is away or asks for time, which is no fault of the job: never buried for it.

    `wait_s` is what the other side asked for.
    """
    _queue_for_later(claim, code, OUTAGE_DELAY_S if wait_s is None else wait_s, claim.attempt - 1)


def bury(claim: Claim, *, code: str) -> None:
    """No further attempt can help: a dead letter at once."""
    log.warning("job_dead", kind=claim.kind, code=code)
    with tenant_context(claim.tenant_id):
        _mine(claim).update(state=JobState.DEAD, finished_at=timezone.now(), last_error_code=code)


def _queue_for_later(claim: Claim, code: str, delay_s: float, attempts: int) -> None:
    due_at = timezone.now() + timedelta(seconds=delay_s)
    with tenant_context(claim.tenant_id):
        _mine(claim).update(
            state=JobState.QUEUED, due_at=due_at, attempts=attempts, last_error_code=code
        )


def _mine(claim: Claim) -> "QuerySet[Job]":
    """The job while the claim still holds it, else nothing."""
    return Job.objects.filter(pk=claim.job_id, fence=claim.fence, state=JobState.RUNNING)


def due_jobs(*, limit: int) -> list[Due]:
    """Jobs that anybody may claim now: each tenant's longest waiting, by lot, then the second ones.

    The one look across tenants (SECURITY DEFINER): ids and times, nothing else.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id, job_id, due_at FROM due_jobs(%s)", [limit])
        return [Due(*row) for row in cursor.fetchall()]


def others_wait(tenant_id: UUID) -> bool:
    """Whether another tenant has a job that anybody may claim now."""
    # The first of each tenant come before the second of any.
    return any(due.tenant_id != tenant_id for due in due_jobs(limit=2))


def _under_fence(claim: Claim, **values: str | int | datetime | UUID | None) -> None:
    columns = ", ".join(f"{column} = %s" for column in values)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE reviews_job SET {columns} "  # noqa: S608 # names of our own columns, no value
            "WHERE id = %s AND fence = %s AND state = 'running'",
            [*values.values(), claim.job_id, claim.fence],
        )
        if cursor.rowcount != 1:
            raise LeaseLost(claim)


def _delay(attempt: int, *, chance: Callable[[], float] = random.random) -> float:
    """Seconds before the next attempt: doubled each time, between half and the whole of it."""
    longest = min(LONGEST_DELAY_S, FIRST_DELAY_S * 2.0 ** (attempt - 1))
    return longest * (0.5 + chance() / 2)
