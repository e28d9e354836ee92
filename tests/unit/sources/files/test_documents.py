"""Documents from files and standard input."""

import gzip
import hashlib
import io
import json
from pathlib import Path

import pytest

from reviews.detection.evidence import Reason
from reviews.detection.transcript import Role, Timing
from reviews.sources.files import documents
from reviews.sources.files.documents import BareText, Loaded, load, load_bytes, load_unmasked
from reviews.sources.files.foreign import NotATranscript
from reviews.sources.intake import PayloadRefused, Unfit
from reviews.sources.roles import Named
from tests.unit.sources.files.written import DEEPGRAM, SRT, TRANSCRIBE, VCON, WHISPER

ONE = json.dumps({"id": "a", "text": "Hello."}).encode()
TWO = json.dumps({"id": "b", "status": "error", "error": "too short"}).encode()
EMPTY = io.BufferedReader(io.BytesIO())


def _load(path: Path) -> list[Loaded]:
    return list(load(str(path), stdin=EMPTY))


def _ids(loaded: list[Loaded]) -> list[tuple[str, str | None]]:
    return [
        (Path(each.place).name, each.transcript.external_id if each.transcript else None)
        for each in loaded
    ]


@pytest.mark.parametrize("data", [ONE, json.dumps(json.loads(ONE), indent=2).encode()])
def test_load_reads_one_document(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "call.json"
    path.write_bytes(data)
    assert _ids(_load(path)) == [("call.json", "a")]


@pytest.mark.parametrize("name", ["calls.jsonl", "calls.txt"])
def test_load_reads_lines(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(ONE + b"\n\n" + TWO + b"\n")
    assert _ids(_load(path)) == [(f"{name}:1", "a"), (f"{name}:3", "b")]


@pytest.mark.parametrize("name", ["calls.jsonl.gz", "calls"])
def test_load_reads_compressed_lines(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(ONE + b"\n" + TWO))
    assert _ids(_load(path)) == [(f"{name}:1", "a"), (f"{name}:2", "b")]


@pytest.mark.parametrize(
    "data", [ONE + b"\n" + TWO, gzip.compress(ONE + b"\n" + TWO)], ids=["plain", "compressed"]
)
def test_load_reads_standard_input(data: bytes) -> None:
    loaded = list(load("-", stdin=io.BufferedReader(io.BytesIO(data))))
    assert _ids(loaded) == [("-:1", "a"), ("-:2", "b")]


def test_load_answers_a_bad_line_and_reads_on(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    path.write_bytes(b'{"id": "x", \n' + ONE + b"\n")
    first, second = _load(path)
    assert isinstance(first.refused, PayloadRefused)
    assert first.refused.reason is Unfit.NOT_JSON
    assert second.transcript is not None


@pytest.mark.parametrize(
    "data",
    [b"", b"\n\n", gzip.compress(ONE * 3)[:-9], b"\x1f\x8bjunk"],
    ids=["empty", "blank", "cut off", "no gzip"],
)
def test_load_refuses_an_empty_or_broken_file(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "calls"
    path.write_bytes(data)
    (only,) = _load(path)
    assert only.refused is not None


def test_load_raises_when_there_is_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        _load(tmp_path / "absent.json")


def test_load_gives_the_named_roles(tmp_path: Path) -> None:
    path = tmp_path / "call.json"
    utterances = [{"speaker": "B", "text": "Hello."}]
    path.write_text(json.dumps({"id": "a", "utterances": utterances}))
    (only,) = load(str(path), stdin=EMPTY, named=Named(agent="B", by="the command line"))
    assert only.transcript is not None
    assert only.transcript.transcript.roles == (Role.AGENT,)


def test_load_names_a_file_as_it_was_named(tmp_path: Path) -> None:
    path = tmp_path / "call.json"
    path.write_bytes(ONE)
    assert [each.place for each in _load(path)] == [str(path)]


def test_load_refuses_an_object_that_is_no_transcript(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    path.write_bytes(b'{"name": "x"}\n' + ONE)
    first, second = _load(path)
    assert isinstance(first.refused, NotATranscript)
    assert second.transcript is not None


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"status": "queued"}, Reason.TRANSCRIPT_PENDING),
        ({"status": "error"}, Reason.TRANSCRIPT_ERRORED),
        ({"status": "completed"}, None),
        ({"status": "processing", "text": "Hello."}, None),
    ],
)
def test_load_says_why_a_call_has_no_words(
    document: dict[str, str], reason: Reason | None, tmp_path: Path
) -> None:
    path = tmp_path / "call.json"
    path.write_text(json.dumps(document))
    (only,) = _load(path)
    assert only.transcript is not None
    refused = only.transcript.transcript.refused
    assert (refused.reason if refused else None) == reason


def test_load_masks_security_codes_and_load_unmasked_does_not(tmp_path: Path) -> None:
    text = "The security code on the back is 123."
    path = tmp_path / "call.json"
    path.write_text(json.dumps({"id": "a", "status": "completed", "text": text}))
    words = []
    for reader in (load, load_unmasked):
        (only,) = reader(str(path), stdin=EMPTY)
        assert only.transcript is not None
        words.append(only.transcript.transcript.words[-1])
    assert words == ["###.", "123."]


@pytest.mark.parametrize("id_", ["a", 7, None])
def test_load_unmasked_sets_bare_texts_apart(id_: str | int | None, tmp_path: Path) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text(json.dumps({"id": id_, "text": " Hello. ", "spans": []}))
    assert list(load_unmasked(str(path), stdin=EMPTY)) == [
        Loaded(str(path), bare=BareText(id_, " Hello. "))
    ]


def test_a_broken_document_is_refused_with_the_line_where_it_breaks() -> None:
    (only,) = load_bytes("call.json", b'{\n "id": "a",\n "words": [}\n')
    assert (only.line, only.place) == (3, "call.json:3")


def test_every_format_may_be_compressed_or_stand_in_lines() -> None:
    lines = "\n".join(json.dumps(each) for each in (DEEPGRAM, WHISPER, TRANSCRIBE, VCON))
    found = list(load_bytes("calls.jsonl.gz", gzip.compress(lines.encode())))
    assert [each.line for each in found] == [1, 2, 3, 4]
    assert all(each.transcript for each in found)


def test_what_may_be_stored_comes_with_the_hash_of_the_document() -> None:
    data = SRT.encode()
    (only,) = load_bytes("call.srt", data)
    assert only.received is not None
    assert only.received.sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("lengths", "timing"),
    [((300, 300, 300, 300), Timing.SYNTHETIC), ((300, 250, 300, 410), Timing.MEASURED)],
)
def test_times_that_were_given_to_a_text_are_marked(
    lengths: tuple[int, ...], timing: Timing
) -> None:
    words = [
        {"text": "word", "start": at * 300, "end": at * 300 + length}
        for at, length in enumerate(lengths)
    ]
    (only,) = load_bytes("a.json", json.dumps({"id": "a", "words": words}).encode())
    assert only.transcript is not None
    assert only.transcript.transcript.timing is timing


def test_a_file_of_endless_blank_lines_is_left_where_it_shows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(documents, "_MOST_BLANK", 10)
    first, last = load_bytes("calls.jsonl", ONE + b"\n" * 50 + TWO)
    assert first.transcript is not None
    assert last.refused is not None
    assert last.refused.seen == "11 blank lines"
