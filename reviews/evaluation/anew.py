"""Evaluate calls that are here by a version that came later; what judged them before stays.

Those alone that the tenant's list gives its rubric when their turn comes.
"""

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.utils import timezone

from reviews import audit
from reviews.detection import engine
from reviews.jobs import ledger
from reviews.jobs.walk import FIRST, Step, walk
from reviews.models import JobKind, RubricVersion, User
from reviews.models.rows import select
from reviews.queries import assignment

BATCH = 200
DAYS_AT_MOST = 400
# The list is tried on the calls of the batch alone, however many there are.
_NEXT = f"""
WITH {assignment.LISTED}, batch AS MATERIALIZED (
    SELECT {assignment.FACTS} FROM reviews_transcript call
    WHERE call.id > %(after)s AND call.duplicate_of_id IS NULL AND call.state <> 'pending'
        AND coalesce(call.call_at, call.received_at) >= %(since)s
    ORDER BY call.id LIMIT %(most)s
) SELECT call.id, call.revision, {assignment.IS_JUDGED} FROM batch call ORDER BY call.id
"""  # noqa: S608 # our own text, no value


def start(version: RubricVersion, *, days: int, by: User | None, now: datetime) -> None:
    """The calls of so many days, once the version holds. In the caller's tenant transaction."""
    ledger.enqueue(
        tenant_id=version.tenant_id,
        kind=JobKind.EVALUATE_ANEW,
        key=f"{version.pk}:{days}",
        subject_id=FIRST,
        against_id=version.pk,
        round=days,
        now=max(now, version.effective_from),
    )
    data = {"days": days}
    audit.record(event=audit.Event.EVALUATED_ANEW, by=by, target=version, at=now, data=data)


def run(claim: ledger.Claim) -> None:
    """Queue an evaluation of each."""
    walk(claim, partial(_batch, claim))


def _batch(claim: ledger.Claim, after: UUID) -> Step:
    version = RubricVersion.objects.get(pk=claim.against_id or FIRST)
    since = version.effective_from - timedelta(days=claim.round)
    listed = assignment.given_of(assignment.in_force(version.tenant_id))
    given = {"after": after, "since": since, "rubric": version.rubric_id, "most": BATCH}
    rows = select(_NEXT, listed | given)
    own = [(transcript_id, revision) for transcript_id, revision, is_judged in rows if is_judged]
    for transcript_id, revision in own:
        _enqueue(claim, transcript_id, revision)
    return Step(len(own), rows[-1][0] if len(rows) == BATCH else None)


def _enqueue(claim: ledger.Claim, transcript_id: UUID, revision: int) -> None:
    """As the evaluation of a new call, so that none is made twice."""
    ledger.enqueue(
        tenant_id=claim.tenant_id,
        kind=JobKind.EVALUATE,
        key=f"{transcript_id}:{revision}:{claim.against_id}:{engine.ENGINE_VERSION}",
        subject_id=transcript_id,
        against_id=claim.against_id,
        now=timezone.now(),
    )
