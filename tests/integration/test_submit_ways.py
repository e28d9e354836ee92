"""Recordings submitted by API, page and command line: what each answers, and whom it refuses."""

import io
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from reviews.accounts.keys import Scope
from reviews.ingest import control
from reviews.models import AuditEvent, MemberRole, Source, Submission, Tenant
from reviews.models.tenancy import tenant_context
from reviews.sources.assemblyai import request
from tests.factories import api, demo
from tests.factories.loop import connected

pytestmark = pytest.mark.django_db(transaction=True)
URL = "https://recorder.example/calls/17.wav?Signature=SECRET"
CARE = "meridian-care"


@pytest.fixture
def source() -> Source:
    return connected(Tenant.objects.create(slug="a", name="A"), "http://127.0.0.1:9")


@pytest.fixture
def token(source: Source) -> str:
    return api.token(source.tenant, Scope.SUBMIT)


def rows(tenant: Tenant) -> list[Submission]:
    with tenant_context(tenant.pk):
        return list(Submission.objects.order_by("created_at"))


def post(token: str, body: object, **form: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    if form:
        return Client().post("/api/v1/submissions", form, headers=headers)
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Client().post(
        "/api/v1/submissions", sent, content_type="application/json", headers=headers
    )


# --- API


def test_the_api_takes_an_address_and_says_where_to_look(source: Source, token: str) -> None:
    answer = post(token, {"source": str(source.pk), "audio_url": URL, "call_id": "17"})
    (row,) = rows(source.tenant)
    assert (answer.status_code, answer.json()) == (202, {"id": str(row.pk), "state": "waiting"})
    seen = api.get(token, answer["Location"].removeprefix("/api/v1/")).json()
    assert (seen["call_id"], seen["transcript"], seen["size"]) == ("17", None, None)
    assert seen["profile"] == request.body(request.DEFAULT)
    assert "SECRET" not in json.dumps(seen) + str(row.__dict__)
    assert row.hook_url.startswith("http://testserver/hooks/")
    listed = api.get(token, "submissions").json()
    assert listed == {"results": [seen], "next": None}


def test_the_list_goes_by_pages(source: Source, token: str) -> None:
    for number in range(3):
        post(token, {"source": str(source.pk), "audio_url": f"https://a.test/{number}"})
    pages = list(api.pages(token, "submissions", limit=2))
    assert [len(page) for page in pages] == [2, 1]
    ids = [str(row.pk) for row in rows(source.tenant)]
    assert [row["id"] for page in pages for row in page] == ids[::-1]


def test_the_api_takes_a_file_in_a_form(source: Source, token: str) -> None:
    file = SimpleUploadedFile("17.wav", b"RIFF of a call")
    answer = post(token, None, source=str(source.pk), file=file, agent="A-17")
    assert answer.status_code == 202
    (row,) = rows(source.tenant)
    assert (row.size, row.metadata) == (14, {"agent": "A-17"})


def test_the_same_once_more_is_a_409_that_names_the_first(source: Source, token: str) -> None:
    wanted = {"source": str(source.pk), "audio_url": URL}
    first = post(token, wanted).json()["id"]
    answer = post(token, wanted)
    assert answer.status_code == 409
    assert answer["Content-Type"] == "application/problem+json"
    assert (answer.json()["code"], answer.json()["submission"]) == ("already_submitted", first)
    assert post(token, wanted | {"again": True}).status_code == 202
    assert len(rows(source.tenant)) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"audio_url": ""}, {"audio_url": 7}, {"audio_url": "http://127.0.0.1/x"},
        {"again": "perhaps"}, {"again": 1.5}, {"call_time": "x"}, {"agent": ["A"]},
        {"call_at": "yesterday"},
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_read_is_a_422(change: dict[str, Any], source: Source, token: str) -> None:
    answer = post(token, {"source": str(source.pk), "audio_url": URL} | change)
    assert (answer.status_code, answer.json()["code"]) == (422, "payload_refused")
    assert "SECRET" not in answer.content.decode()
    assert rows(source.tenant) == []


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"7", b"[" * 90_000, b'{"a": "' + b"x" * 200_000]
)
def test_a_body_that_is_no_object_is_a_422(body: bytes, token: str) -> None:
    assert post(token, body).status_code == 422


def test_a_source_of_another_tenant_is_no_source(source: Source, token: str) -> None:
    other = connected(Tenant.objects.create(slug="b", name="B"), "http://127.0.0.1:9", key="b")
    answers = [
        api.problem(post(token, {"source": named, "audio_url": URL}))
        for named in (str(other.pk), str(uuid4()), "x", "")
    ]
    assert [answer[0] for answer in answers] == [404] * 4
    assert answers[1:] == answers[:-1]
    assert rows(other.tenant) == rows(source.tenant) == []


def test_only_its_own_scope_opens_it(source: Source) -> None:
    wanted = {"source": str(source.pk), "audio_url": URL}
    for scope in set(Scope) - {Scope.SUBMIT}:
        token = api.token(source.tenant, scope)
        assert post(token, wanted).status_code == 403
        assert api.get(token, "submissions").status_code == 403
    assert rows(source.tenant) == []


# --- Page


@pytest.fixture
def admin() -> Client:
    demo.evaluated(6)
    return demo.signed_in(MemberRole.TENANT_ADMIN)


def page_of(name: str) -> tuple[Source, str]:
    tenant = Tenant.objects.get(slug=CARE)
    with tenant_context(tenant.pk):
        source = Source.objects.get()
    return source, reverse(name, args=[CARE, source.pk])


def test_the_page_takes_a_file_and_shows_what_was_submitted(admin: Client) -> None:
    source, page = page_of("source-submit")
    assert page in admin.get(reverse("source-detail", args=[CARE, source.pk])).content.decode()
    sent = {"file": io.BytesIO(b"RIFF of a call"), "call_id": "17", "direction": "inbound"}
    assert admin.post(page, sent).status_code == 302
    (row,) = rows(source.tenant)
    assert row.metadata == {"call_id": "17", "direction": "inbound"}
    shown = admin.get(page).content.decode()
    assert "To be sent" in shown
    assert "<bdi>17</bdi>" in shown
    with tenant_context(source.tenant_id):
        event = AuditEvent.objects.get(event="recording.submitted")
    assert (str(event.by_id), event.target_id) == (admin.session["_auth_user_id"], row.pk)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Give one of them"),
        ({"audio_url": "http://10.0.0.1/x"}, "send the file instead"),
        ({"audio_url": URL, "call_at": "<b>x"}, "with its zone"),
    ],
    ids=str,
)
def test_the_page_says_what_is_wrong_and_keeps_what_was_written(
    sent: dict[str, str], said: str, admin: Client
) -> None:
    source, page = page_of("source-submit")
    answer = admin.post(page, sent)
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert said in shown
    assert "<b>x" not in shown
    assert rows(source.tenant) == []


def test_features_are_set_on_the_page_and_refused_by_name(admin: Client) -> None:
    source, act = page_of("source-profile")
    good = {"speech_models": ["universal-2"], "punctuate": True}
    assert admin.post(act, {"profile": json.dumps(good)}).status_code == 302
    for bad in ('{"redact_pii": true, "speech_models": ["u"]}', "{", "[]", "null"):
        assert admin.post(act, {"profile": bad}).status_code == 422
    with tenant_context(source.tenant_id):
        assert Source.objects.get(pk=source.pk).profile == good
    shown = admin.get(reverse("source-submit", args=[CARE, source.pk])).content.decode()
    assert "&quot;punctuate&quot;: true" in shown


def test_who_may_not_manage_sources_may_not_submit(admin: Client) -> None:
    _, page = page_of("source-submit")
    for role in (MemberRole.REVIEWER, MemberRole.AUDITOR):
        assert demo.signed_in(role).get(page).status_code == 403


# --- Command line


def test_the_command_submits_and_sets_features(
    source: Source, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "17.wav").write_bytes(b"RIFF of a call")
    own = ["--tenant=a", "--at=https://v.example"]
    call_command("submit", str(tmp_path / "17.wav"), *own, "--tell", "call_id=17", "agent=A=1")
    call_command("submit", URL, *own)
    by_file, by_url = rows(source.tenant)
    assert capsys.readouterr().out.split() == [str(by_file.pk), str(by_url.pk)]
    assert (by_file.metadata, by_file.size) == ({"call_id": "17", "agent": "A=1"}, 14)
    assert by_url.hook_url.startswith("https://v.example/hooks/")
    (tmp_path / "f.json").write_text('{"speech_models": ["universal-2"]}')
    call_command("submit", "--tenant=a", "--features", str(tmp_path / "f.json"))
    call_command("submit", "--tenant=a", "--show-features")
    assert capsys.readouterr().out.count("universal-2") == 2


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ([URL], "no --at"),
        (["/no/such/file", "--at=https://v.example"], "Name one that is there"),
        ([URL, "--at=https://v.example", "--source=None"], "no source is named"),
        ([URL, "--at=https://v.example", "--tell", "mood=bad"], "unknown name"),
    ],
    ids=str,
)
def test_the_command_says_what_it_lacks(asked: list[str], said: str, source: Source) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("submit", "--tenant=a", *asked)
    assert rows(source.tenant) == []


def test_a_submission_to_a_paused_source_waits(source: Source, token: str) -> None:
    with tenant_context(source.tenant_id):
        control.pause(source, by=None)
    assert post(token, {"source": str(source.pk), "audio_url": URL}).status_code == 202
