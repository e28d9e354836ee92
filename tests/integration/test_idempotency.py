"""A POST of the API that is sent again: answered as before, done once."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import encode_multipart
from django.utils import timezone

from reviews.accounts import answers
from reviews.accounts.keys import Scope
from reviews.ingest import submit
from reviews.models import ApiAnswer, Source, Submission, Tenant
from reviews.models.tenancy import tenant_context
from tests.factories import api
from tests.factories.loop import connected
from tests.factories.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def source() -> Source:
    return connected(Tenant.objects.create(slug="a", name="A"), "http://127.0.0.1:9")


@pytest.fixture
def token(source: Source) -> str:
    return api.token(source.tenant)


def post(token: str, name: str, body: object, address: str = "submissions") -> Any:
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": name}
    return Client(raise_request_exception=False).post(
        f"/api/v1/{address}", json.dumps(body), content_type="application/json", headers=headers
    )


def recording(source: Source, number: int = 1) -> dict[str, str]:
    return {"source": str(source.pk), "audio_url": f"https://recorder.example/{number}.wav"}


def count(source: Source) -> int:
    with tenant_context(source.tenant_id):
        return Submission.objects.count()


def test_the_same_request_gets_the_same_answer_and_is_done_once(source: Source, token: str) -> None:
    first, second = (post(token, "one", recording(source)) for _ in range(2))
    assert (first.status_code, "Idempotent-Replayed" in first) == (202, False)
    assert (second.status_code, second.content) == (202, first.content)
    assert (second["Location"], second["Idempotent-Replayed"]) == (first["Location"], "true")
    assert second["Cache-Control"] == "no-store"
    assert post(token, "other", recording(source)).status_code == 409, "submitted already"
    assert count(source) == 1


def test_a_refusal_is_remembered_too(source: Source, token: str) -> None:
    first, second = (post(token, "one", {"source": str(source.pk)}) for _ in range(2))
    assert first.status_code == second.status_code >= 400
    assert first.content == second.content, "with the id of the first one's log line"


def test_a_key_that_stood_for_something_else_is_refused(source: Source, token: str) -> None:
    post(token, "one", recording(source))
    for body, address in (
        (recording(source, 2), "submissions"),
        (recording(source), "submissions?x=1"),
        (recording(source), "rubric-lint"),
    ):
        status, _, problem = api.problem(post(token, "one", body, address))
        assert (status, problem["code"]) == (422, "name_reused")
    assert count(source) == 1


def test_a_form_is_the_same_whatever_its_boundary(source: Source, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "one"}
    got = []
    for boundary, sound in (("aa", b"RIFF--aa"), ("bbb", b"RIFF--aa"), ("cc", b"other")):
        form = {"source": str(source.pk), "file": SimpleUploadedFile("a.wav", sound)}
        body = client_body(form, boundary)
        got.append(
            Client().post(
                "/api/v1/submissions",
                body,
                content_type=f"multipart/form-data; boundary={boundary}",
                headers=headers,
            )
        )
    assert got[0].content == got[1].content
    assert got[2].json()["code"] == "name_reused"


def client_body(form: dict[str, Any], boundary: str) -> bytes:
    return encode_multipart(boundary, form)


def test_each_key_and_each_tenant_has_names_of_its_own(source: Source, token: str) -> None:
    post(token, "one", recording(source))
    again = post(api.token(source.tenant), "one", recording(source, 2))
    other = connected(Tenant.objects.create(slug="b", name="B"), "http://127.0.0.1:8")
    foreign = post(api.token(other.tenant), "one", recording(other))
    assert [again.status_code, foreign.status_code] == [202, 202]
    assert (count(source), count(other)) == (2, 1)


def test_of_twenty_at_once_one_is_done(source: Source, token: str) -> None:
    got = at_once(20, lambda: post(token, "one", recording(source)))
    assert {each.status_code for each in got} <= {202, 409}
    assert len({each.content for each in got if each.status_code == 202}) == 1
    waiting = [each.json()["code"] for each in got if each.status_code == 409]
    assert set(waiting) <= {"in_progress"}
    assert count(source) == 1


def test_one_at_work_is_told_so(source: Source, token: str) -> None:
    """The lock is held by another connection, as by another server."""
    key = api.made(source.tenant)
    with tenant_context(source.tenant_id):
        said = answers.said(key.row, "one", bytes(32))
        assert answers.find(said, now=timezone.now()) is None
        got = at_once(1, lambda: post(key.token, "one", recording(source, 2)))
    status, _, problem = api.problem(got[0])
    assert (status, problem["code"]) == (409, "in_progress")


def test_what_failed_is_done_by_the_next_try(
    source: Source, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_given: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(submit, "submit", broken)
        assert post(token, "one", recording(source)).status_code == 500
    assert post(token, "one", recording(source)).status_code == 202
    assert count(source) == 1


def test_it_is_kept_for_a_week_and_sealed(source: Source, token: str) -> None:
    post(token, "one", recording(source))
    with tenant_context(source.tenant_id):
        row = ApiAnswer.objects.get()
        assert str(Submission.objects.get().pk).encode() not in bytes(row.sealed_body)
        ApiAnswer.objects.update(created_at=timezone.now() - answers.KEPT - timedelta(seconds=1))
    assert post(token, "one", recording(source)).status_code == 409, "submitted already"
    with tenant_context(source.tenant_id):
        assert ApiAnswer.objects.get().created_at > timezone.now() - timedelta(minutes=1)


@pytest.mark.parametrize("name", ["", "two words", "é", "x" * 256])
def test_a_key_that_is_none_is_refused(name: str, source: Source, token: str) -> None:
    status, _, problem = api.problem(post(token, name, recording(source)))
    assert (status, problem["code"]) == (400, "parameter_refused")
    assert count(source) == 0


def test_a_key_without_the_scope_learns_nothing(source: Source) -> None:
    weak = api.token(source.tenant, Scope.FINDINGS)
    assert [post(weak, "one", recording(source)).status_code for _ in range(2)] == [403, 403]
    with tenant_context(source.tenant_id):
        assert not ApiAnswer.objects.exists()


def test_every_post_of_the_schema_takes_it() -> None:
    paths = Client().get("/api/schema/").json()["paths"]
    posts = [path["post"] for path in paths.values() if "post" in path]
    named = [[each["name"] for each in post["parameters"]] for post in posts]
    assert named
    assert all("Idempotency-Key" in names for names in named)
