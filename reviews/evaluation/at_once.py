"""A call that a program has evaluated by a version it names: while it waits, or by the queue."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from uuid import UUID

from reviews import audit
from reviews.audit import Who
from reviews.detection import engine
from reviews.detection.transcript import Transcript as Columns
from reviews.evaluation import judging, run
from reviews.jobs import ledger
from reviews.models import Job, JobKind, JobState, Transcript
from reviews.queries import transcripts

SECONDS = 5.0
"""So long a sender waits for the engine; then the queue does it."""
_POOL = ThreadPoolExecutor(max_workers=2, thread_name_prefix="run")
"""Of so few threads, for one whose time is up is not ended: the engine's own limits end it."""


class TimeUp(Exception):
    """The engine was not done in time."""


def ask(transcript_id: UUID, version_id: UUID, *, is_waiting: bool, by: Who, now: datetime) -> Job:
    """The run's job; its work is done already where somebody waits for it and it is soon done.

    The same revision of a call by the same version is one run; one that failed is begun again. In
    the caller's tenant transaction, whose last act it is: it locks the audit trail.
    """
    row = transcripts.current(transcript_id)
    call = transcripts.original_of(row) or row
    key = run.key_of(call, version_id)
    job = ledger.enqueue(
        tenant_id=row.tenant_id,
        kind=JobKind.RUN,
        key=key,
        subject_id=call.pk,
        against_id=version_id,
        now=now,
    )
    if job.state == JobState.DEAD:
        ledger.retry(job)
    # The same work, where the version judges the call anyway.
    ledger.close(tenant_id=row.tenant_id, kind=JobKind.EVALUATE, key=key)
    if is_waiting and job.state == JobState.QUEUED and _is_done(call, version_id):
        ledger.close(tenant_id=row.tenant_id, kind=JobKind.RUN, key=key)
    job.refresh_from_db()
    data = {"transcript": str(call.pk), "version": str(version_id)}
    audit.record(event=audit.Event.RUN_ASKED, by=by, target=job, at=now, data=data)
    return job


def hear(call: Columns, compiled: engine.Compiled) -> engine.Evaluation:
    """Raises TimeUp."""
    heard = _POOL.submit(engine.evaluate, call, compiled)
    try:
        return heard.result(timeout=SECONDS)
    except TimeoutError:
        heard.cancel()
        raise TimeUp from None


def _is_done(call: Transcript, version_id: UUID) -> bool:
    """A language model is never waited for: nothing may be locked while it thinks."""
    if judging.is_judged(run.compiled_of(call.tenant_id, version_id)):
        return False
    try:
        run.evaluate_now(call, version_id, hear=hear)
    except TimeUp:
        return False
    return True
