"""A job that goes over many rows: a transaction a batch, which commits how far it came."""

from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

from reviews.jobs import ledger
from reviews.jobs.turn import Turn
from reviews.models import Job
from reviews.models.tenancy import tenant_context

FIRST = UUID(int=0)
"""The subject of a walk that has not begun: it comes before every id."""


class Step(NamedTuple):
    """What came of one batch."""

    done: int
    last: UUID | None
    """The id that the next batch comes after; None where this was the last."""


def walk(
    claim: ledger.Claim,
    batch: Callable[[UUID], Step],
    *,
    finish: Callable[[ledger.Claim], None] = ledger.finish,
) -> None:
    """Batches for a share of the job's time, then the rest is queued. A crash repeats one batch.

    `batch` is given the id it comes after; `finish` ends the job in the last one's transaction.
    """
    turn = Turn(claim.tenant_id, seconds=settings.JOB_TIMEOUT_S / 4)
    with tenant_context(claim.tenant_id):
        done = Job.objects.get(pk=claim.job_id).done_count
    after = claim.subject_id
    while True:
        with tenant_context(claim.tenant_id):
            step = batch(after)
            done += step.done
            if step.last is None:
                ledger.extend(claim, done=done, total=done)
                finish(claim)
                return
            after = step.last
            ledger.extend(claim, done=done, total=None, at=after)
            if turn.is_over():
                ledger.again(claim, done=done, total=None)
                return
