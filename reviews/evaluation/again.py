"""Ask again what was left open for want of earlier calls, once a source has given all it has.

A backfill goes from the newest call to the oldest, so a `history` rule cannot know, while one is
under way, what is still to come: it says so, and is asked once more at the end. docs/adr/0013.
"""

from functools import partial
from itertools import compress
from uuid import UUID

from django.utils import timezone

from reviews.detection import engine
from reviews.detection.checks.history import HistoryRule
from reviews.detection.evidence import Reason
from reviews.evaluation import run
from reviews.jobs import ledger
from reviews.jobs.walk import FIRST, Step, walk
from reviews.models import Job, JobKind, JobState, Source
from reviews.models.rows import select
from reviews.models.tenancy import tenant_context
from reviews.queries import evaluations, rubric_versions

BATCH = 200
WAIT_S = 2.0
_NEWEST = """
SELECT DISTINCT ON (evaluation.transcript_id)
    evaluation.transcript_id, evaluation.transcript_revision, evaluation.round, evaluation.results
FROM reviews_evaluation evaluation JOIN reviews_transcript call
    ON call.id = evaluation.transcript_id AND call.revision = evaluation.transcript_revision
WHERE evaluation.rubric_version_id = %(version)s AND evaluation.engine_version = %(engine)s
    AND evaluation.not_assessable > 0 AND evaluation.transcript_id > %(after)s
    AND call.duplicate_of_id IS NULL
ORDER BY evaluation.transcript_id, evaluation.round DESC LIMIT %(most)s
"""


def schedule(source: Source) -> None:
    """After a backfill, in the transaction that ends it. Nothing where no rule asks for history."""
    versions = rubric_versions.in_force(source.tenant_id, now=timezone.now())
    for version_id in versions.values():
        if _history_codes(source.tenant_id, version_id):
            ledger.enqueue(
                tenant_id=source.tenant_id,
                kind=JobKind.ASK_AGAIN,
                key=f"{source.pk}:{source.backfill_done_at}:{version_id}",
                subject_id=FIRST,
                against_id=version_id,
                now=timezone.now(),
            )


def ask(claim: ledger.Claim) -> None:
    """Queue an evaluation of each call with an open question, when those under way have ended."""
    with tenant_context(claim.tenant_id):
        is_early = _is_under_way(Job.objects.get(pk=claim.job_id))
    if is_early:
        ledger.postpone(claim, code="evaluations_under_way", wait_s=WAIT_S)
        return
    walk(claim, partial(_batch, claim))


def _is_under_way(own: Job) -> bool:
    """Whether a first evaluation is still to come of a call that was there when this job was."""
    return Job.objects.filter(
        kind=JobKind.EVALUATE,
        state__in=[JobState.QUEUED, JobState.RUNNING],
        created_at__lte=own.created_at,
    ).exists()


def _batch(claim: ledger.Claim, after: UUID) -> Step:
    """The next calls; those with an open question are asked again."""
    version_id = claim.against_id
    if version_id is None:
        raise ValueError("a job to ask again was refused: it names no version. Delete the job.")
    codes = _history_codes(claim.tenant_id, version_id)
    given = {
        "version": version_id,
        "engine": engine.ENGINE_VERSION,
        "after": after,
        "most": BATCH,
    }
    rows = select(_NEWEST, given)
    is_open = [Reason.HISTORY_UNKNOWN in evaluations.reasons_of(row[3], codes) for row in rows]
    for transcript_id, revision, nth, _ in compress(rows, is_open):
        ledger.enqueue(
            tenant_id=claim.tenant_id,
            kind=JobKind.EVALUATE,
            key=f"{transcript_id}:{revision}:{version_id}:{claim.job_id}",
            subject_id=transcript_id,
            against_id=version_id,
            round=nth + 1,
            now=timezone.now(),
        )
    return Step(sum(is_open), rows[-1][0] if len(rows) == BATCH else None)


def _history_codes(tenant_id: UUID, version_id: UUID) -> frozenset[str]:
    """The rules of a version that ask for earlier calls."""
    rules = run.compiled_of(tenant_id, version_id).rubric.rules
    return frozenset(rule.code for rule in rules if isinstance(rule.check, HistoryRule))
