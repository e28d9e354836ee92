"""The flows of docs/integrator/recipes.md, played by the requests that it names."""

import hashlib
import hmac
import json
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from reviews import tasks
from reviews.accounts.keys import Scope
from reviews.export import hooks
from reviews.jobs import ledger
from reviews.models import Finding, Hook, Job, JobKind, Tenant
from reviews.models.tenancy import tenant_context
from reviews.queries import feeds
from tests.factories import api, demo
from tests.factories.receiver import Receiver, receiving

pytestmark = pytest.mark.django_db
PAGE = Path(__file__).parents[2].joinpath("docs/integrator/recipes.md").read_text()
SLUG = "meridian-care"


@pytest.fixture
def tenant(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Tenant:
    monkeypatch.setattr(feeds, "settled", timezone.now)
    return demo.evaluated(12)[SLUG]


@pytest.fixture
def flow(settings: Settings) -> Iterator[Receiver]:
    with receiving() as own:
        settings.EGRESS_ALLOW_PRIVATE = frozenset({own.entry})
        yield own


def asked(key: str, method: str, address: str, body: Any = None, **named: str) -> Any:
    """A request that the page names, with its `{{…}}` filled in."""
    assert f"{method} $BASE{address}" in " ".join(PAGE.split()), (method, address)
    path = address
    for name, value in named.items():
        path = path.replace(f"{{{{{name}}}}}", value)
    sent = json.dumps(body) if body else ""
    headers = {"Authorization": f"Bearer {key}"}
    return Client().generic(method, path, sent, "application/json", headers=headers)


def happen(tenant: Tenant) -> None:
    """A test event, as the page's button sends one, delivered."""
    now = timezone.now()
    with tenant_context(tenant.pk):
        hooks.ping(Hook.objects.get(), by=None, now=now)
    deliver(tenant)


def deliver(tenant: Tenant) -> None:
    with tenant_context(tenant.pk):
        jobs = Job.objects.filter(kind=JobKind.DELIVER).exclude(subject_id=tenant.pk)
        jobs.update(due_at=timezone.now())
        job = jobs.first()
    claim = ledger.claim(tenant_id=tenant.pk, job_id=job.pk) if job else None
    if claim:
        tasks.work(claim)


def is_signed(secret: str, headers: dict[str, str], body: bytes) -> bool:
    key = b64decode(secret.removeprefix("whsec_"))
    said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    own = hmac.digest(key, said, hashlib.sha256)
    return any(
        hmac.compare_digest(own, b64decode(each.removeprefix("v1,")))
        for each in headers["webhook-signature"].split(" ")
    )


def test_zapier_subscribes_is_told_fetches_and_its_end_ends_the_subscription(
    tenant: Tenant, flow: Receiver
) -> None:
    key = api.token(tenant, Scope.HOOKS, Scope.WRITE_HOOKS, Scope.EVALUATIONS)
    wanted = {"target_url": flow.url, "event": "evaluation.completed"}
    made = asked(key, "POST", "/api/v1/hooks", wanted)
    assert made.status_code == 201
    samples = asked(key, "GET", "/api/v1/hooks/samples/evaluation.completed").json()
    assert len(samples) == 3
    assert {"id", "verdict", "score", "risk_flag", "failed"} <= set(samples[0]["data"])
    happen(tenant)
    ((headers, body),) = flow.got
    assert is_signed(made.json()["secret"], headers, body)
    evaluation = api.rows(key, "evaluations")[0]["id"]
    address = "/api/v1/evaluations/{{data.id}}"
    whole = asked(key, "GET", address, **{"data.id": evaluation}).json()
    assert whole["reviewed"]["verdict"] in ("passed", "failed", "not_assessable")
    assert whole["results"]
    flow.answer = lambda _body: (410, {})
    happen(tenant)
    with tenant_context(tenant.pk):
        assert Hook.objects.get().state == "off"
    own = "/api/v1/hooks/{{bundle.subscribeData.id}}"
    named = {"bundle.subscribeData.id": made.json()["id"]}
    assert asked(key, "DELETE", own, **named).status_code == 204
    assert not api.get(key, "hooks").json()["results"]


def test_n8n_follows_next_to_its_end_twice_and_has_each_row_once(tenant: Tenant) -> None:
    key = api.token(tenant, Scope.EVALUATIONS, Scope.FINDINGS)
    assert "$BASE/api/v1/evaluations?limit=200&updated_since=" in PAGE
    assert "{{ $response.body.next === null }}" in PAGE
    table: dict[str, dict[str, Any]] = {}
    for _ in range(2):
        since = max((row["updated_at"] for row in table.values()), default="2026-01-01T00:00:00Z")
        rows = api.rows(key, "evaluations", limit=1, updated_since=since)
        assert rows, "the newest comes again"
        table |= {row["id"]: row for row in rows}
    whole = api.rows(key, "evaluations", limit=200)
    assert list(table) == [row["id"] for row in whole]
    assert len(whole) > 2
    assert {"id", "transcript", "verdict", "score", "updated_at"} <= set(whole[0])


def test_make_attaches_parts_grave_findings_from_others_and_detaches(
    tenant: Tenant, flow: Receiver
) -> None:
    key = api.token(tenant, Scope.HOOKS, Scope.WRITE_HOOKS, Scope.FINDINGS)
    made = asked(key, "POST", "/api/v1/hooks", {"target_url": flow.url, "event": "finding.created"})
    with tenant_context(tenant.pk):
        severities = {str(each.pk): each.severity for each in Finding.objects.all()}
    slack: list[str] = []
    for finding, severity in severities.items():
        shown = asked(key, "GET", "/api/v1/findings/{{data.id}}", **{"data.id": finding}).json()
        assert (shown["finding"]["severity"], shown["finding"]["id"]) == (severity, finding)
        slack += [finding] if severity in ("critical", "high") else []
    assert 0 < len(slack) < len(severities)
    happen(tenant)
    assert flow.bodies[0]["type"] == "ping", "the data structure is determined by it"
    named = {"webhook.externalHookId": made.json()["id"]}
    detached = asked(key, "DELETE", "/api/v1/hooks/{{webhook.externalHookId}}", **named)
    assert detached.status_code == 204
    deliver(tenant)
    assert len(flow.got) == 1
