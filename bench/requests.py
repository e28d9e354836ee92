"""Asks for each page many times; a JSON list of what was measured on standard output."""

import gzip
import json
import re
import sys
from statistics import median, quantiles
from time import perf_counter
from typing import Any
from uuid import UUID

from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

import bench.ready  # noqa: F401 # models can be imported only after it
from bench.calls import bodies
from bench.rubric import document
from reviews.evaluation import run
from reviews.ingest import connect, store
from reviews.jobs import ledger
from reviews.models import (
    Evaluation,
    Finding,
    MemberRole,
    Membership,
    QueueItem,
    Source,
    Tenant,
    User,
)
from reviews.models.tenancy import TenantModel, tenant_context
from reviews.queries.queue_items import cursor_of
from reviews.queries.queue_query import Sort
from reviews.rubrics import publish
from reviews.sources.assemblyai.wire import parse
from reviews.sources.intake import receive

CALLS = 30
HOUR_WORDS = 9_700


def main() -> None:
    """Arguments: how many findings, how many requests of each page."""
    wanted, requests = int(sys.argv[1]), int(sys.argv[2])
    tenant, source = _tenant()
    for body in bodies(CALLS, None):
        _keep(source, body)
    hour = _keep(source, _hour())
    with tenant_context(tenant.pk):
        _multiply(wanted)
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(User.objects.get())
    queue = reverse("queue-list", args=[tenant.slug])
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    deep = _deep(tenant, wanted // 2)
    pages = {
        "queue, first page": (queue, {}),
        f"queue, after {wanted // 2:,} findings": (queue, {"after": deep}),
        "queue, one rule": (queue, {"rule": document()["rules"][0]["code"]}),
        "queue, one severity": (queue, {"severity": "medium"}),
        "call of an hour": (reverse("call-detail", args=[tenant.slug, hour]), {}),
    }
    rows = [_asked(client, name, *page, requests) for name, page in pages.items()]
    sys.stdout.write(json.dumps(rows))


def _asked(
    client: Client, name: str, address: str, query: dict[str, str], requests: int
) -> dict[str, Any]:
    with CaptureQueriesContext(connection) as captured:
        body = client.get(address, query).content
    queries = sum(" FROM " in each["sql"].replace("\n", " ") for each in captured.captured_queries)
    spent = [_timed(client, address, query) for _ in range(requests)]
    return {
        "page": name,
        "p50": median(spent),
        "p95": quantiles(spent, n=20)[-1],
        "queries": queries,
        "bytes": len(body),
        "gzipped": len(gzip.compress(body)),
        "nodes": len(re.findall(rb"<[a-z]", body)),
    }


def _timed(client: Client, address: str, query: dict[str, str]) -> float:
    """Milliseconds."""
    began = perf_counter()
    status = client.get(address, query).status_code
    spent = (perf_counter() - began) * 1000
    if status != 200:
        raise RuntimeError(f"the page {address} was refused with {status}. Mend the page.")
    return spent


def _tenant() -> tuple[Tenant, Source]:
    now = timezone.now()
    tenant = Tenant.objects.create(slug="bench", name="Bench")
    user = User.objects.create_user("reviewer@bench.example")
    with tenant_context(tenant.pk):
        Membership.objects.create(tenant=tenant, user=user, role=MemberRole.LEAD)
        publish.publish(tenant_id=tenant.pk, code="bench", document=document(), by=None, now=now)
        source = connect.connect(
            tenant_id=tenant.pk, name="bench", base_url="http://127.0.0.1:9", key="bench", by=None,
            now=now,
        )  # fmt: skip
    return tenant, source


def _keep(source: Source, body: bytes) -> UUID:
    """Store and evaluate a call."""
    received = receive(body)
    fetched = parse(received.value, call_url=received.call_url)
    with tenant_context(source.tenant_id):
        row = store.store(source=source, received=received, fetched=fetched, now=timezone.now())
        if row is None:
            raise RuntimeError("a payload was refused: it is stored already. Give each its own id.")
        run.schedule(row)
    for due in ledger.due_jobs(limit=10):
        claim = ledger.claim(tenant_id=due.tenant_id, job_id=due.job_id)
        if claim is not None:
            run.run(claim)
    return row.pk


def _hour() -> bytes:
    """Several calls as one, of about an hour's words."""
    parts = [json.loads(body) for body in bodies(10, None)]
    joined, words, shift = parts[0] | {"id": "hour", "utterances": [], "words": []}, 0, 0
    for part in parts:
        joined["utterances"] += [_shifted(each, shift) for each in part["utterances"]]
        words += sum(len(each["words"]) for each in part["utterances"])
        shift = joined["utterances"][-1]["end"] + 2_000
        if words > HOUR_WORDS:
            break
    joined["audio_duration"] = shift // 1000
    return json.dumps(joined).encode()


def _shifted(row: dict[str, Any], ms: int) -> dict[str, Any]:
    words = [word | {"start": word["start"] + ms, "end": word["end"] + ms} for word in row["words"]]
    return row | {"start": row["start"] + ms, "end": row["end"] + ms, "words": words}


def _multiply(wanted: int) -> None:
    """Copies of the evaluations, with their findings, until there are `wanted` findings."""
    times = wanted // max(1, Finding.objects.count())
    for model, new in (
        (Evaluation, {"engine_version": "engine_version || '-' || n"}),
        (Finding, {"evaluation_id": _other("evaluation_id")}),
        (QueueItem, {"finding_id": _other("finding_id")}),
    ):
        _copy(model, {"id": _other("id")} | new, times)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _other(column: str) -> str:
    return f"md5({column}::text || n)::uuid"


def _copy(model: type[TenantModel], changed: dict[str, str], times: int) -> None:
    names = [field.column for field in model._meta.concrete_fields]
    values = ", ".join(changed.get(str(name), f'"{name}"') for name in names)
    listed = ", ".join(f'"{name}"' for name in names)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({listed}) SELECT {values} FROM {table}, "  # noqa: S608 # our own names
            "generate_series(1, %s) AS n",
            [times],
        )


def _deep(tenant: Tenant, skipped: int) -> str:
    """The cursor behind the first `skipped` findings."""
    with tenant_context(tenant.pk):
        items = QueueItem.objects.filter(standing="open").order_by("rank", "found_at", "id")
        return cursor_of(items[skipped], Sort.GRAVEST)


if __name__ == "__main__":
    main()
