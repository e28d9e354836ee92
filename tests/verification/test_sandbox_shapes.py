"""Whatever the sandbox serves has the published fields, and no other."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from reviews.demo.build import accounts
from reviews.sandbox.account import Account
from reviews.sandbox.behaviour import Behaviour, settings
from reviews.sandbox.clock import FakeClock
from reviews.sandbox.server import Sandbox
from reviews.sandbox.webhooks import Webhooks
from tests.verification import fields

pytestmark = pytest.mark.verification

KEY = "k"
LIST = "/v2/transcript"
WANTED = {
    "audio_url": "https://a.example/1.wav",
    "webhook_url": "https://hooks.example/in",
    "webhook_auth_header_name": "X-Secret",
    "webhook_auth_header_value": "s3",
    "redact_pii": True,
    "redact_pii_audio": True,
    "redact_pii_policies": ["date"],
    "redact_pii_sub": "hash",
    "speaker_labels": True,
    "content_safety": True,
    "content_safety_confidence": 60,
    "custom_spelling": [{"from": ["Fern"], "to": "Ferne"}],
    "speech_models": ["universal-2"],
}


def _ask(sandbox: Sandbox, key: str, target: str, method: str = "GET", body: bytes = b"") -> Any:
    return json.loads(sandbox.answer(method, target, key, body).body)


def test_the_demo_calls_have_the_published_fields() -> None:
    given = accounts(60, 1)
    sandbox = Sandbox(accounts=given)
    for key, rows in given.items():
        page = _ask(sandbox, key, f"{LIST}?limit=200")
        assert fields.problems(fields.PAGE, page) == []
        assert len(page["transcripts"]) == len(rows) > 0
        for row in page["transcripts"]:
            whole = _ask(sandbox, key, f"{LIST}/{row['id']}")
            assert fields.problems(fields.TRANSCRIPT, whole) == []


def test_what_is_derived_has_the_published_fields() -> None:
    (key, rows), *_ = accounts(20, 1).items()
    spoken = next(row for row in rows if row["status"] == "completed")
    sandbox = Sandbox(accounts={key: [spoken]})
    word = spoken["words"][0]["text"]
    for part, check in {
        "sentences": fields.SENTENCES,
        "paragraphs": fields.PARAGRAPHS,
        f"word-search?words={word}": fields.WORD_SEARCH,
    }.items():
        assert fields.problems(check, _ask(sandbox, key, f"{LIST}/{spoken['id']}/{part}")) == []


@pytest.mark.parametrize("behaviour", settings().values(), ids=settings())
def test_a_call_has_the_published_fields_from_its_upload_to_its_deletion(
    behaviour: Behaviour,
) -> None:
    clock = FakeClock()
    account = Account(now=clock.now, behaviour=behaviour, turnaround=timedelta(seconds=20))
    sandbox = Sandbox(accounts={KEY: account}, now=clock.now)
    upload = _ask(sandbox, KEY, "/v2/upload", "POST", b"RIFF")
    assert fields.problems(fields.UPLOAD, upload) == []
    wanted = json.dumps(WANTED | {"audio_url": upload["upload_url"]}).encode()
    made = _ask(sandbox, KEY, LIST, "POST", wanted)
    path = f"{LIST}/{made['id']}"
    seen = [made, *_passing(sandbox, clock, path), _ask(sandbox, KEY, path, "DELETE")]
    assert [row["status"] for row in seen] == [
        *("queued", "queued", "processing", "completed", "completed")
    ]
    assert [fields.problems(fields.TRANSCRIPT, row) for row in seen] == [[]] * 5
    assert fields.problems(fields.PAGE, _ask(sandbox, KEY, LIST)) == []


def _passing(sandbox: Sandbox, clock: FakeClock, path: str) -> list[Any]:
    seen = []
    for _ in range(3):
        seen.append(_ask(sandbox, KEY, path))
        clock.advance(10)
    assert (
        fields.problems(fields.REDACTED_AUDIO, _ask(sandbox, KEY, f"{path}/redacted-audio")) == []
    )
    return seen


def test_webhooks_have_the_published_fields() -> None:
    clock = FakeClock()
    sandbox = Sandbox(accounts={KEY: []}, now=clock.now, turnaround=timedelta(seconds=20))
    _ask(sandbox, KEY, LIST, "POST", json.dumps(WANTED).encode())
    sent: list[Any] = []

    def deliver(url: str, headers: Mapping[str, str], body: bytes) -> int:
        assert (url, headers["X-Secret"]) == (WANTED["webhook_url"], "s3")
        sent.append(json.loads(body))
        return 200

    clock.advance(20)
    Webhooks(sandbox, deliver=deliver).run_due()
    told, audio = sent
    assert fields.problems(fields.HOOK, told) == []
    assert fields.problems(fields.REDACTED_AUDIO, audio) == []


@pytest.mark.parametrize(
    ("method", "target", "key"),
    [
        ("GET", LIST, "wrong"),
        ("GET", f"{LIST}?limit=0", KEY),
        ("GET", f"{LIST}/none", KEY),
        ("DELETE", f"{LIST}/none", KEY),
        ("POST", LIST, KEY),
        ("GET", "/v3", KEY),
    ],
)
def test_errors_have_the_published_fields(method: str, target: str, key: str) -> None:
    sandbox = Sandbox(accounts={KEY: []})
    assert fields.problems(fields.ERROR, _ask(sandbox, key, target, method)) == []


def test_a_field_too_many_too_few_or_of_another_type_is_found() -> None:
    good = {"id": "a", "status": "completed", "audio_url": "https://a.example/1.wav"}
    assert fields.problems(fields.TRANSCRIPT, good) == []
    wrong: dict[str, Any] = {"created": "x", "audio_duration": 1.5, "words": [{}], "status": "done"}
    for name, value in wrong.items():
        assert fields.problems(fields.TRANSCRIPT, good | {name: value}) != []
    assert fields.problems(fields.TRANSCRIPT, {"id": "a", "status": "completed"}) != []
