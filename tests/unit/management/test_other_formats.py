"""The commands that answer from files, on captions."""

from pathlib import Path

from tests.unit.management.conftest import Run, Write
from tests.unit.sources.files.test_archive import packed
from tests.unit.sources.files.written import EVERY, SRT

PAUSES = """
name: Pauses
rules:
  - code: silence
    title: Silence
    severity: low
    check: {conduct: {measure: longest_silence, over: 20}}
"""


def test_query_finds_words_in_captions(run: Run, write: Write) -> None:
    ran = run("query", 'agent: "hello there"', write("call.srt", SRT))
    assert (ran.code, "Found in 1 of 1 call" in ran.err) == (0, True)


def test_query_reads_every_file_of_an_archive(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "calls.zip"
    path.write_bytes(packed(dict(EVERY)))
    assert f"of {len(EVERY)} calls" in run("query", "zebra", str(path)).err


def test_a_pause_between_captions_is_not_assessable(run: Run, write: Write) -> None:
    ran = run("check_call", "--rubric", write("rubric.yaml", PAUSES), write("call.srt", SRT))
    assert "not assessable" in ran.out
    assert "estimated from captions" in ran.out
