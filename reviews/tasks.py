"""What the queue calls, and what follows what. A task gets ids, returns nothing, never raises.

An import is no task: who imports waits for what became of each document.
"""

import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from uuid import UUID

import structlog
from django.utils import timezone

from reviews import audit
from reviews.accounts import digest, key_ends
from reviews.egress import RateLimited, VendorDown
from reviews.errors import Refused
from reviews.evaluation import again, anew, backtest, shadow
from reviews.evaluation import run as evaluation
from reviews.export import deliver, dropping, forward
from reviews.export.crm import run as crm
from reviews.ingest import (
    audio_job,
    backfill,
    duplicates,
    erase,
    fetch,
    poll,
    reconcile,
    sending,
    upload,
)
from reviews.ingest.then import Then
from reviews.jobs import ledger
from reviews.models import JobKind, Source, Transcript
from reviews.platform import erase as erase_tenant
from reviews.retention import erase as erase_one
from reviews.reviewing import sampling
from reviews.sources.files.documents import Loaded
from reviews.sources.told import Told

OWN = "/reviews/"
AT_ONCE = 8
"""Due jobs looked at; workers that begin together each find one among them."""
log = structlog.get_logger("verbatim.jobs")

# Source → transcript → evaluation: whatever is stored is evaluated.
THEN = Then(stored=evaluation.schedule, ended=again.schedule)
HANDLERS: Mapping[JobKind, Callable[[ledger.Claim], None]] = {
    JobKind.BACKFILL: backfill.run,
    JobKind.FETCH: lambda claim: fetch.run(claim, then=THEN),
    JobKind.POLL: poll.run,
    JobKind.RECONCILE: reconcile.run,
    JobKind.SUBMIT: sending.run,
    JobKind.AUDIO: audio_job.run,
    JobKind.ERASE: erase.run,
    JobKind.EVALUATE: evaluation.run,
    JobKind.RUN: evaluation.run,
    JobKind.ASK_AGAIN: again.ask,
    JobKind.BACKTEST: backtest.run,
    JobKind.SHADOW: shadow.run,
    JobKind.EVALUATE_ANEW: anew.run,
    JobKind.SAMPLE: sampling.run,
    JobKind.DIGEST: digest.run,
    JobKind.KEYS: key_ends.run,
    JobKind.DELIVER: deliver.run,
    JobKind.ERASE_TENANT: erase_tenant.run,
    JobKind.DROP: dropping.run,
    JobKind.CRM: crm.run,
    JobKind.FORWARD: forward.run,
}


def import_documents(
    documents: Iterable[Loaded], *, source: Source, beside: upload.Beside, by: audit.Who
) -> Iterator[upload.Taken]:
    """What became of each document; those that are new are scheduled to be evaluated."""
    return upload.take(
        documents,
        source=source,
        beside=beside,
        by=by,
        then=THEN,
        now=timezone.now,
    )


def take_call(loaded: Loaded, *, source: Source, told: Told) -> UUID:
    """The transcript of a call that a program sends, scheduled for the rubrics that judge it.

    In the request's transaction. Raises Refused.
    """
    return upload.take_one(loaded, source=source, told=told, then=THEN, now=timezone.now())


def erase_call(row: Transcript, *, reason: str, by: audit.Who) -> None:
    """The call is gone for good; what was the same audio is evaluated in its place.

    In the request's transaction. Raises Refused.
    """
    erase_one.call(row=row, reason=reason, by=by, now=timezone.now(), freed=_freed)


def _freed(row: Transcript) -> None:
    duplicates.link(row)
    evaluation.schedule(row)


def run_job(tenant_id: str, job_id: str) -> None:
    """Do the job whose turn it is, which need not be the nudged one. Not due: do nothing."""
    try:
        claim = _next() or ledger.claim(tenant_id=UUID(tenant_id), job_id=UUID(job_id))
        if claim is not None:
            structlog.contextvars.bind_contextvars(
                tenant=str(claim.tenant_id), job=str(claim.job_id)
            )
            work(claim)
    except Exception as error:  # noqa: BLE001 # the rim: the queue would keep the text of whatever passes
        log.warning("job_not_recorded", error=type(error).__name__)
    finally:
        structlog.contextvars.clear_contextvars()


def _next() -> ledger.Claim | None:
    """The first claim to be had of the due jobs, tenants in turn: no flood delays another."""
    for due in ledger.due_jobs(limit=AT_ONCE):
        claim = ledger.claim(tenant_id=due.tenant_id, job_id=due.job_id)
        if claim is not None:
            return claim
    return None


def work(claim: ledger.Claim) -> None:
    """Do a job that was claimed; whatever comes of it is on the job. Raises no Exception."""
    try:
        HANDLERS[claim.kind](claim)
    except ledger.LeaseLost:
        log.info("lease_lost", kind=claim.kind, attempt=claim.attempt)
    except (RateLimited, VendorDown) as outage:
        log.warning("job_waits", kind=claim.kind, code=outage.code)
        ledger.postpone(claim, code=outage.code, wait_s=outage.retry_after)
    except Refused as refusal:
        _failed(claim, refusal.code)
    except Exception as error:  # noqa: BLE001 # the rim of a job: recorded on it, retried or buried
        _failed(claim, type(error).__name__, where=_where(error))


def _where(error: Exception) -> str:
    """module:line of the innermost frame that is ours; an error's text may quote a call."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if OWN in frame.filename]
    return f"{frames[-1].filename.rpartition(OWN)[2]}:{frames[-1].lineno}" if frames else "unknown"


def _failed(claim: ledger.Claim, code: str, *, where: str = "") -> None:
    log.warning("job_failed", kind=claim.kind, attempt=claim.attempt, code=code, where=where)
    ledger.fail(claim, code=code)
