"""A recording submitted here: sent once, its call known again, what was told of it on the call."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from reviews.egress import VendorDown
from reviews.ingest import control, hooks, poll, sending, store, submit
from reviews.ingest.submit import AlreadySubmitted, Recording, Wanted
from reviews.ingest.upload import TooLarge
from reviews.models import (
    AuditEvent,
    FoundBy,
    Job,
    JobState,
    ListedCall,
    ListedState,
    Participant,
    RecordingPart,
    Source,
    Submission,
    SubmissionState,
    Tenant,
    Transcript,
    TranscriptState,
    VendorAccount,
)
from reviews.models.tenancy import tenant_context
from reviews.policies import NotPossible
from reviews.sandbox.server import Fault, Sandbox
from reviews.sources.assemblyai import request
from reviews.sources.assemblyai.client import AssemblyAI
from reviews.sources.assemblyai.wire import parse
from reviews.sources.intake import receive
from reviews.sources.recordings import RecordingRefused
from tests.factories.loop import KEY, connected, drain, only, payloads, transcripts
from tests.factories.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ORIGIN = "https://verbatim.example"
URL = "https://recorder.example/calls/17.wav"
TOLD = {
    "call_id": "crm-0017",
    "agent": "A-17",
    "call_at": "2026-01-31T08:00:00+01:00",
    "direction": "inbound",
    "agent_speaker": "A",
}


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="a", name="A")


@pytest.fixture(autouse=True)
def _one_thread(settings: Settings) -> None:
    settings.FETCH_THREADS = 1


@contextmanager
def serving(settings: Settings, *faults: Fault) -> Iterator[Sandbox]:
    with Sandbox(accounts={KEY: []}, faults=faults) as sandbox:
        settings.EGRESS_ALLOW_PRIVATE = frozenset({f"127.0.0.1:{sandbox.port}"})
        yield sandbox


def given(source: Source, recording: str | bytes = URL, **changes: Any) -> Submission:
    """A recording submitted, and nothing run yet."""
    file = io.BytesIO(recording) if isinstance(recording, bytes) else None
    url = recording if isinstance(recording, str) else ""
    wanted = Wanted(Recording(url, file), **changes)
    with tenant_context(source.tenant_id):
        return submit.submit(
            source=source, wanted=wanted, origin=ORIGIN, by=None, now=timezone.now()
        )


def now_of(row: Submission) -> Submission:
    with tenant_context(row.tenant_id):
        return Submission.objects.get(pk=row.pk)


def hurry(tenant: Tenant) -> None:
    with tenant_context(tenant.pk):
        ListedCall.objects.filter(state=ListedState.WANTED).update(look_at=timezone.now())
        Job.objects.filter(state=JobState.QUEUED).update(due_at=timezone.now())
    drain()


def later(row: Submission) -> None:
    """As if it had been sent two minutes ago."""
    with tenant_context(row.tenant_id):
        past = timezone.now() - timedelta(minutes=2)
        Submission.objects.filter(pk=row.pk).update(posted_at=past)


def taken(sandbox: Sandbox) -> list[dict[str, Any]]:
    """What the vendor has, newest first."""
    account = sandbox.accounts[KEY]
    return [account.get(each) or {} for each in account.ids()]


def test_a_recording_at_an_address_comes_back_as_a_call_with_what_was_told_of_it(
    tenant: Tenant, settings: Settings
) -> None:
    with serving(settings) as sandbox:
        source = connected(tenant, sandbox.base_url)
        row = given(source, metadata=TOLD)
        drain()
        (there,) = taken(sandbox)
        assert there["audio_url"] == URL
        assert there["speech_models"] == ["universal-3-pro", "universal-2"]
        assert there["webhook_auth_header_name"] == hooks.HEADER
        asked = parse_qs(urlsplit(there["webhook_url"]).query)
        assert asked == {"nonce": [row.nonce]} | {name: [text] for name, text in TOLD.items()}
        row = now_of(row)
        assert (row.state, row.external_id) == (SubmissionState.TAKEN, there["id"])
        assert bytes(row.sealed_url) == b""
        with tenant_context(tenant.pk):
            assert ListedCall.objects.get().found_by == FoundBy.SUBMISSION
        for _ in range(3):
            hurry(tenant)
    call = only(transcripts(tenant))
    assert (call.state, call.external_id) == (TranscriptState.READY, row.external_id)
    assert call.call_at is not None
    assert call.call_at.isoformat() == "2026-01-31T07:00:00+00:00"
    assert (call.call_zone, call.direction, call.crm_ids) == (
        "+01:00", "inbound", {"call_id": "crm-0017"},
    )  # fmt: skip


def test_the_webhook_of_a_submission_is_taken_by_our_own_receiver(
    tenant: Tenant, settings: Settings
) -> None:
    with serving(settings) as sandbox:
        source = connected(tenant, sandbox.base_url)
        row = given(source)
        drain()
        (there,) = taken(sandbox)
        body = {"transcript_id": there["id"], "status": "completed"}
        with tenant_context(tenant.pk):
            secret = hooks.secret_of(Source.objects.get(pk=source.pk))
        assert post(there["webhook_url"], secret, body) == 204
        hurry(tenant)
    assert only(transcripts(tenant)).state == TranscriptState.READY
    assert now_of(row).state == SubmissionState.TAKEN


def post(url: str, secret: str, body: dict[str, Any]) -> int:
    parts = urlsplit(url)
    reply = Client(enforce_csrf_checks=True).post(
        f"{parts.path}?{parts.query}",
        json.dumps(body),
        content_type="application/json",
        headers={hooks.HEADER: secret},
    )
    return reply.status_code


def test_a_file_is_uploaded_as_it_was_and_kept_no_longer_than_needed(
    tenant: Tenant, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submit, "PART_BYTES", 1_000)
    sound = bytes(range(256)) * 10
    with serving(settings) as sandbox:
        source = connected(tenant, sandbox.base_url)
        row = given(source, sound)
        with tenant_context(tenant.pk):
            parts = [bytes(part.sealed) for part in RecordingPart.objects.order_by("number")]
            assert len(parts) == 3
            assert not any(sound[:100] in part for part in parts)
        drain()
        (there,) = taken(sandbox)
        account, name = sandbox.accounts[KEY], there["audio_url"].rpartition("/")[2]
        held = account.upload(name)
    assert held is not None
    assert held[1] == sound
    assert now_of(row).state == SubmissionState.TAKEN
    with tenant_context(tenant.pk):
        assert RecordingPart.objects.count() == 0


@pytest.mark.parametrize("recording", [URL, b"RIFF of a call"])
def test_the_same_recording_is_refused_with_the_id_of_the_first(
    recording: str | bytes, tenant: Tenant
) -> None:
    source = connected(tenant, "http://127.0.0.1:9")
    first = given(source, recording)
    with pytest.raises(AlreadySubmitted) as refusal:
        given(source, recording)
    assert refusal.value.submission.pk == first.pk
    assert str(first.pk) in str(refusal.value)
    again = given(source, recording, is_again=True)
    assert again.nonce != first.nonce
    other = Tenant.objects.create(slug="b", name="B")
    given(connected(other, "http://127.0.0.1:9", key="other"), recording)


def test_an_address_signed_anew_is_the_same_recording_and_another_id_is_not(tenant: Tenant) -> None:
    source = connected(tenant, "http://127.0.0.1:9")
    given(source, f"{URL}?id=1&X-Amz-Signature=aa&X-Amz-Date=20260101")
    with pytest.raises(AlreadySubmitted):
        given(source, f"{URL}?X-Amz-Signature=bb&id=1")
    given(source, f"{URL}?id=2&X-Amz-Signature=aa")


def test_of_eight_at_once_with_one_recording_one_is_taken_in(tenant: Tenant) -> None:
    source = connected(tenant, "http://127.0.0.1:9")

    def work() -> bool:
        try:
            given(source)
        except AlreadySubmitted:
            return False
        return True

    assert sum(at_once(8, work)) == 1


# --- Nothing twice, nothing lost


class Killed(BaseException):
    """The process is gone: nothing after it runs."""


def killed_after_sending(monkeypatch: pytest.MonkeyPatch, tenant: Tenant) -> None:
    """Let the job die between the vendor's answer and our commit, and its lease end."""
    real = AssemblyAI.submit

    def dying(self: AssemblyAI, wanted: Any) -> Any:
        real(self, wanted)
        raise Killed

    monkeypatch.setattr(AssemblyAI, "submit", dying)
    with pytest.raises(Killed):
        drain()
    monkeypatch.setattr(AssemblyAI, "submit", real)
    lease_ended(tenant)


def lease_ended(tenant: Tenant) -> None:
    with tenant_context(tenant.pk):
        Job.objects.filter(state=JobState.RUNNING).update(due_at=timezone.now())


@pytest.mark.parametrize("recording", [URL, b"RIFF of a call"])
def test_killed_between_the_vendors_answer_and_our_commit_it_is_sent_once(
    recording: str | bytes,
    tenant: Tenant,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with serving(settings) as sandbox:
        source = connected(tenant, sandbox.base_url)
        row = given(source, recording, metadata=TOLD)
        killed_after_sending(monkeypatch, tenant)
        assert now_of(row).state == SubmissionState.SENT
        for _ in range(4):
            hurry(tenant)
            later(row)
        assert len(taken(sandbox)) == 1
        row = now_of(row)
        assert (row.state, row.external_id) == (SubmissionState.TAKEN, taken(sandbox)[0]["id"])
    call = only(transcripts(tenant))
    assert (call.state, call.crm_ids) == (TranscriptState.READY, {"call_id": "crm-0017"})
    with tenant_context(tenant.pk):
        assert RecordingPart.objects.count() == 0
        assert Job.objects.get(kind="submit").state == JobState.DONE


def test_killed_before_the_vendor_heard_of_it_it_is_sent_again(
    tenant: Tenant, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dying(self: AssemblyAI, wanted: Any) -> Any:
        raise Killed

    with serving(settings) as sandbox:
        row = given(connected(tenant, sandbox.base_url))
        with monkeypatch.context() as patched:
            patched.setattr(AssemblyAI, "submit", dying)
            with pytest.raises(Killed):
                drain()
        lease_ended(tenant)
        hurry(tenant)
        assert taken(sandbox) == [], "the vendor may still list it for the first time"
        later(row)
        hurry(tenant)
        assert len(taken(sandbox)) == 1
    assert now_of(row).state == SubmissionState.TAKEN


@pytest.mark.parametrize("status", [500, 503])
def test_an_answer_that_leaves_it_open_is_looked_into_before_anything_is_sent(
    status: int, tenant: Tenant, settings: Settings
) -> None:
    with serving(settings, Fault("/v2/transcript", status, 1)) as sandbox:
        row = given(connected(tenant, sandbox.base_url))
        drain()
        assert sandbox.requests["/v2/transcript"] == 1, "not tried again by itself"
        assert now_of(row).state == SubmissionState.SENT
        later(row)
        hurry(tenant)
        assert len(taken(sandbox)) == 1
    assert now_of(row).state == SubmissionState.TAKEN


def test_a_call_that_another_job_found_first_ends_the_submission(
    tenant: Tenant, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(settings) as sandbox:
        source = connected(tenant, sandbox.base_url)
        row = given(source, metadata=TOLD)
        killed_after_sending(monkeypatch, tenant)
        with tenant_context(tenant.pk):
            Job.objects.filter(kind="submit").update(due_at=timezone.now() + timedelta(days=1))
            poll.start(source)
        drain()
        hurry(tenant)
        assert now_of(row).state == SubmissionState.TAKEN
        with tenant_context(tenant.pk):
            assert Job.objects.get(kind="submit").state == JobState.RUNNING, "it was not this job"
            Job.objects.filter(kind="submit").update(due_at=timezone.now())
        hurry(tenant)
        assert len(taken(sandbox)) == 1
    assert only(transcripts(tenant)).crm_ids == {"call_id": "crm-0017"}


def test_too_many_requests_put_it_off_and_send_it_once(tenant: Tenant, settings: Settings) -> None:
    with serving(settings, Fault("/v2/transcript", 429, 1, retry_after="0")) as sandbox:
        row = given(connected(tenant, sandbox.base_url))
        drain()
        hurry(tenant)
        assert len(taken(sandbox)) == 1
    assert now_of(row).state == SubmissionState.TAKEN


def test_what_the_vendor_refuses_ends_and_may_be_submitted_again(
    tenant: Tenant, settings: Settings
) -> None:
    refused = Fault("/v2/transcript", 400, 1, body=b'{"error": "speech_models is required"}')
    with serving(settings, refused) as sandbox:
        source = connected(tenant, sandbox.base_url)
        row = given(source)
        drain()
        row = now_of(row)
        assert (row.state, row.last_error_code) == (SubmissionState.REFUSED, sending.REJECTED)
        second = given(source)
        drain()
        assert now_of(second).state == SubmissionState.TAKEN


def test_a_refused_key_holds_it_up_until_the_source_goes_on(
    tenant: Tenant, settings: Settings
) -> None:
    with serving(settings, Fault("/v2/transcript", 401, 1)) as sandbox:
        source = connected(tenant, sandbox.base_url)
        row = given(source)
        drain()
        assert now_of(row).state == SubmissionState.WAITING
        with tenant_context(tenant.pk):
            source = Source.objects.get(pk=source.pk)
            assert source.paused_code == "key_refused"
            control.resume(source, by=None)
        drain()
        assert len(taken(sandbox)) == 1
    assert now_of(row).state == SubmissionState.TAKEN


def test_a_paused_source_is_sent_nothing(tenant: Tenant, settings: Settings) -> None:
    with serving(settings) as sandbox:
        source = connected(tenant, sandbox.base_url)
        with tenant_context(tenant.pk):
            control.pause(source, by=None)
        row = given(source)
        drain()
        assert taken(sandbox) == []
        with tenant_context(tenant.pk):
            control.resume(Source.objects.get(pk=source.pk), by=None)
        drain()
    assert now_of(row).state == SubmissionState.TAKEN


# --- What is told, and by whom it may be


@pytest.mark.parametrize(
    "told",
    [
        {"call_at": "yesterday"}, {"call_at": "2026-01-30T08:00:00"}, {"agent": "A\x00"},
        {"agent": "A\nB"}, {"agent": "a" * 201}, {"agent": 7}, {"direction": "sideways"},
        {"call_id": "https://a.test/?x=<script>"}, {"call_id": "é"}, {"nonce": "x" * 30},
        {"subject": "somebody"}, {"zone": "\x00"}, {"first_contact": "maybe"},
    ],
    ids=str,
)  # fmt: skip
def test_metadata_that_cannot_be_read_is_refused_by_name_and_never_shown(
    told: dict[str, Any], tenant: Tenant
) -> None:
    source = connected(tenant, "http://127.0.0.1:9")
    with pytest.raises(RecordingRefused) as refusal:
        given(source, metadata=told)
    ((name, value),) = told.items()
    assert f"“{name}”" in refusal.value.what
    assert str(value) not in str(refusal.value).replace(name, "")
    with tenant_context(tenant.pk):
        assert Submission.objects.count() == 0


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.test/x", "file:///etc/passwd", "https://user:pw@a.test/x", "https://a.test/x y",
        "http://127.0.0.1/x", "https://10.0.0.1/x", "https://[::1]/x", "http://localhost/x",
        "https://recorder/x", "https://a.test:x/", "javascript:alert(1)",
        f"https://a.test/{'x' * 2000}",
    ],
)  # fmt: skip
def test_an_address_that_the_vendor_cannot_fetch_is_refused(url: str, tenant: Tenant) -> None:
    source = connected(tenant, "http://127.0.0.1:9")
    with pytest.raises(RecordingRefused) as refusal:
        given(source, url)
    assert url not in str(refusal.value)


def test_an_empty_file_and_one_that_is_too_long_are_refused(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = connected(tenant, "http://127.0.0.1:9")
    with pytest.raises(RecordingRefused):
        given(source, b"")
    monkeypatch.setattr(submit, "MOST_BYTES", 10)
    with pytest.raises(TooLarge):
        given(source, b"x" * 11)


def test_a_nonce_of_another_tenant_lays_nothing_on_a_call(tenant: Tenant) -> None:
    source = connected(tenant, "http://127.0.0.1:9")
    row = given(source, metadata=TOLD)
    other = Tenant.objects.create(slug="b", name="B")
    foreign = connected(other, "http://127.0.0.1:9", key="other")
    call = taken_in(foreign, payloads(1)[0] | {"webhook_url": f"{ORIGIN}/?nonce={row.nonce}"})
    assert call is not None
    assert call.crm_ids == {}
    assert now_of(row).state == SubmissionState.WAITING


def taken_in(source: Source, payload: dict[str, Any]) -> Transcript | None:
    received = receive(json.dumps(payload).encode())
    fetched = parse(received.value, call_url=received.call_url)
    with tenant_context(source.tenant_id):
        return store.store(source=source, received=received, fetched=fetched, now=timezone.now())


def test_what_a_reviewer_said_stays_when_the_call_comes_once_more(tenant: Tenant) -> None:
    source = connected(tenant, "http://127.0.0.1:9")
    row = given(source, metadata=TOLD)
    payload = payloads(1)[0] | {"webhook_url": f"{ORIGIN}/?nonce={row.nonce}"}
    call = taken_in(source, payload)
    assert call is not None
    with tenant_context(tenant.pk):
        agents = Participant.objects.filter(transcript=call, agent__external_id="A-17")
        assert [each.speaker for each in agents] == ["A"]
        Transcript.objects.filter(pk=call.pk).update(roles_by="a reviewer", revision=2)
    assert taken_in(source, payload) is None
    kept = only(transcripts(tenant))
    assert (kept.roles_by, kept.revision) == ("a reviewer", 2)


def test_redacted_audio_is_noted_on_the_submission_of_its_nonce_and_nowhere_else(
    tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    source = connected(tenant, "http://127.0.0.1:9")
    first, second = given(source), given(source, f"{URL}2")
    with tenant_context(tenant.pk):
        secret = hooks.secret_of(Source.objects.get(pk=source.pk))
    url = "https://redacted.example/x.wav?Signature=SECRET"
    body = {"status": "redacted_audio_ready", "redacted_audio_url": url}
    address = reverse("source-hook", args=[tenant.pk, source.pk])
    for nonce in ("", "x" * 32, "\x00" * 30, first.nonce):
        assert post(f"{address}?nonce={nonce}", secret, body) == 204
    assert post(f"{address}?nonce={second.nonce}", "wrong", body) == 404
    first, second = now_of(first), now_of(second)
    assert first.redacted_audio_at is not None
    assert second.redacted_audio_at is None
    assert "SECRET" not in "".join(capsys.readouterr())


@pytest.mark.parametrize("change", [{"kind": "files", "base_url": ""}, {"is_shared": True}])
def test_a_source_that_is_no_account_of_its_own_takes_no_recording(
    change: dict[str, Any], tenant: Tenant
) -> None:
    source = connected(tenant, "http://127.0.0.1:9")
    for name, value in change.items():
        setattr(source, name, value)
    with pytest.raises(NotPossible, match="Submitting is refused"):
        given(source)


def test_a_submission_keeps_the_profile_that_it_came_with(
    tenant: Tenant, settings: Settings
) -> None:
    redacting = {
        "speech_models": ["universal-2"],
        "redact_pii": True,
        "redact_pii_policies": ["credit_card_number"],
    }
    with serving(settings) as sandbox:
        source = connected(tenant, sandbox.base_url)
        with tenant_context(tenant.pk):
            submit.set_profile(source, request.parse(redacting), by=None)
        row = given(source)
        with tenant_context(tenant.pk):
            submit.set_profile(source, request.DEFAULT, by=None)
            events = AuditEvent.objects.filter(event="source.changed")
            assert len({str(event.data["profile"]) for event in events}) == 2
        drain()
        (there,) = taken(sandbox)
    assert row.profile == redacting
    assert {name: there[name] for name in redacting} == redacting
    assert "language_detection" not in there


def test_an_outage_is_no_fault_of_the_submission(
    tenant: Tenant, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(self: AssemblyAI, recording: Any) -> str:
        raise VendorDown("The vendor does not answer", "status 503", "Wait.")

    with serving(settings) as sandbox:
        row = given(connected(tenant, sandbox.base_url), b"RIFF of a call")
        with monkeypatch.context() as patched:
            patched.setattr(AssemblyAI, "upload", away)
            for _ in range(7):
                hurry(tenant)
        assert now_of(row).state == SubmissionState.WAITING
        VendorAccount.objects.update(closed_until=None)
        hurry(tenant)
    assert now_of(row).state == SubmissionState.TAKEN
