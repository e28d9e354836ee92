"""The measured process of bench.exports; a JSON line out."""

import json
import os
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

from django.test import Client
from django.utils import timezone

import bench.ready  # noqa: F401 # models can be imported only after it
from reviews import tasks
from reviews.accounts import keys
from reviews.accounts.keys import Scope
from reviews.export import drops
from reviews.jobs import ledger
from reviews.models import DropRun, Evaluation, Job, JobKind, Tenant
from reviews.models.tenancy import tenant_context

TABLES = ("calls", "evaluations", "findings", "rule_results", "evidence", "reviews")
FORMS = ("ndjson", "csv", "parquet")


def main() -> None:
    tenant = max(Tenant.objects.all(), key=_evaluations)
    wanted = keys.Wanted("bench", [Scope.EXPORTS], 1)
    key = keys.create(tenant_id=tenant.pk, wanted=wanted, by=None, now=timezone.now()).token
    done = [each for name in TABLES for each in _table(key, name)]
    sys.stdout.write(json.dumps([*done, _dropped(tenant)]))


def _evaluations(tenant: Tenant) -> int:
    with tenant_context(tenant.pk):
        return Evaluation.objects.count()


def _pieces(key: str, table: str, form: str) -> Any:
    address = f"/api/v1/exports/{table}?format={form}"
    answer: Any = Client(SERVER_NAME="127.0.0.1").get(
        address, headers={"Authorization": f"Bearer {key}"}
    )
    return answer.streaming_content


def _table(key: str, table: str) -> list[dict[str, Any]]:
    """In each form; how many rows it has the lines of the first say."""
    done = [_taken(key, table, form) for form in FORMS]
    return [each | {"rows": done[0]["lines"]} for each in done]


def _taken(key: str, table: str, form: str) -> dict[str, Any]:
    """Seconds of the whole, and what the process held more at its end than after some pieces."""
    began, held, lines = perf_counter(), 0.0, 0
    for number, piece in enumerate(_pieces(key, table, form)):
        lines += piece.count(b"\n")
        if number == 10:
            held = _held_mb()
    return {
        "table": table,
        "form": form,
        "seconds": perf_counter() - began,
        "grown_mb": _held_mb() - held if held else 0.0,
        "lines": lines,
    }


def _dropped(tenant: Tenant) -> dict[str, Any]:
    """The findings as a drop puts them: each file in a step of the job, with its manifest."""
    wanted = drops.Wanted("bench", ["findings"], "parquet", 24, "folder", folder="bench")
    with tenant_context(tenant.pk):
        drop = drops.create(tenant_id=tenant.pk, wanted=wanted, by=None, now=timezone.now())
        job_id = Job.objects.get(kind=JobKind.DROP, subject_id=drop.pk).pk
    began, held = perf_counter(), 0.0
    while claim := ledger.claim(tenant_id=tenant.pk, job_id=job_id):
        tasks.work(claim)
        held = held or _held_mb()
    done = {"table": "findings", "form": "parquet", "seconds": perf_counter() - began}
    with tenant_context(tenant.pk):
        (run,) = DropRun.objects.filter(drop=drop)
        drops.delete(drop, by=None, now=timezone.now())
    return done | {"grown_mb": _held_mb() - held, "rows": run.rows, "files": len(run.files)}


def _held_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    main()
