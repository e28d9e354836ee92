"""Recordings: fetched, linked, redacted, deleted; whole or not at all, and nobody else's."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any, NoReturn

import pytest
from django.utils import timezone
from pytest_django import Settings

from reviews.ingest import audio, audio_files, audio_job, backfill, control, hooks, pacer
from reviews.ingest.audio import LinkRefused, Wanted
from reviews.jobs import ledger
from reviews.models import (
    Audio,
    AudioKind,
    AudioMode,
    AudioState,
    AuditEvent,
    Job,
    JobKind,
    JobState,
    Source,
    Submission,
    SubmissionState,
    Tenant,
    VendorAccount,
)
from reviews.models.tenancy import tenant_context
from reviews.sandbox.account import Account
from reviews.sandbox.routes import original_url
from reviews.sandbox.server import Fault, Sandbox
from reviews.sandbox.tone import wav
from reviews.sources.assemblyai.client import AssemblyAI
from tests.factories import shared
from tests.factories.loop import KEY, begin, connected, drain, payloads
from tests.factories.recordings import KEEP, heard, keeping

pytestmark = pytest.mark.django_db(transaction=True)
REDACT: dict[str, Any] = {
    "redact_pii": True,
    "redact_pii_audio": True,
    "redact_pii_policies": ["person_name"],
}
LONG = wav(30.0)


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="a", name="A")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.FETCH_THREADS = 1
    settings.AUDIO_DIR = str(tmp_path)
    return tmp_path


class Vendor:
    """A sandbox with one call, and a source of `tenant` on it."""

    def __init__(self, sandbox: Sandbox, tenant: Tenant, wanted: Wanted) -> None:
        self.sandbox = sandbox
        self.account: Account = sandbox.accounts[KEY]
        self.source = connected(tenant, sandbox.base_url)
        with tenant_context(tenant.pk):
            audio.set_up(self.source, wanted, by=None)

    def call(self, url: str | None = None, **more: Any) -> str:
        """A new call; its recording under `url`, or in the sandbox's own place."""
        [payload] = payloads(1)
        address = url or original_url(self.sandbox.base_url, payload["id"])
        return self.account.add(payload | {"audio_url": address} | more, audio=LONG)

    def fetch(self) -> "Audio":
        begin(self.source)
        drain()
        return self.row()

    def row(self) -> Audio:
        with tenant_context(self.source.tenant_id):
            return Audio.objects.select_related("transcript").get()

    def again(self) -> Audio:
        """What was put off, now."""
        with tenant_context(self.source.tenant_id):
            Audio.objects.filter(state=AudioState.WANTED).update(look_at=timezone.now())
            Job.objects.filter(kind=JobKind.AUDIO).update(
                due_at=timezone.now(), state=JobState.QUEUED
            )
        drain()
        return self.row()

    def job(self) -> Job:
        with tenant_context(self.source.tenant_id):
            return Job.objects.get(kind=JobKind.AUDIO)


@contextmanager
def vendor(
    tenant: Tenant, settings: Settings, wanted: Wanted = KEEP, *faults: Fault
) -> Iterator[Vendor]:
    with Sandbox(accounts={KEY: []}, faults=faults) as sandbox:
        settings.EGRESS_ALLOW_PRIVATE = frozenset({f"127.0.0.1:{sandbox.port}"})
        yield Vendor(sandbox, tenant, wanted)


def files(folder: Path) -> list[Path]:
    return [each for each in folder.rglob("*") if each.is_file()]


def test_a_recording_is_fetched_kept_encrypted_and_hashed(
    tenant: Tenant, settings: Settings, folder: Path
) -> None:
    with vendor(tenant, settings) as seen:
        seen.call()
        row = seen.fetch()
    assert (row.state, row.kind, row.media_type) == ("held", AudioKind.ORIGINAL, "audio/wav")
    assert (row.size, heard(row)) == (len(LONG), LONG)
    assert len(bytes(row.content_hmac or b"")) == 32
    assert row.sealed_url is None, "what opens the recording is kept no longer than needed"
    [file] = files(folder)
    assert file == row.path
    assert b"RIFF" not in file.read_bytes()
    assert row.purge_at
    assert row.held_at
    assert row.purge_at - row.held_at == timedelta(days=30)
    waiting = seen.job()
    assert (waiting.state, waiting.last_error_code) == (JobState.QUEUED, "")


def test_nothing_is_wanted_of_a_source_that_keeps_no_recordings(
    tenant: Tenant, settings: Settings, folder: Path
) -> None:
    nothing = Wanted(AudioMode.NONE, "", days=30, is_redacted_kept=False)
    with vendor(tenant, settings, nothing) as seen:
        seen.call(**REDACT)
        begin(seen.source)
        drain()
        asked = [path for path in seen.sandbox.requests if "recordings" in path or "audio" in path]
    with tenant_context(tenant.pk):
        assert Audio.objects.count() == 0
    assert asked == []
    assert files(folder) == []


@pytest.mark.parametrize(
    ("url", "state", "code"),
    [
        ("https://10.0.0.7/1.wav?signature=s", "refused", "destination_refused"),
        ("http://calls.example/1.wav?signature=s", "refused", "destination_refused"),
        ("not an address", "refused", "destination_refused"),
        ("{base}/recordings/none.wav", "gone", "not_found"),
        ("{base}/recordings/{id}.wav", "refused", "key_refused"),
        ("{base}/v1/none", "refused", "key_refused"),
    ],
)
def test_an_address_that_cannot_be_fetched_is_said_by_a_code(
    tenant: Tenant, settings: Settings, folder: Path, url: str, state: str, code: str
) -> None:
    with vendor(tenant, settings) as seen:
        [payload] = payloads(1)
        seen.call(url.format(base=seen.sandbox.base_url, id=payload["id"]))
        row = seen.fetch()
    assert (row.state, row.code, row.sealed_url) == (state, code, None)
    assert files(folder) == []


def test_what_is_no_recording_is_refused_whatever_it_is_called(
    tenant: Tenant, settings: Settings, folder: Path
) -> None:
    with vendor(tenant, settings) as seen:
        [payload] = payloads(1)
        url = original_url(seen.sandbox.base_url, payload["id"])
        page = b"<script>alert(1)</script>" * 10_000
        seen.account.add(payload | {"audio_url": url}, audio=page)
        row = seen.fetch()
    assert (row.state, row.code) == ("refused", "not_audio")
    assert files(folder) == []


def test_a_recording_beyond_the_limit_is_refused(
    tenant: Tenant, settings: Settings, folder: Path
) -> None:
    settings.AUDIO_MAX_MB = 0
    with vendor(tenant, settings) as seen:
        seen.call()
        row = seen.fetch()
    assert (row.state, row.code) == ("refused", "too_large")
    assert files(folder) == []


def test_an_outage_puts_one_recording_off_and_not_its_job(
    tenant: Tenant, settings: Settings
) -> None:
    with vendor(tenant, settings, KEEP, Fault("/recordings/", 503, times=2)) as seen:
        seen.call()
        row = seen.fetch()
        assert (row.state, row.code, row.tries) == ("wanted", "vendor_down", 1)
        assert row.sealed_url is not None
        assert b"signature" not in bytes(row.sealed_url)
        assert (seen.job().last_error_code, seen.job().attempts) == ("", 0)
        assert seen.again().tries == 2
        assert heard(seen.again()) == LONG


def test_an_outage_that_lasts_ends_in_its_code(tenant: Tenant, settings: Settings) -> None:
    with vendor(tenant, settings, KEEP, Fault("/recordings/", 503, times=9)) as seen:
        seen.call()
        seen.fetch()
        with tenant_context(tenant.pk):
            Audio.objects.update(wanted_until=timezone.now())
        row = seen.again()
    assert (row.state, row.code, row.sealed_url) == ("expired", "vendor_down", None)


def test_no_log_and_no_error_tells_the_address(
    tenant: Tenant, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    with vendor(tenant, settings, KEEP, Fault("/recordings/", 503)) as seen:
        seen.call()
        seen.fetch()
        seen.again()
        with tenant_context(tenant.pk):
            told = str(list(AuditEvent.objects.values())) + str(list(Job.objects.values()))
    assert "sandbox-signature" not in told
    own = [each for each in caplog.records if each.name.startswith("verbatim")]
    assert "sandbox-signature" not in "".join(str(each.msg) for each in own)


def redacting(days: int | None = 30) -> Wanted:
    return Wanted(AudioMode.NONE, "", days=days, is_redacted_kept=True)


def test_a_redacted_recording_is_waited_for_and_then_fetched_without_the_key(
    tenant: Tenant, settings: Settings
) -> None:
    ready = timezone.now() + timedelta(hours=1)
    with vendor(tenant, settings, redacting()) as seen:
        seen.account.add(payloads(1)[0] | REDACT, audio=LONG, audio_ready_at=ready)
        row = seen.fetch()
        assert (row.kind, row.state, row.code) == (AudioKind.REDACTED, "wanted", "not_ready")
        assert row.sealed_url is None, "it is asked for each time"
        seen.account.now = lambda: ready
        row = seen.again()
        assert (row.state, heard(row)) == ("held", LONG)


def _submitted(source: Source, call_id: str) -> str:
    """The nonce under which a call was submitted."""
    now, nonce = timezone.now(), token_hex(16)
    Submission.objects.create(
        tenant_id=source.tenant_id,
        source=source,
        nonce=nonce,
        audio_hmac=bytes(32),
        state=SubmissionState.TAKEN,
        external_id=call_id,
        created_at=now,
        ended_at=now,
    )
    return nonce


def test_the_webhook_that_it_is_ready_ends_the_wait_for_that_call_alone(
    tenant: Tenant, settings: Settings
) -> None:
    ready = timezone.now() + timedelta(hours=1)
    with vendor(tenant, settings, redacting()) as seen:
        one, _other = (
            seen.account.add(payload | REDACT, audio=LONG, audio_ready_at=ready)
            for payload in payloads(2)
        )
        begin(seen.source)
        drain()
        seen.account.now = lambda: ready
        with tenant_context(tenant.pk):
            secret, nonce = hooks.rotate(seen.source, by=None), _submitted(seen.source, one)
        body = b'{"status": "redacted_audio_ready", "redacted_audio_url": "https://a.test/x"}'
        for given in (token_hex(16), nonce):
            assert hooks.receive(
                tenant_id=tenant.pk,
                source_id=seen.source.pk,
                given=secret,
                body=body,
                nonce=given,
            )
        drain()
    with tenant_context(tenant.pk):
        found = {each.transcript.external_id: each.state for each in Audio.objects.all()}
    assert found.pop(one) == "held"
    assert list(found.values()) == ["wanted"]


def test_a_wait_that_is_ours_says_nothing_of_the_vendor(
    tenant: Tenant, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held_back(*_: object, **__: object) -> NoReturn:
        raise pacer.CircuitOpen("The request is refused", "an open circuit", "Wait.")

    never = timezone.now() + timedelta(days=99)
    with vendor(tenant, settings, redacting()) as seen:
        seen.account.add(payloads(1)[0] | REDACT, audio=LONG, audio_ready_at=never)
        seen.fetch()
        VendorAccount.objects.update(failures=2)
        monkeypatch.setattr(AssemblyAI, "redacted_audio", held_back)
        assert seen.again().code == pacer.CircuitOpen.code
        assert VendorAccount.objects.get().failures == 2
        monkeypatch.undo()
        seen.again()
        assert VendorAccount.objects.get().failures == 0, "an answer ends an outage"


def test_a_redacted_recording_that_the_source_no_longer_has_is_said_to_be_gone(
    tenant: Tenant, settings: Settings
) -> None:
    with vendor(tenant, settings, redacting()) as seen:
        made = seen.account.add(payloads(1)[0] | REDACT)
        seen.account.expire_audio(made)
        row = seen.fetch()
    assert (row.state, row.code) == ("gone", "not_found")


def test_a_redacted_recording_that_is_not_ready_in_24_hours_is_given_up(
    tenant: Tenant, settings: Settings
) -> None:
    never = timezone.now() + timedelta(days=99)
    with vendor(tenant, settings, redacting()) as seen:
        seen.account.add(payloads(1)[0] | REDACT, audio_ready_at=never)
        row = seen.fetch()
        assert row.wanted_until
        assert row.wanted_until - row.transcript.received_at < timedelta(hours=24, seconds=9)
        with tenant_context(tenant.pk):  # 25 hours pass
            Audio.objects.update(wanted_until=timezone.now() - timedelta(hours=1))
        row = seen.again()
    assert (row.state, row.code) == ("expired", "not_ready")


def test_a_redacted_recording_survives_an_outage_of_its_place(
    tenant: Tenant, settings: Settings
) -> None:
    with vendor(tenant, settings, redacting(), Fault("/audio/", 500)) as seen:
        seen.account.add(payloads(1)[0] | REDACT, audio=LONG)
        assert seen.fetch().code == "vendor_down"
        assert heard(seen.again()) == LONG


def test_recordings_are_deleted_when_their_time_is_over(
    tenant: Tenant, settings: Settings, folder: Path
) -> None:
    with vendor(tenant, settings) as seen:
        seen.call()
        seen.fetch()
        with tenant_context(tenant.pk):
            Audio.objects.update(purge_at=timezone.now())
        row = seen.again()
        assert (row.state, row.sealed_key, row.file) == ("erased", None, None)
        assert files(folder) == []
        with tenant_context(tenant.pk):
            assert Audio.objects.filter(size=len(LONG)).exists(), "what it was stays known"


def test_they_are_deleted_also_while_the_source_is_paused(
    tenant: Tenant, settings: Settings, folder: Path
) -> None:
    with vendor(tenant, settings) as seen:
        seen.call()
        seen.fetch()
        with tenant_context(tenant.pk):
            control.pause(seen.source, by=None)
            Audio.objects.update(purge_at=timezone.now())
        assert seen.again().state == AudioState.ERASED
    assert files(folder) == []


def test_a_paused_source_is_asked_for_no_recording_until_it_goes_on(
    tenant: Tenant, settings: Settings
) -> None:
    with vendor(tenant, settings, KEEP, Fault("/recordings/", 503)) as seen:
        seen.call()
        seen.fetch()
        with tenant_context(tenant.pk):
            control.pause(seen.source, by=None)
        assert seen.again().tries == 1
        with tenant_context(tenant.pk):
            control.resume(seen.source, by=None)
        assert seen.again().state == AudioState.HELD


def test_other_days_go_for_what_is_held_too(tenant: Tenant, settings: Settings) -> None:
    with vendor(tenant, settings) as seen:
        seen.call()
        row = seen.fetch()
        for days in (7, None):
            with tenant_context(tenant.pk):
                wanted = Wanted(AudioMode.KEEP, "", days=days, is_redacted_kept=False)
                audio.set_up(seen.source, wanted, by=None)
            row = seen.row()
            assert row.held_at
            assert row.purge_at == (row.held_at + timedelta(days=days) if days else None)


class Killed(BaseException):
    """As if the process ended here."""


def test_a_kill_between_file_and_row_loses_nothing_and_leaves_nothing(
    tenant: Tenant, settings: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill(*_given: object, **_named: object) -> bool:
        raise Killed

    with vendor(tenant, settings) as seen:
        seen.call()
        with monkeypatch.context() as patched:
            patched.setattr(audio_files, "keep", kill)
            with pytest.raises(Killed):
                seen.fetch()
        assert seen.row().state == AudioState.WANTED
        [orphan] = files(folder)
        with tenant_context(tenant.pk):
            Job.objects.filter(kind=JobKind.AUDIO).update(due_at=timezone.now())
        row = seen.again()
        assert heard(row) == LONG
        half = row.path.with_name(f"{row.path.name}.part")
        half.write_bytes(b"what a killed write left")
        assert set(files(folder)) == {orphan, half, row.path}
        two_hours_ago = (timezone.now() - timedelta(hours=2)).timestamp()
        for file in files(folder):
            os.utime(file, (two_hours_ago, two_hours_ago))
        with tenant_context(tenant.pk):
            Source.objects.update(audio_swept_at=None)
        seen.again()
    assert files(folder) == [row.path], "what no row has is gone, the other one is not"


def test_a_young_file_without_a_row_is_left_alone(
    tenant: Tenant, settings: Settings, folder: Path
) -> None:
    with vendor(tenant, settings) as seen:
        seen.call()
        row = seen.fetch()
        young = row.path.with_name("0" * 32)
        young.write_bytes(b"being written")
        with tenant_context(tenant.pk):
            Source.objects.update(audio_swept_at=None)
        seen.again()
    assert young.exists()


def test_a_lost_lease_keeps_no_second_copy(tenant: Tenant, settings: Settings) -> None:
    with vendor(tenant, settings) as seen:
        seen.call()
        seen.fetch()
        held = seen.row()
        with tenant_context(tenant.pk):
            Audio.objects.update(
                state="wanted", look_at=timezone.now(), sealed_key=None,
                sealed_url=b"", wanted_until=timezone.now(),
            )  # fmt: skip
            Job.objects.update(due_at=timezone.now(), state=JobState.QUEUED)
            job = Job.objects.get(kind=JobKind.AUDIO)
        first = ledger.claim(tenant_id=tenant.pk, job_id=job.pk)
        with tenant_context(tenant.pk):
            Job.objects.filter(pk=job.pk).update(due_at=timezone.now())
        second = ledger.claim(tenant_id=tenant.pk, job_id=job.pk)
        assert first
        assert second
        with pytest.raises(ledger.LeaseLost):
            audio_job.run(first)
        assert seen.row().state == AudioState.WANTED
        assert seen.row().file == held.file


@pytest.mark.parametrize(
    "template",
    [
        "https://recorder.test/calls/{external_id}",
        "https://recorder.test/play?id={external_id}&t={seconds}#x",
        "https://10.0.0.1:8443/{external_id}?at={seconds}",
    ],
)
def test_a_link_may_lead_to_any_recorder_over_https(template: str) -> None:
    audio.check_link(template)


@pytest.mark.parametrize(
    "template",
    [
        "",
        "http://recorder.test/{external_id}",
        "javascript:alert('{external_id}')",
        "https://recorder.test/calls",
        "https://{external_id}.test/",
        "https://user@recorder.test/{external_id}",
        "https://recorder.test/{external_id}?who={agent}",
        "https://recorder.test/{external_id} x",
        'https://recorder.test/{external_id}"x',
        "https:///{external_id}",
        "https://[::1/{external_id}",
    ],
)
def test_a_link_that_leads_elsewhere_is_refused(template: str) -> None:
    with pytest.raises(LinkRefused):
        audio.check_link(template)


def test_a_call_of_a_shared_account_has_its_redacted_recording_by_the_installations_key(
    tenant: Tenant, settings: Settings
) -> None:
    with Sandbox(accounts={KEY: []}) as sandbox:
        settings.EGRESS_ALLOW_PRIVATE = frozenset({f"127.0.0.1:{sandbox.port}"})
        platform = shared.added(sandbox.base_url)
        shared.routed(platform, tenant, tag=["a"])
        with tenant_context(tenant.pk):
            own = Source.objects.get()
        keeping(own, redacting())
        sandbox.accounts[KEY].add(shared.call(1, "a") | REDACT, audio=LONG)
        with tenant_context(platform.tenant_id):
            backfill.start(platform)
        drain()
        with tenant_context(tenant.pk):
            row = Audio.objects.get()
    assert (row.tenant_id, row.state, heard(row)) == (tenant.pk, "held", LONG)
