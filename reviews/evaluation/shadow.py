"""New calls for the drafts that run in shadow: each once, by a job of its own."""

from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from reviews.evaluation import backtest
from reviews.jobs import ledger
from reviews.models import Backtest, JobKind, Transcript
from reviews.models.tenancy import tenant_context
from reviews.queries import assignment, transcripts


def feed(row: Transcript) -> None:
    """Make a job for each shadow whose rubric judges the call, or would if it held.

    In the transaction that wrote the call, after the jobs that evaluate it. A call that came before
    the shadow began is none of its calls, whatever changes of it now.
    """
    for shadow_id, rubric_id in _live(row):
        listed = assignment.naming(row.tenant_id, rubric_id)
        if listed is None or assignment.judges(listed, row.pk, rubric_id):
            ledger.enqueue(
                tenant_id=row.tenant_id,
                kind=JobKind.SHADOW,
                key=f"{shadow_id}:{row.pk}",
                subject_id=row.pk,
                against_id=shadow_id,
                now=timezone.now(),
            )


def _live(row: Transcript) -> list[tuple[UUID, UUID]]:
    """Id and rubric of each that runs on the call."""
    is_held = Q(rubric__retired_at=None) | Q(rubric__retired_at__gt=timezone.now())
    live = Backtest.objects.filter(
        is_held,
        tenant_id=row.tenant_id,
        is_shadow=True,
        ended_at=None,
        began_at__lte=row.received_at,
    )
    return list(live.order_by("pk").values_list("pk", "rubric_id"))


def run(claim: ledger.Claim) -> None:
    """Try the call and end the job, in one transaction; nothing once the shadow is stopped.

    Lock: the shadow's row, so that none of its calls is counted after its end.
    """
    if claim.against_id is None:
        raise ValueError(f"shadow job {claim.job_id} was refused: it names no shadow")
    with tenant_context(claim.tenant_id):
        row = Backtest.objects.select_for_update().get(pk=claim.against_id)
        call = transcripts.current(claim.subject_id)
        if row.ended_at is None and call.duplicate_of_id is None:
            backtest.try_on(row, [call.pk])
        ledger.finish(claim)
