"""Tell the queue that a job may be due. Losing a nudge loses nothing: the sweeper sends another."""

from uuid import UUID

from django_q.tasks import async_task

RUN_JOB = "reviews.tasks.run_job"


def nudge(*, tenant_id: UUID, job_id: UUID) -> None:
    """Put (tenant id, job id) on the queue, in the running transaction: undone with it."""
    async_task(RUN_JOB, str(tenant_id), str(job_id), task_name=str(job_id))
