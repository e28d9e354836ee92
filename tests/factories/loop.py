"""The loop without its processes: a tenant on a sandbox, and its jobs run here and now."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from reviews import tasks
from reviews.demo import build
from reviews.ingest import backfill, connect
from reviews.jobs import ledger
from reviews.models import Job, Source, Tenant, Transcript
from reviews.models.tenancy import tenant_context
from reviews.rubrics import publish

KEY = "sandbox-key"


def connected(tenant: Tenant, base_url: str, key: str = KEY) -> Source:
    """A source of `tenant`, its rubric published."""
    now = timezone.now()
    with tenant_context(tenant.pk):
        document = build.rubric("meridian-care")
        publish.publish(tenant_id=tenant.pk, code="calls", document=document, by=None, now=now)
        return connect.connect(
            tenant_id=tenant.pk,
            name="sandbox",
            base_url=base_url,
            key=key,
            requests_per_second=1000,
            by=None,
            now=now,
        )


def begin(source: Source) -> Job:
    with tenant_context(source.tenant_id):
        return backfill.start(source)


def drain() -> int:
    """Run every due job until none is due; how many runs it took."""
    runs = 0
    while due := ledger.due_jobs(limit=50):
        for one in due:
            tasks.run_job(str(one.tenant_id), str(one.job_id))
            runs += 1
    return runs


def transcripts(tenant: Tenant) -> dict[str, Transcript]:
    with tenant_context(tenant.pk):
        return {row.external_id: row for row in Transcript.objects.all()}


def payloads(count: int, **changes: Any) -> list[dict[str, Any]]:
    """Demo payloads that were spoken, oldest first, each with `changes`."""
    made = [dict(call.payload) for call in build.calls(count * 3, seed=3)]
    spoken = [payload for payload in made if payload["status"] == "completed"]
    return [payload | changes for payload in spoken[:count]]


def only(rows: Mapping[str, Transcript]) -> Transcript:
    (row,) = rows.values()
    return row
