"""The vendor's own library drives the sandbox: what it accepts, our client may rely on."""

from collections.abc import Callable, Iterator
from typing import Any

import assemblyai as aai
import pytest

from reviews.sandbox.server import Fault, Sandbox

pytestmark = pytest.mark.verification

KEY = "sandbox-key"
LINES = [
    ("A", "Thank you for calling Fern Hill. How may I help?"),
    ("B", "I want my deposit back, the deposit of May."),
]


def _words(line: str, speaker: str, start: int) -> list[dict[str, Any]]:
    return [
        {
            "text": text,
            "start": start + at * 300,
            "end": start + at * 300 + 250.0,
            "confidence": 0.9,
            "speaker": speaker,
            "channel": 1,
        }
        for at, text in enumerate(line.split())
    ]


def _payload(number: int) -> dict[str, Any]:
    said = [
        (speaker, _words(line, speaker, at * 9_000)) for at, (speaker, line) in enumerate(LINES)
    ]
    return {
        "id": f"00000000-0000-4000-8000-{number:012}",
        "status": "completed",
        "audio_duration": 281.4,
        "confidence": 0.9,
        "language_code": "en_us",
        "speaker_labels": True,
        "text": " ".join(line for _, line in LINES),
        "words": [word for _, words in said for word in words],
        "utterances": [
            {
                "text": " ".join(word["text"] for word in words),
                "start": words[0]["start"],
                "end": words[-1]["end"],
                "confidence": 0.9,
                "speaker": speaker,
                "words": words,
            }
            for speaker, words in said
        ],
    }


def _id(number: int) -> str:
    return str(_payload(number)["id"])


@pytest.fixture
def faults() -> list[Fault]:
    return []


@pytest.fixture
def sandbox(faults: list[Fault], lead: Callable[[Sandbox, str], None]) -> Iterator[Sandbox]:
    payloads = [_payload(number) for number in range(25)]
    with Sandbox(accounts={KEY: payloads}, faults=faults) as sandbox:
        lead(sandbox, KEY)
        yield sandbox


def _status_of(error: pytest.ExceptionInfo[Exception]) -> object:
    return getattr(error.value, "status_code", None) or error.value.args


def test_list_walks_to_the_oldest_by_the_cursor_of_the_link(sandbox: Sandbox) -> None:
    params = aai.ListTranscriptParameters(limit=10)
    seen: list[str] = []
    while True:
        page = aai.Transcriber().list_transcripts(params)
        seen += [item.id for item in page.transcripts]
        params.before_id = page.page_details.before_id_of_prev_url
        if params.before_id is None:
            break
    assert seen == [_id(number) for number in reversed(range(25))]


def test_list_gives_ten_rows_where_no_limit_is_given(sandbox: Sandbox) -> None:
    page = aai.Transcriber().list_transcripts()
    assert len(page.transcripts) == page.page_details.limit == page.page_details.result_count == 10


def test_list_gives_what_is_newer_than_an_id(sandbox: Sandbox) -> None:
    params = aai.ListTranscriptParameters(after_id=_id(22))
    page = aai.Transcriber().list_transcripts(params)
    assert [item.id for item in page.transcripts] == [_id(24), _id(23)]


@pytest.mark.parametrize("limit", [0, 201])
def test_list_refuses_a_limit_out_of_range(sandbox: Sandbox, limit: int) -> None:
    with pytest.raises(aai.types.AssemblyAIError, match="limit"):
        aai.Transcriber().list_transcripts(aai.ListTranscriptParameters(limit=limit))


def test_get_gives_utterances_and_words(sandbox: Sandbox) -> None:
    transcript = aai.Transcript.get_by_id(_id(3))
    assert transcript.status == aai.TranscriptStatus.completed
    assert transcript.audio_duration == 281
    assert [said.speaker for said in transcript.utterances or []] == ["A", "B"]
    assert (transcript.words or [])[0].text == "Thank"


def test_get_says_400_for_an_id_it_does_not_know(sandbox: Sandbox) -> None:
    with pytest.raises(aai.TranscriptError, match="not found") as raised:
        aai.Transcript.get_by_id("11111111-1111-4111-8111-111111111111")
    assert _status_of(raised) == 400


def test_word_search_finds_words_and_phrases(sandbox: Sandbox) -> None:
    found = aai.Transcript.get_by_id(_id(3)).word_search(["deposit", "fern hill", "absent"])
    assert [(match.text, match.count) for match in found] == [("deposit", 2), ("fern hill", 1)]
    assert found[1].timestamps == [(1_200, 1_750)]


def test_sentences_and_paragraphs_hold_every_word(sandbox: Sandbox) -> None:
    transcript = aai.Transcript.get_by_id(_id(3))
    parts = transcript.get_sentences()
    assert len(parts) == 3
    assert " ".join(part.text for part in parts) == transcript.text
    assert " ".join(part.text for part in transcript.get_paragraphs()) == transcript.text


def test_subtitles_keep_to_the_characters_asked_for(sandbox: Sandbox) -> None:
    transcript = aai.Transcript.get_by_id(_id(3))
    captions = [block.split("\n")[2] for block in transcript.export_subtitles_srt(20).split("\n\n")]
    assert max(map(len, captions)) <= 20
    assert " ".join(captions).strip() == transcript.text
    assert transcript.export_subtitles_vtt().startswith("WEBVTT\n\n00:00:00.000 --> ")


def test_delete_leaves_a_tombstone(sandbox: Sandbox) -> None:
    deleted = aai.Transcript.delete_by_id(_id(3))
    again = aai.Transcript.get_by_id(_id(3))
    for transcript in (deleted, again):
        assert transcript.text == "Deleted by user."
        assert transcript.audio_url == "http://deleted_by_user"
        assert transcript.words is None
        assert transcript.audio_duration == 281
    newest = aai.Transcriber().list_transcripts(aai.ListTranscriptParameters(limit=25))
    assert len(newest.transcripts) == 25


def test_a_submitted_recording_completes_and_heads_the_list(sandbox: Sandbox) -> None:
    config = aai.TranscriptionConfig(speech_models=["universal-2"]).set_webhook(
        "https://hooks.example/x?queue=claims"
    )
    transcript = aai.Transcriber(config=config).transcribe(b"RIFF of our own")
    assert transcript.status == aai.TranscriptStatus.completed
    assert (transcript.json_response or {})["webhook_url"] == "https://hooks.example/x?queue=claims"
    assert aai.Transcriber().list_transcripts().transcripts[0].id == transcript.id


def test_a_wrong_key_is_refused(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aai.settings, "api_key", "another")
    with pytest.raises(aai.TranscriptError, match="Authentication") as raised:
        aai.Transcript.get_by_id(_id(3))
    assert _status_of(raised) == 401


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_fault_comes_as_scripted_and_then_ends(
    sandbox: Sandbox, faults: list[Fault], status: int
) -> None:
    faults.append(Fault("/v2/transcript/", status, skip=1, retry_after="2"))
    aai.Transcript.get_by_id(_id(3))
    with pytest.raises(aai.TranscriptError) as raised:
        aai.Transcript.get_by_id(_id(3))
    assert _status_of(raised) == status
    assert aai.Transcript.get_by_id(_id(3)).text
