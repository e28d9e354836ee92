"""The import page and the import over the API: files, their table, and what is said of each."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from reviews.accounts.keys import Scope
from reviews.ingest import upload
from reviews.models import AuditEvent, Job, JobKind, MemberRole, Membership, Source, Tenant, User
from reviews.models.tenancy import tenant_context
from tests.factories import api
from tests.factories.loop import transcripts
from tests.unit.sources.files.test_archive import packed
from tests.unit.sources.files.written import DEEPGRAM, EVERY, PLAIN, SRT

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "/api/v1/imports"
Post = Callable[..., Any]


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="a", name="A")


def member(tenant: Tenant, role: MemberRole = MemberRole.TENANT_ADMIN) -> Client:
    user = User.objects.create_user(f"{role}@example.test")
    with tenant_context(tenant.pk):
        Membership.objects.create(tenant=tenant, user=user, role=role)
    client = Client()
    client.force_login(user)
    return client


def file(name: str, content: str | bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def post(client: Client, **sent: Any) -> tuple[int, str]:
    answer: Any = client.post(reverse("source-import", args=["a"]), sent)
    return answer.status_code, answer.content.decode()


def send(key: str, body: Any = b"", content_type: str = "application/json", **query: str) -> Any:
    """One file as the body; a mapping is sent as a form."""
    header = {"Authorization": f"Bearer {key}"}
    if isinstance(body, dict):
        return Client().post(ADDRESS, body, headers=header, query_params=query)
    return Client().post(ADDRESS, body, content_type, headers=header, query_params=query)


def test_the_page_takes_several_files_and_says_what_became_of_each(tenant: Tenant) -> None:
    client = member(tenant)
    sent = [
        file("a.srt", SRT),
        file("b.txt", "no speaker here"),
        file("c.zip", packed(dict(EVERY))),
    ]
    status, page = post(client, documents=sent)
    assert status == 200
    assert "line 1 begins with no speaker" in page
    assert page.count('data-outcome="accepted"') == 9  # the captions of the archive are the same
    assert page.count('data-outcome="already_here"') == 1
    assert len(transcripts(tenant)) == 9
    with tenant_context(tenant.pk):
        assert Job.objects.filter(kind=JobKind.EVALUATE).exists() is False  # no rubric is published
        event = AuditEvent.objects.get(event="calls.imported")
    assert event.by_id is not None


def test_the_page_takes_text_and_a_table(tenant: Tenant) -> None:
    table = file("calls.csv", "file,queue,mood\na.txt,cards,glad\nb.txt,cards\nc.txt,x,y\n")
    status, page = post(
        member(tenant), documents=[file("a.txt", PLAIN)], text="Ann: Hello.", metadata=table
    )
    assert status == 200
    assert "mood" in page
    assert "line 3: 2 cells under 3 columns" in page
    assert "No document here for these lines of the metadata: 4" in page
    assert {row.queue for row in transcripts(tenant).values()} == {"cards", ""}


def test_a_label_says_who_is_the_agent(tenant: Tenant) -> None:
    post(member(tenant), text="Ann: Hello.\nBob: Hi.", agent_label="Ann")
    assert [row.roles_by for row in transcripts(tenant).values()] == ["labels named by the import"]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "There is nothing to import"),
        ({"text": "Ann: Hi.", "metadata": file("x.csv", "mood\nglad\n")}, "no column `file`"),
    ],
)
def test_a_form_that_cannot_be_used_is_said_and_takes_nothing(
    tenant: Tenant, sent: dict[str, Any], said: str
) -> None:
    status, page = post(member(tenant), **sent)
    assert status == 422
    assert said in page
    assert transcripts(tenant) == {}


def test_too_large_a_request_is_refused_before_it_is_read(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload, "MOST_BYTES", 100)
    status, page = post(member(tenant), documents=[file("a.srt", SRT * 3)])
    assert status == 413
    assert "use import_calls" in page
    assert api.problem(send(api.token(tenant), SRT * 3))[0] == 413


def test_too_many_documents_are_refused_and_those_before_stay(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload, "AT_ONCE", 2)
    _, page = post(member(tenant), documents=[file("c.zip", packed(dict(EVERY)))])
    assert "more than 2 documents in one request" in page
    assert len(transcripts(tenant)) == 2


def test_only_who_connects_sources_imports(tenant: Tenant) -> None:
    assert post(member(tenant, MemberRole.LEAD), text=PLAIN)[0] == 403
    assert transcripts(tenant) == {}


def test_nothing_is_fetched_from_a_source_of_files(tenant: Tenant) -> None:
    client = member(tenant)
    post(client, text=PLAIN)
    with tenant_context(tenant.pk):
        source = Source.objects.get()
    assert client.get(reverse("source-detail", args=["a", source.pk])).status_code == 200
    for name in ("source-test", "source-backfill"):
        answer = client.post(reverse(name, args=["a", source.pk]))
        assert answer.status_code == 409
        assert "a source whose calls come by files" in answer.content.decode()


@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded"])
def test_the_api_takes_one_file_as_the_body(tenant: Tenant, content_type: str) -> None:
    body = send(api.token(tenant), json.dumps(DEEPGRAM), content_type).json()
    (result,) = body["results"]
    assert (body["accepted"], result["external_id"], result["timing"]) == (1, "dg-1", "measured")
    row = api.get(api.token(tenant), f"transcripts/{result['transcript']}").json()["transcript"]
    assert (row["timing"], row["crm_ids"]) == ("measured", {})


def test_the_api_takes_files_and_a_table_in_a_form(tenant: Tenant) -> None:
    table = file("calls.csv", "file,hubspot_id\na.srt,77\nc.srt,78\n")
    sent = {"files": [file("a.srt", SRT), file("b.txt", "no")], "metadata": table}
    body = send(api.token(tenant), sent, source="Old calls").json()
    assert (body["accepted"], body["refused"], body["unused_rows"]) == (1, 1, [3])
    refused = body["results"][1]
    assert (refused["file"], refused["line"], refused["code"]) == ("b.txt", 1, "payload_refused")
    assert [row.crm_ids for row in transcripts(tenant).values()] == [{"hubspot": "77"}]


def test_sent_again_it_is_here_already(tenant: Tenant) -> None:
    key = api.token(tenant)
    first, again = (send(key, json.dumps(DEEPGRAM)).json() for _ in range(2))
    assert (again["already_here"], again["results"][0]["transcript"]) == (
        1,
        first["results"][0]["transcript"],
    )


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        (b"", "no document that can be taken in"),
        (b'{"x": 1}', "no document that can be taken in"),
        ({"metadata": file("x.csv", "file\n")}, "a form without a file"),
    ],
)
def test_what_holds_no_transcript_is_a_problem(tenant: Tenant, body: Any, seen: str) -> None:
    status, _, problem = api.problem(send(api.token(tenant), body))
    assert (status, problem["code"]) == (422, "payload_refused")
    assert seen in problem["detail"]


def test_a_broken_form_is_a_problem(tenant: Tenant) -> None:
    answer = send(api.token(tenant), b"--x\r\nnothing", "multipart/form-data; boundary=")
    assert api.problem(answer)[0] == 422


def test_the_api_asks_for_a_scope_of_its_own(tenant: Tenant) -> None:
    status, _, body = api.problem(send(api.token(tenant, Scope.TRANSCRIPTS), SRT))
    assert (status, body["code"]) == (403, "scope_missing")
    assert transcripts(tenant) == {}


def test_a_key_imports_into_its_own_tenant_alone(tenant: Tenant) -> None:
    other = Tenant.objects.create(slug="b", name="B")
    send(api.token(tenant), SRT)
    assert (len(transcripts(tenant)), len(transcripts(other))) == (1, 0)
