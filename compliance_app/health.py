"""`/healthz`: the process answers. `/readyz`: it can do its work."""

from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from reviews.jobs import ledger

LOOKED_AT = 200
"""Due jobs looked at; the first of each tenant are its longest waiting."""


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200, or 503 with what is wrong: the database, a missing migration, jobs that nobody takes."""
    try:
        problem, waiting = _problem()
    except DatabaseError:
        problem, waiting = "database_unreachable", None
    body = {"status": problem or "ok", "oldest_due_job_s": waiting}
    return JsonResponse(body, status=503 if problem else 200)


def _problem() -> tuple[str | None, int | None]:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return "migrations_missing", None
    due = ledger.due_jobs(limit=LOOKED_AT)
    waiting = timezone.now() - min(one.due_at for one in due) if due else timedelta(0)
    stalled = waiting > timedelta(seconds=3 * settings.JOB_STALL_S)
    return ("jobs_stalled" if stalled else None), int(waiting.total_seconds())
