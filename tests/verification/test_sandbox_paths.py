"""The vendor's own library on the paths beside reading: submitting, redacted audio, webhooks."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import assemblyai as aai
import pytest

from reviews.sandbox.account import Access, Account
from reviews.sandbox.behaviour import Behaviour
from reviews.sandbox.clock import FakeClock
from reviews.sandbox.server import Sandbox
from reviews.sandbox.webhooks import Webhooks

pytestmark = pytest.mark.verification

KEY, OTHER = "sandbox-key", "other-project"
URL = "https://a.example/1.wav"
Lead = Callable[[Sandbox, str], None]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def account(clock: FakeClock) -> Account:
    return Account(now=clock.now, behaviour=Behaviour(), turnaround=timedelta(seconds=20))


@pytest.fixture
def sandbox(clock: FakeClock, account: Account, lead: Lead) -> Iterator[Sandbox]:
    accounts = {KEY: Access(account), OTHER: Access(account, "another")}
    with Sandbox(accounts=accounts, now=clock.now) as sandbox:
        lead(sandbox, KEY)
        yield sandbox


def _config(**wanted: Any) -> aai.TranscriptionConfig:
    return aai.TranscriptionConfig(speech_models=["universal-2"], **wanted)


def _redacting() -> aai.TranscriptionConfig:
    return _config().set_redact_pii(
        policies=[aai.PIIRedactionPolicy.person_name],
        substitution=aai.PIISubstitutionPolicy.hash,
        redact_audio=True,
    )


def _again(transcript: aai.Transcript) -> aai.Transcript:
    return aai.Transcript.get_by_id(str(transcript.id))


def _submit(clock: FakeClock, config: aai.TranscriptionConfig, audio: Any = URL) -> aai.Transcript:
    """A transcript that has ended."""
    submitted = aai.Transcriber(config=config).submit(audio)
    assert submitted.status == aai.TranscriptStatus.queued
    clock.advance(20)
    ended = _again(submitted)
    assert ended.status == aai.TranscriptStatus.completed
    return ended


def test_submit_echoes_what_was_asked_for(sandbox: Sandbox, clock: FakeClock) -> None:
    config = _redacting().set_webhook("https://hooks.example/in?q=1", "X-Secret", "s3")
    config.set_content_safety(enable=True, content_safety_confidence=60)
    config.set_custom_spelling({"Ferne": ["fern"]})
    echoed = _submit(clock, config).json_response or {}
    assert echoed["webhook_url"] == "https://hooks.example/in?q=1"
    assert (echoed["webhook_auth"], echoed["webhook_auth_header_name"]) == (True, "X-Secret")
    assert echoed["custom_spelling"] == [{"from": ["fern"], "to": "Ferne"}]
    assert "s3" not in json.dumps(echoed)
    assert echoed["content_safety_confidence"] is None


def test_redacted_audio_of_an_upload_is_saved(
    sandbox: Sandbox, clock: FakeClock, tmp_path: Path
) -> None:
    transcript = _submit(clock, _redacting(), b"RIFF of our own")
    transcript.save_redacted_audio(str(tmp_path / "redacted.wav"))
    assert (tmp_path / "redacted.wav").read_bytes() == b"RIFF of our own"


def test_redacted_audio_that_is_not_ready_is_awaited(
    sandbox: Sandbox, clock: FakeClock, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = clock.now() + timedelta(seconds=30)
    wanted = {"redact_pii": True, "redact_pii_audio": True, "redact_pii_policies": ["date"]}
    account.add({"id": "a"} | wanted, audio_ready_at=ready)
    monkeypatch.setattr("time.sleep", lambda seconds: clock.advance(10))
    url = aai.Transcript.get_by_id("a").get_redacted_audio_url()
    assert url.startswith(f"{sandbox.base_url}/audio/")
    assert clock.monotonic() == 30


def test_redacted_audio_is_over_after_a_day(sandbox: Sandbox, clock: FakeClock) -> None:
    transcript = _submit(clock, _redacting())
    assert transcript.get_redacted_audio_url()
    clock.advance(24 * 3600)
    with pytest.raises(aai.types.RedactedAudioExpiredError):
        _again(transcript).get_redacted_audio_url()


def test_a_file_is_uploaded_and_is_of_its_project(
    sandbox: Sandbox, lead: Lead, tmp_path: Path, clock: FakeClock
) -> None:
    (tmp_path / "call.wav").write_bytes(b"RIFF of a file")
    uploaded = aai.Transcriber().upload_file(str(tmp_path / "call.wav"))
    assert _submit(clock, _config(), uploaded).audio_url == uploaded
    lead(sandbox, OTHER)
    with pytest.raises(aai.TranscriptError, match="Cannot access uploaded file"):
        aai.Transcriber(config=_config()).submit(uploaded)


def test_a_submission_that_names_no_model_raises_where_one_is_needed(
    lead: Lead, clock: FakeClock
) -> None:
    account = Account(now=clock.now, behaviour=Behaviour(needs_speech_models=True))
    with Sandbox(accounts={KEY: account}, now=clock.now) as sandbox:
        lead(sandbox, KEY)
        with pytest.raises(aai.TranscriptError, match="speech_models"):
            aai.Transcriber().submit(URL)
        assert aai.Transcriber(config=_config()).submit(URL).id


def test_a_call_that_has_not_ended_is_not_deleted(sandbox: Sandbox, clock: FakeClock) -> None:
    submitted = aai.Transcriber(config=_config()).submit(URL)
    with pytest.raises(aai.TranscriptError, match="cannot be deleted"):
        aai.Transcript.delete_by_id(str(submitted.id))
    clock.advance(20)
    assert aai.Transcript.delete_by_id(str(submitted.id)).text == "Deleted by user."
    assert _again(submitted).audio_url == "http://deleted_by_user"


def test_the_list_by_status_goes_by_the_clock(
    sandbox: Sandbox, clock: FakeClock, account: Account
) -> None:
    account.add({"id": "wrong", "status": "error", "error": "Audio duration is too short."})
    submitted = aai.Transcriber(config=_config()).submit(URL)

    def ids(status: aai.TranscriptStatus) -> list[str]:
        params = aai.ListTranscriptParameters(status=status)
        return [item.id for item in aai.Transcriber().list_transcripts(params).transcripts]

    assert ids(aai.TranscriptStatus.queued) == [submitted.id]
    assert ids(aai.TranscriptStatus.error) == ["wrong"]
    assert ids(aai.TranscriptStatus.completed) == []
    clock.advance(20)
    assert ids(aai.TranscriptStatus.completed) == [submitted.id]


def test_a_call_that_failed_says_why(sandbox: Sandbox, account: Account) -> None:
    account.add({"id": "wrong", "status": "error", "error": "Audio duration is too short."})
    transcript = aai.Transcript.get_by_id("wrong")
    assert (transcript.status, transcript.error) == ("error", "Audio duration is too short.")


class _Receiver(BaseHTTPRequestHandler):
    seen: list[tuple[str, str | None, Any]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.path, self.headers.get("X-Secret"), json.loads(body)))
        self.send_response(503 if len(self.seen) == 1 else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 # the base class names it so
        pass


@pytest.fixture
def receiver() -> Iterator[str]:
    _Receiver.seen = []
    server = HTTPServer(("127.0.0.1", 0), _Receiver)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def _deliver(url: str, headers: Mapping[str, str], body: bytes) -> int:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=10)
    connection.request("POST", f"{parts.path}?{parts.query}", body=body, headers=dict(headers))
    with connection.getresponse() as reply:
        reply.read()
    connection.close()
    return reply.status


def test_a_webhook_reaches_its_receiver_at_the_second_attempt(
    sandbox: Sandbox, clock: FakeClock, receiver: str
) -> None:
    hooks = Webhooks(sandbox, deliver=_deliver)
    config = _config().set_webhook(f"{receiver}/in?queue=claims", "X-Secret", "s3")
    transcript = _submit(clock, config)
    assert hooks.run_due() == 1
    assert (_again(transcript).json_response or {})["webhook_status_code"] == 503
    clock.advance(10)
    assert hooks.run_due() == 1
    told = {"transcript_id": transcript.id, "status": "completed"}
    assert _Receiver.seen == [("/in?queue=claims", "s3", told)] * 2
    assert (_again(transcript).json_response or {})["webhook_status_code"] == 200
