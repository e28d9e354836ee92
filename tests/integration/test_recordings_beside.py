"""A recording beside its transcript: by page, API and command, in a ZIP or as files."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from reviews.ingest import audio, upload
from reviews.models import Audio, AudioState, MemberRole, Membership, Source, Tenant, User
from reviews.models.tenancy import tenant_context
from reviews.sandbox.tone import wav
from tests.factories import api
from tests.factories.loop import drain, transcripts
from tests.factories.recordings import heard, keeping
from tests.unit.sources.files.test_archive import packed
from tests.unit.sources.files.written import PLAIN, SRT

pytestmark = pytest.mark.django_db(transaction=True)
SOUND, OTHER = wav(3.0), wav(1.0)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.AUDIO_DIR = str(tmp_path / "audio")
    return tmp_path


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="a", name="A")


def files_source(tenant: Tenant, *, is_keeping: bool = True) -> Source:
    with tenant_context(tenant.pk):
        source = upload.source_of_files(
            tenant_id=tenant.pk, name=upload.SOURCE, by=None, now=timezone.now()
        )
    return keeping(source) if is_keeping else source


def post(tenant: Tenant, **files: bytes | str) -> str:
    """By the page; `a_wav` is the file a.wav."""
    user, _ = User.objects.get_or_create(email="admin@example.test")
    with tenant_context(tenant.pk):
        Membership.objects.get_or_create(tenant=tenant, user=user, role=MemberRole.TENANT_ADMIN)
    client = Client()
    client.force_login(user)
    sent = [
        SimpleUploadedFile(
            name.replace("_", "."), content.encode() if isinstance(content, str) else content
        )
        for name, content in files.items()
    ]
    answer: Any = client.post(reverse("source-import", args=["a"]), {"documents": sent})
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def audio_of(tenant: Tenant) -> list[Audio]:
    with tenant_context(tenant.pk):
        return list(Audio.objects.order_by("pk"))


def test_two_files_of_one_name_are_one_call(tenant: Tenant) -> None:
    files_source(tenant)
    page = post(tenant, a_wav=SOUND, b_srt=SRT, a_txt=PLAIN)
    assert page.count('data-outcome="accepted"') == 2
    assert 'data-outcome="refused"' not in page
    [row] = audio_of(tenant)
    assert (row.state, heard(row)) == ("held", SOUND)
    with tenant_context(tenant.pk):
        source = Source.objects.get()
    assert source.audio_days == 30
    assert row.purge_at


def test_a_zip_holds_calls_and_their_recordings_in_any_order(tenant: Tenant) -> None:
    files_source(tenant)
    post(
        tenant,
        calls_zip=packed(
            {"x/1.wav": SOUND, "x/2.txt": "Ann: Two.", "x/1.txt": PLAIN, "x/2.wav": OTHER}
        ),
    )
    assert len(transcripts(tenant)) == 2
    assert {heard(row) for row in audio_of(tenant)} == {SOUND, OTHER}


def test_the_api_takes_both_in_one_form(tenant: Tenant) -> None:
    files_source(tenant)
    files = [SimpleUploadedFile("7.txt", PLAIN.encode()), SimpleUploadedFile("7.wav", SOUND)]
    answer: Any = Client().post(
        "/api/v1/imports",
        {"files": files},
        headers={"Authorization": f"Bearer {api.token(tenant)}"},
    )
    [result] = answer.json()["results"]
    assert (result["outcome"], result["left_out"]) == ("accepted", [])
    assert heard(audio_of(tenant)[0]) == SOUND


def test_the_command_takes_both_from_the_disk(tenant: Tenant, tmp_path: Path) -> None:
    files_source(tenant)
    (tmp_path / "7.txt").write_text(PLAIN)
    (tmp_path / "7.wav").write_bytes(SOUND)
    call_command("import_calls", str(tmp_path / "7.wav"), str(tmp_path / "7.txt"), "--tenant=a")
    assert heard(audio_of(tenant)[0]) == SOUND


def test_where_none_are_kept_it_is_left_out_and_said_and_taken_when_sent_again(
    tenant: Tenant, folder: Path
) -> None:
    source = files_source(tenant, is_keeping=False)
    page = post(tenant, a_txt=PLAIN, a_wav=SOUND)
    assert "Left out: recording" in page
    assert audio_of(tenant) == []
    assert not (folder / "audio").exists()
    keeping(source)
    page = post(tenant, a_txt=PLAIN, a_wav=SOUND)
    assert 'data-outcome="already_here"' in page
    assert "recording" not in page.split('data-outcome="already_here"')[1].split("</tr>")[0]
    assert heard(audio_of(tenant)[0]) == SOUND


def test_what_is_no_recording_is_left_out_by_its_code_and_the_call_stays(tenant: Tenant) -> None:
    files_source(tenant)
    page = post(tenant, a_txt=PLAIN, a_wav=b"<script>alert(1)</script>")
    assert "recording (not_audio)" in page
    assert len(transcripts(tenant)) == 1
    assert audio_of(tenant) == []


def test_a_held_recording_is_not_replaced_and_a_deleted_one_does_not_come_back(
    tenant: Tenant,
) -> None:
    files_source(tenant)
    post(tenant, a_txt=PLAIN, a_wav=SOUND)
    post(tenant, a_txt=PLAIN, a_wav=OTHER)
    assert heard(audio_of(tenant)[0]) == SOUND
    with tenant_context(tenant.pk):
        Audio.objects.update(purge_at=timezone.now())
        source = Source.objects.get()
        audio.wake(source, at=timezone.now())
    drain()
    post(tenant, a_txt=PLAIN, a_wav=SOUND)
    [row] = audio_of(tenant)
    assert (row.state, row.file) == (AudioState.ERASED, None)


def test_a_recording_beside_many_calls_in_one_file_is_refused(tenant: Tenant) -> None:
    files_source(tenant)
    lines = "\n".join(json.dumps({"text": f"Ann: Hello {n}."}) for n in range(3))
    page = post(tenant, a_jsonl=lines, a_wav=SOUND)
    assert page.count('data-outcome="accepted"') == 3
    assert "several documents in the file beside it" in page
    assert audio_of(tenant) == []


def test_a_recording_alone_is_refused(tenant: Tenant) -> None:
    files_source(tenant)
    page = post(tenant, a_wav=SOUND)
    assert page.count('data-outcome="refused"') == 1
    assert transcripts(tenant) == {}


def test_an_import_that_is_undone_leaves_a_file_that_the_sweep_takes(
    tenant: Tenant, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = files_source(tenant)

    def broken(*_given: object, **_named: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr("reviews.web.imports._counts", broken)
        with pytest.raises(RuntimeError):
            post(tenant, a_txt=PLAIN, a_wav=SOUND)
    assert audio_of(tenant) == []
    [orphan] = [each for each in (folder / "audio").rglob("*") if each.is_file()]
    monkeypatch.setattr("reviews.ingest.audio_files.ORPHAN_AFTER", timedelta())
    with tenant_context(tenant.pk):
        Source.objects.update(audio_swept_at=None)
    keeping(source)
    drain()
    assert not orphan.exists()
