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
from reviews.accounts import keys
from reviews.accounts.keys import Scope
from reviews.models import Evaluation, Tenant
from reviews.models.tenancy import tenant_context

TABLES = ("findings", "rule_results", "evidence")
FORMS = ("ndjson", "csv", "parquet")


def main() -> None:
    tenant = max(Tenant.objects.all(), key=_evaluations)
    wanted = keys.Wanted("bench", [Scope.EXPORTS], 1)
    key = keys.create(tenant_id=tenant.pk, wanted=wanted, by=None, now=timezone.now()).token
    rows = {name: _rows(key, name) for name in TABLES}
    done = [_taken(key, name, form) | {"rows": rows[name]} for name in TABLES for form in FORMS]
    sys.stdout.write(json.dumps(done))


def _evaluations(tenant: Tenant) -> int:
    with tenant_context(tenant.pk):
        return Evaluation.objects.count()


def _pieces(key: str, table: str, form: str) -> Any:
    address = f"/api/v1/exports/{table}?format={form}"
    answer: Any = Client(SERVER_NAME="127.0.0.1").get(
        address, headers={"Authorization": f"Bearer {key}"}
    )
    return answer.streaming_content


def _rows(key: str, table: str) -> int:
    return sum(piece.count(b"\n") for piece in _pieces(key, table, "ndjson"))


def _taken(key: str, table: str, form: str) -> dict[str, Any]:
    """Seconds of the whole, and what the process held more at its end than after some pieces."""
    began, held = perf_counter(), 0.0
    for number, _ in enumerate(_pieces(key, table, form)):
        if number == 10:
            held = _held_mb()
    grown = _held_mb() - held if held else 0.0
    return {"table": table, "form": form, "seconds": perf_counter() - began, "grown_mb": grown}


def _held_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    main()
