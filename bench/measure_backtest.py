"""The measured processes of bench.backtest: `store FROM TO`, `begin RULES`, `work`, `done`."""

import json
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any

from django.utils import timezone

import bench.ready  # noqa: F401 # models can be imported only after it
from bench.calls import bodies
from bench.rubric import document
from reviews import tasks
from reviews.detection.rubric import canonical, parse_rubric
from reviews.evaluation import backtest
from reviews.ingest import connect, store
from reviews.jobs import ledger
from reviews.models import Backtest, Job, JobKind, Rubric, Source, Tenant
from reviews.models.tenancy import tenant_context
from reviews.sources.assemblyai.wire import parse
from reviews.sources.intake import receive


def main() -> None:
    act, *given = sys.argv[1:]
    acts: dict[str, Callable[..., Any]] = {
        "store": _store, "begin": _begin, "work": _work, "done": _done,
    }  # fmt: skip
    sys.stdout.write(json.dumps(acts[act](*map(int, given))))


def _tenant() -> tuple[Tenant, Source]:
    tenant, is_new = Tenant.objects.get_or_create(slug="bench", defaults={"name": "Bench"})
    with tenant_context(tenant.pk):
        if is_new:
            connect.connect(
                tenant_id=tenant.pk, name="vendor", base_url="https://api.example.com",
                key="bench", requests_per_second=1, by=None, now=timezone.now(),
            )  # fmt: skip
            Rubric.objects.create(tenant=tenant, code="bench", name="Bench")
        return tenant, Source.objects.get()


def _store(first: int, last: int) -> None:
    tenant, source = _tenant()
    for body in bodies(last, None)[first:]:
        received = receive(body)
        fetched = parse(received.value, call_url=received.call_url)
        with tenant_context(tenant.pk):
            store.store(source=source, received=received, fetched=fetched, now=timezone.now())


def _begin(rules: int) -> dict[str, Any]:
    """A backtest of so many rules, compared with nothing."""
    tenant, _ = _tenant()
    tried: dict[str, Any] = document()
    tried["rules"] = tried["rules"][:rules]
    with tenant_context(tenant.pk):
        Job.objects.exclude(kind=JobKind.BACKTEST).delete()
        row = backtest.start(
            rubric=Rubric.objects.get(),
            document=canonical(parse_rubric(tried)).decode(),
            base=None,
            scope=backtest.Scope(days=backtest.DAYS_AT_MOST),
            by=None,
            now=timezone.now(),
        )
    return {"calls": row.calls}


def _work() -> dict[str, Any]:
    """Every backtest job that is due and that no other process has."""
    began = perf_counter()
    while due := ledger.due_jobs(limit=5):
        for one in due:
            claim = ledger.claim(tenant_id=one.tenant_id, job_id=one.job_id)
            if claim is not None:
                tasks.work(claim)
    return {"s": perf_counter() - began}


def _done() -> dict[str, Any]:
    tenant, _ = _tenant()
    with tenant_context(tenant.pk):
        row = Backtest.objects.order_by("-began_at")[0]
        return {"done": row.done, "is_over": row.ended_at is not None}


if __name__ == "__main__":
    main()
