"""Every POST that the schema knows: twice, twenty at once, and with a changed body."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from reviews.models import Finding, MemberRole, Membership, Source, Tenant
from reviews.models.tenancy import tenant_context
from reviews.queries.rubrics import kit_code
from tests.factories import api, demo
from tests.factories.races import at_once
from tests.factories.runs import kit_of
from tests.factories.tenants import tenant_models
from tests.unit.rubrics.broken import GOOD

pytestmark = pytest.mark.django_db(transaction=True)
JSON, YAML = "application/json", "application/yaml"
KEPT_OF_REQUESTS = ("ApiAnswer", "KeyUse")
"""Tables that say of a request that it was made; no other may change for one that is sent again."""


@dataclass(frozen=True)
class Sent:
    path: str
    body: Any = b""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)


Numbered = Callable[[int], Sent]
"""The request of a number; another number's does something else."""


def post(key: str, sent: Sent, name: str = "") -> Any:
    headers = {"Authorization": f"Bearer {key}", **sent.headers}
    body = sent.body if isinstance(sent.body, str | bytes) else json.dumps(sent.body)
    named = {"Idempotency-Key": name} if name else {}
    return Client().post(
        sent.path, body, content_type=sent.content_type, headers={**headers, **named}
    )


def drop(key: str, _tenant: Tenant) -> Numbered:
    wanted = {"tables": ["calls"], "format": "ndjson", "every_hours": 24, "target": "folder"}
    return lambda at: Sent("/api/v1/drops", {**wanted, "name": f"d{at}", "folder": f"d{at}"})


def drop_run(key: str, tenant: Tenant) -> Numbered:
    row = post(key, drop(key, tenant)(0)).json()["id"]
    return lambda at: Sent(f"/api/v1/drops/{row}/runs", b" " * at)


def review(_key: str, tenant: Tenant) -> Numbered:
    with tenant_context(tenant.pk):
        lead = Membership.objects.filter(role=MemberRole.LEAD).select_related("user")[0].user
        ids = list(Finding.objects.filter(queue_items__standing="open").values_list("pk"))
    body = {"verdict": "upheld", "reviewer": lead.email}
    return lambda at: Sent(
        f"/api/v1/findings/{ids[at][0]}/reviews", body, headers={"If-Match": '"0"'}
    )


def hook(_key: str, _tenant: Tenant) -> Numbered:
    return lambda at: Sent(
        "/api/v1/hooks",
        {"target_url": f"https://hooks.zapier.example/{at}", "event": "finding.created"},
    )


def imported(_key: str, _tenant: Tenant) -> Numbered:
    return lambda at: Sent(
        f"/api/v1/imports?name=a{at}.txt", f"Agent: call number {at}", "application/octet-stream"
    )


def draft(_key: str, _tenant: Tenant) -> Numbered:
    return lambda at: Sent(f"/api/v1/rubric-drafts?code=calls_{at}", GOOD, YAML)


def lint(_key: str, _tenant: Tenant) -> Numbered:
    return lambda at: Sent("/api/v1/rubric-lint", f"# {at}\n{GOOD}", YAML)


def version(key: str, tenant: Tenant) -> Numbered:
    drafts = [post(key, draft(key, tenant)(at)).json() for at in range(4)]
    return lambda at: Sent(
        "/api/v1/rubric-versions",
        {"rubric": drafts[at]["rubric"], "revision": drafts[at]["revision"], "note": "First"},
    )


def submission(_key: str, tenant: Tenant) -> Numbered:
    with tenant_context(tenant.pk):
        source = Source.objects.get(name="sandbox")
    return lambda at: Sent(
        "/api/v1/submissions",
        {"source": str(source.pk), "audio_url": f"https://recorder.example/{at}.wav"},
    )


def _run_at(path: str) -> Callable[[str, Tenant], Numbered]:
    def numbered(_key: str, tenant: Tenant) -> Numbered:
        given = {"kit_code": kit_code(kit_of(tenant).rubric_id), "mode": "async"}
        return lambda at: Sent(path, {**given, "input": {"transcript": f"Agent: call {at}."}})

    return numbered


POSTS: dict[str, Callable[[str, Tenant], Numbered]] = {
    "/api/v1/drops": drop,
    "/api/v1/drops/{row_id}/runs": drop_run,
    "/api/v1/findings/{row_id}/reviews": review,
    "/api/v1/hooks": hook,
    "/api/v1/imports": imported,
    "/api/v1/rubric-drafts": draft,
    "/api/v1/rubric-lint": lint,
    "/api/v1/rubric-versions": version,
    "/api/v1/submissions": submission,
    "/v1/runs": _run_at("/v1/runs"),
    "/v1/test": _run_at("/v1/test"),
}


def counted(tenant: Tenant) -> Counter[str]:
    with tenant_context(tenant.pk):
        return Counter(
            {
                model.__name__: model.objects.count()
                for model in tenant_models()
                if model.__name__ not in KEPT_OF_REQUESTS
            }
        )


def test_no_post_is_left_out() -> None:
    paths = Client().get("/api/schema/").json()["paths"]
    assert {path for path, methods in paths.items() if "post" in methods} == set(POSTS)


@pytest.mark.parametrize("path", POSTS)
def test_what_is_sent_again_is_answered_as_before_and_done_once(
    path: str, settings: Any, tmp_path: Path
) -> None:
    settings.EXPORT_DIR = tmp_path
    tenant = demo.evaluated(24)["meridian-care"]
    key = api.token(tenant)
    numbered = POSTS[path](key, tenant)
    assert post(key, numbered(0)).status_code < 300, "what is made for the first call alone"

    before = counted(tenant)
    first = post(key, numbered(1), "one")
    assert first.status_code < 300, first.content
    once = counted(tenant) - before
    again = post(key, numbered(1), "one")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again["Idempotent-Replayed"] == "true"
    changed = post(key, numbered(2), "one")
    assert changed.status_code == (409 if path.startswith("/v1/") else 422)
    assert counted(tenant) - before == once

    before = counted(tenant)
    got = at_once(20, lambda: post(key, numbered(2), "two"))
    done = [each for each in got if each.status_code == first.status_code]
    assert len({each.content for each in done}) == 1
    assert {each.status_code for each in got} <= {first.status_code, 409}
    assert counted(tenant) - before == once
