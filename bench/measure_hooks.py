"""The measured process of bench.hooks: `URL HOOKS EVENTS`; a JSON line out."""

import json
import sys
from time import perf_counter

from django.utils import timezone

import bench.ready  # noqa: F401 # models can be imported only after it
from reviews import outbox, tasks
from reviews.export import hooks
from reviews.jobs import ledger
from reviews.models import Delivery, EventKind, HookOrigin, Job, JobKind, Tenant
from reviews.models.ids import uuid7
from reviews.models.tenancy import tenant_context
from reviews.outbox import Said


def main() -> None:
    url, count, events = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    tenant = Tenant.objects.create(slug="bench", name="Bench")
    without = _emit(tenant, events)
    with tenant_context(tenant.pk):
        for number in range(count):
            hooks.create(
                tenant_id=tenant.pk,
                wanted=hooks.Wanted(f"hook {number}", url),
                origin=HookOrigin.API,
                by=None,
                now=timezone.now(),
            )
    given = {"without_ms": without, "with_ms": _emit(tenant, events), "send_s": _send(tenant)}
    sys.stdout.write(json.dumps(given))


def _emit(tenant: Tenant, events: int) -> float:
    """Milliseconds an event, its own commit and wakes included."""
    began = perf_counter()
    for _ in range(events):
        with tenant_context(tenant.pk):
            said = Said(EventKind.SOURCE_UNHEALTHY, uuid7(), {"code": "key_refused"})
            outbox.emit(tenant.pk, [said], at=timezone.now())
    return (perf_counter() - began) * 1000 / events


def _send(tenant: Tenant) -> float:
    """Seconds of one worker until nothing waits."""
    began = perf_counter()
    with tenant_context(tenant.pk):
        jobs = list(Job.objects.filter(kind=JobKind.DELIVER))
    while _is_waiting(tenant):
        for job in jobs:
            if claim := ledger.claim(tenant_id=tenant.pk, job_id=job.pk):
                tasks.work(claim)
    return perf_counter() - began


def _is_waiting(tenant: Tenant) -> bool:
    with tenant_context(tenant.pk):
        return Delivery.objects.filter(state="waiting").exists()


if __name__ == "__main__":
    main()
