"""Rubrics over the API: as the command does it, by key and scope, and only one's own."""

import hashlib
import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from reviews.accounts.keys import Scope
from reviews.models import ApiKey, AuditEvent, Draft, Rubric, RubricVersion, Tenant
from reviews.models.tenancy import tenant_context
from reviews.rubrics import publish
from reviews.rubrics.document import parsed
from tests.factories import api
from tests.unit.rubrics.broken import BROKEN, GOOD

pytestmark = pytest.mark.django_db(transaction=True)
YAML, JSON = "application/yaml", "application/json"
RED = GOOD + "    examples: {must_match: ['agent: hello']}\n"


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="a", name="A")


@pytest.fixture
def key(tenant: Tenant) -> str:
    return api.token(tenant, Scope.RUBRICS, Scope.WRITE_RUBRICS)


def send(key: str, address: str, body: str | bytes, content_type: str = YAML) -> Any:
    return Client().post(
        f"/api/v1/{address}",
        body,
        content_type=content_type,
        headers={"Authorization": f"Bearer {key}"},
    )


def publishing(key: str, rubric: Any, revision: Any, note: Any = "First") -> Any:
    body = json.dumps({"rubric": str(rubric), "revision": revision, "note": note})
    return send(key, "rubric-versions", body, JSON)


def test_a_file_becomes_a_draft_and_a_version_with_the_hash_of_its_canonical_form(
    tenant: Tenant, key: str
) -> None:
    put = send(key, "rubric-drafts?code=calls", GOOD).json()
    assert put["red_examples"] == []
    made = publishing(key, put["rubric"], put["revision"])
    assert made.status_code == 201
    shown = api.get(key, made["Location"].removeprefix("/api/v1/")).json()
    with tenant_context(tenant.pk):
        version = RubricVersion.objects.get()
        assert not Draft.objects.exists()
    assert shown["document"] == json.loads(version.document)
    assert shown["sha256"] == hashlib.sha256(version.document.encode()).hexdigest()
    assert (shown["number"], shown["note"], shown["rubric"]) == (1, "First", put["rubric"])
    again = send(key, "rubric-drafts?code=calls", json.dumps(shown["document"]), JSON).json()
    same = publishing(key, again["rubric"], again["revision"]).json()
    assert same["id"] == shown["id"], "the same rules are the same version"


def test_the_lists_show_newest_version_and_draft(tenant: Tenant, key: str) -> None:
    put = send(key, "rubric-drafts?code=calls", GOOD).json()
    (row,) = api.get(key, "rubrics").json()["results"]
    assert (row["code"], row["name"], row["version"]) == ("calls", "Test", None)
    assert row["draft"]["revision"] == put["revision"]
    publishing(key, put["rubric"], put["revision"])
    shown = api.get(key, f"rubrics/{put['rubric']}").json()
    assert shown["draft"] is None
    assert [each["number"] for each in shown["versions"]] == [1]
    assert shown["version"] == shown["versions"][0]


def test_who_acted_is_the_key(tenant: Tenant, key: str) -> None:
    put = send(key, "rubric-drafts?code=calls", GOOD).json()
    publishing(key, put["rubric"], put["revision"])
    with tenant_context(tenant.pk):
        rows = AuditEvent.objects.exclude(target_kind="apikey").order_by("sequence")
        own = ApiKey.objects.get()
        assert {(row.by_id, row.api_key_id) for row in rows} == {(None, own.pk)}
        assert [row.event for row in rows][-1] == "rubric.published"
        assert RubricVersion.objects.get().published_by is None


def test_a_draft_that_another_changed_is_not_written_over(tenant: Tenant, key: str) -> None:
    put = send(key, "rubric-drafts?code=calls", GOOD).json()
    other = GOOD.replace("guarantee", "promise")
    for query in ("", "&revision=1", "&revision=99"):
        refused = send(key, f"rubric-drafts?code=calls{query}", other)
        assert (refused.status_code, refused.json()["code"]) == (409, "draft_changed")
        assert f"revision {put['revision']}" in refused.json()["detail"]
    assert publishing(key, put["rubric"], put["revision"] + 1).status_code == 409
    taken = send(key, f"rubric-drafts?code=calls&revision={put['revision']}", other)
    assert taken.json()["revision"] == put["revision"] + 1


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_file_is_refused_with_its_place_and_changes_nothing(
    text: str, tenant: Tenant, key: str
) -> None:
    for address in ("rubric-lint", "rubric-drafts?code=calls"):
        answer = send(key, address, text.encode(errors="surrogatepass"))
        assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
        assert BROKEN[text] in answer.json()["detail"]
    with tenant_context(tenant.pk):
        assert not Rubric.objects.exists()


@pytest.mark.parametrize(
    "body",
    [b"\xff\xfe", b"\x00", b"{" * 50_000, b'{"name": NaN}', b'{"a": 1, "a": 2}', b'"\\ud800"', b""],
    ids=["no text", "NUL", "deep", "NaN", "twice", "half a character", "empty"],
)
@pytest.mark.parametrize("content_type", [YAML, JSON, "text/plain", "multipart/form-data"])
def test_hostile_bodies_are_refused(body: bytes, content_type: str, key: str) -> None:
    for address in ("rubric-lint", "rubric-drafts?code=a", "rubric-versions"):
        answer = send(key, address, body, content_type)
        assert answer.status_code in (400, 422), address
        assert answer["Content-Type"] == "application/problem+json"


def test_a_file_of_more_than_a_rubric_may_have_is_refused(key: str) -> None:
    answer = send(key, "rubric-lint", b"#" * 10_000_001)
    assert answer.status_code == 422
    assert "more than 10,000,000 bytes" in answer.json()["detail"]


def test_lint_says_what_is_red_and_keeps_nothing(tenant: Tenant) -> None:
    answer = send(api.token(tenant, Scope.RUBRICS), "rubric-lint", RED).json()
    assert [each["path"] for each in answer["red_examples"]] == ["rules[0].examples.must_match[0]"]
    with tenant_context(tenant.pk):
        assert not Rubric.objects.exists()


def test_a_red_rubric_is_a_draft_and_is_not_published(tenant: Tenant, key: str) -> None:
    put = send(key, "rubric-drafts?code=calls", RED).json()
    assert put["red_examples"]
    refused = publishing(key, put["rubric"], put["revision"])
    assert refused.status_code == 422
    assert "rules[0].examples.must_match[0]" in refused.json()["detail"]


@pytest.mark.parametrize(
    "given",
    [
        [],
        {"rubric": "x", "revision": 1, "note": "a"},
        {"rubric": "x", "revision": 1},
        {"rubric": 7, "revision": 1, "note": "a"},
        {"note": "a", "revision": "1.5", "rubric": "0199"},
        {"rubric": "018f0000-0000-7000-8000-000000000000", "revision": True, "note": "a"},
        {"rubric": "018f0000-0000-7000-8000-000000000000", "revision": 1, "note": ["a"]},
        {"rubric": "018f0000-0000-7000-8000-000000000000", "revision": 1, "note": "a", "x": 1},
    ],
)
def test_what_is_no_publishing_is_refused_by_name(given: Any, key: str) -> None:
    answer = send(key, "rubric-versions", json.dumps(given), JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "parameter_refused")


def test_another_tenants_rubric_is_as_an_absent_one(tenant: Tenant, key: str) -> None:
    other = Tenant.objects.create(slug="b", name="B")
    theirs = api.token(other, Scope.RUBRICS, Scope.WRITE_RUBRICS)
    put = send(theirs, "rubric-drafts?code=calls", GOOD).json()
    with tenant_context(other.pk):
        version = publish.publish(
            tenant_id=other.pk, code="more", document=_document(), by=None, now=timezone.now()
        )
    assert publishing(key, put["rubric"], put["revision"]).status_code == 404
    for address in (f"rubrics/{put['rubric']}", f"rubric-versions/{version.pk}"):
        assert api.get(key, address).status_code == 404
        assert api.get(theirs, address).status_code == 200
    assert api.get(key, "rubrics").json()["results"] == []
    mine = send(key, "rubric-drafts?code=calls", GOOD).json()
    assert mine["rubric"] != put["rubric"]


def test_reading_and_writing_are_scopes_of_their_own(tenant: Tenant) -> None:
    reads, writes = (api.token(tenant, each) for each in (Scope.RUBRICS, Scope.WRITE_RUBRICS))
    assert send(reads, "rubric-drafts?code=a", GOOD).status_code == 403
    assert publishing(reads, "x", 1).status_code == 403
    assert api.get(writes, "rubrics").status_code == 403
    assert send(writes, "rubric-lint", GOOD).status_code == 403


def _document() -> dict[str, Any]:
    read = parsed(GOOD)
    assert isinstance(read, dict)
    return read
