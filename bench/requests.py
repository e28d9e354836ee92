"""Asks for each page many times; a JSON list of what was measured on standard output."""

import gzip
import json
import re
import sys
from collections.abc import Callable, Mapping
from statistics import median, quantiles
from time import perf_counter, process_time
from typing import Any
from uuid import UUID

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import compliance_app.wsgi  # noqa: F401 # first, and as the web server loads it
from bench.made import HOUR
from bench.people import SLUG, email_of
from bench.processes import cpu_s
from bench.rubric import document
from reviews.detection import phrases
from reviews.models import QueueItem, Tenant, Transcript, User
from reviews.models.tenancy import tenant_context
from reviews.queries import found_lines
from reviews.queries.found_lines import Phrase
from reviews.queries.queue_items import cursor_of
from reviews.queries.queue_query import Sort

QUEUE = {"p95": 50, "queries": 6}
CALL = {"p95": 120, "queries": 10, "kb": 100, "nodes": 3_000}
SEARCH = {"p95": 50}
"""Of a page with a phrase, and of the index alone."""
DEEP = 60_000
SEARCHES = {
    "rare word": "w15000",
    "word of one call in ten": "w700",
    "common word, in every call": "w1",
    "common words that follow each other": "w1 w2",
    "two words, seldom beside each other": "w40 w300",
    "four words, said in no line": "w1 w2 w3 w1",
    "word that nobody says": "neversaid",
}
_ROWLESS = ("SELECT set_config", "BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
Query = Mapping[str, str]
Targets = Mapping[str, int]
Row = dict[str, Any]


def main() -> None:
    """Argument: how many requests of each page."""
    requests = int(sys.argv[1])
    tenant = Tenant.objects.get(slug=SLUG)
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(User.objects.get(email=email_of(0)))
    sys.stdout.write(json.dumps([
        *_pages(client, tenant, requests), *_searches(client, tenant, requests)
    ]))  # fmt: skip


def _pages(client: Client, tenant: Tenant, requests: int) -> list[Row]:
    queue, calls = (reverse(name, args=[SLUG]) for name in ("queue-list", "call-list"))
    rule = document()["rules"][0]["code"]
    pages: list[tuple[str, str, Query, Targets]] = [
        ("queue, first page", queue, {}, QUEUE),
        (f"queue, after {DEEP:,} findings", queue, {"after": _deep(tenant)}, QUEUE),
        ("queue, one severity or graver", queue, {"q": "sev:>=medium"}, QUEUE),
        ("queue, one rule", queue, {"q": f"rule:{rule}"}, QUEUE),
        ("queue, an agent of many calls", queue, {"q": 'agent:"Agent 001"'}, QUEUE),
        ("queue, an agent of few calls", queue, {"q": 'agent:"Agent 199"'}, QUEUE),
        ("queue, undecided and nobody's", queue, {"q": "is:undecided assignee:none"}, QUEUE),
        ("queue, overdue", queue, {"q": "is:undecided is:overdue sort:due"}, QUEUE),
        ("queue, decided by me", queue, {"q": "is:decided by:me sort:decided"}, QUEUE),
        ("queue, a rare word", queue, {"q": '"w15000"'}, QUEUE),
        ("queue, a common word", queue, {"q": '"w1"'}, QUEUE),
        ("call of an hour", reverse("call-detail", args=[SLUG, _hour(tenant)]), {}, CALL),
        ("calls, first page", calls, {}, {}),
    ]
    return [_asked(client, *page, requests) for page in pages]


def _asked(
    client: Client, name: str, address: str, query: Query, targets: Targets, requests: int
) -> Row:
    body = _got(client, address, query)
    with CaptureQueriesContext(connection) as captured:
        client.get(address, query)
    asked = [each["sql"] for each in captured.captured_queries]
    return {
        "page": name,
        **_timed(lambda: _got(client, address, query), requests),
        "queries": sum(not sql.startswith(_ROWLESS) for sql in asked),
        "kb": len(gzip.compress(body)) / 1024,
        "nodes": len(re.findall(rb"<[a-z]", body)),
        "targets": targets,
    }


def _timed(act: Callable[[], object], times: int) -> dict[str, float]:
    """Milliseconds; of `cpu` the mean, ours and the database's: others' work changes it less."""
    spent = []
    backend = connection.connection.info.backend_pid
    cpu = process_time() + cpu_s(backend)
    for _ in range(times):
        began = perf_counter()
        act()
        spent.append((perf_counter() - began) * 1000)
    cpu = process_time() + cpu_s(backend) - cpu
    return {"p50": median(spent), "p95": quantiles(spent, n=20)[-1], "cpu": cpu * 1000 / times}


def _got(client: Client, address: str, query: Query) -> bytes:
    answer = client.get(address, query)
    if answer.status_code != 200:
        raise RuntimeError(
            f"the page {address} {query} was refused with {answer.status_code}. Mend the page."
        )
    return answer.content


def _searches(client: Client, tenant: Tenant, requests: int) -> list[Row]:
    rows = []
    address = reverse("call-list", args=[SLUG])
    for name, text in SEARCHES.items():
        phrase = Phrase(tuple(phrases.tokens_of(text)), "aco")
        with tenant_context(tenant.pk):
            spent = _timed(lambda phrase=phrase: found_lines.hits(phrase, None), requests)  # type: ignore[misc] # bound at once
        nothing = {"queries": 1, "kb": 0, "nodes": 0}
        rows.append({"page": f"index: {name}", **spent, **nothing, "targets": SEARCH})
        rows.append(_asked(client, f"search: {name}", address, {"phrase": text}, SEARCH, requests))
    return rows


def _deep(tenant: Tenant) -> str:
    """The cursor behind the first DEEP open findings."""
    with tenant_context(tenant.pk):
        items = QueueItem.objects.filter(tenant=tenant, standing="open")
        return cursor_of(items.order_by("rank", "found_at", "id")[DEEP], Sort.GRAVEST)


def _hour(tenant: Tenant) -> UUID:
    with tenant_context(tenant.pk):
        return Transcript.objects.get(tenant=tenant, external_id=HOUR).pk


if __name__ == "__main__":
    main()
