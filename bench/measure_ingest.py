"""The measured process of bench.ingest: a backfill's jobs in turn, until all calls are here."""

import json
import resource
import sys
from time import perf_counter, process_time

from django.conf import settings
from django.db import connection
from django.utils import timezone

import bench.ready  # noqa: F401 # models can be imported only after it
from bench.processes import cpu_s
from reviews.ingest import backfill, connect, fetch
from reviews.ingest.then import Then
from reviews.jobs import ledger
from reviews.models import JobKind, Tenant, Transcript
from reviews.models.tenancy import tenant_context

THEN = Then(stored=lambda row: None, ended=lambda source: None)
_SIZE = """
SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c
WHERE relname IN ('reviews_transcript', 'reviews_utterance', 'reviews_participant',
    'reviews_listedcall')
"""
_PAYLOAD = "SELECT sum(octet_length(payload)) FROM reviews_transcript"


def main() -> None:
    address, server, calls = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    settings.EGRESS_ALLOW_PRIVATE = frozenset({address.removeprefix("http://")})
    tenant = Tenant.objects.create(slug="bench", name="Bench")
    with tenant_context(tenant.pk):
        source = connect.connect(
            tenant_id=tenant.pk, name="vendor", base_url=address, key="bench",
            requests_per_second=10_000, by=None, now=timezone.now(),
        )  # fmt: skip
        backfill.start(source)
    began, cpu, backends = perf_counter(), process_time(), cpu_s(server)
    half_mb = _work(tenant, calls)
    wall_s, client_s = perf_counter() - began, process_time() - cpu
    with tenant_context(tenant.pk), connection.cursor() as cursor:
        cursor.execute(_PAYLOAD)
        payload = int(cursor.fetchone()[0])
        cursor.execute(_SIZE)
        size = int(cursor.fetchone()[0])
    made = {
        "calls": _count(tenant),
        "wall_s": wall_s,
        "cpu_s": client_s + cpu_s(server) - backends,
        "client_s": client_s,
        "payload_bytes": payload,
        "stored_bytes": size - payload,
        "rss_mb": _rss_mb(),
        "rss_half_mb": half_mb,
    }
    sys.stdout.write(json.dumps(made))


def _work(tenant: Tenant, calls: int) -> float:
    """Every job that is due; gives the memory after half of the calls, in MB."""
    half_mb = 0.0
    while due := ledger.due_jobs(limit=5):
        claim = ledger.claim(tenant_id=due[0].tenant_id, job_id=due[0].job_id)
        if claim is not None and claim.kind == JobKind.BACKFILL:
            backfill.run(claim)
        elif claim is not None:
            fetch.run(claim, then=THEN)
        if not half_mb and _count(tenant) * 2 >= calls:
            half_mb = _rss_mb()
    return half_mb


def _count(tenant: Tenant) -> int:
    with tenant_context(tenant.pk):
        return Transcript.objects.count()


def _rss_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
