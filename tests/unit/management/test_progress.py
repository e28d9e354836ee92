"""How far a run is: on a terminal alone, and in the way of no answer."""

import gzip
import io
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management.base import OutputWrapper

from reviews.management.progress import Above, Progress
from tests.unit.management.conftest import ROOT, Run, Write


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_shows_files_calls_and_time_to_go(write: Write) -> None:
    names, out, now = [write("a", "x" * 10), write("b", "x" * 29)], Terminal(), iter(range(100))
    progress = Progress(OutputWrapper(out), names, clock=lambda: float(next(now)))
    progress.call_done()
    progress.call_done()
    progress.file_done()
    assert out.getvalue().split("\r")[1] == "0/2 files  1 calls  1 calls/s"
    assert out.getvalue().split("\r")[-1].startswith("1/2 files  2 calls  1 calls/s  0:0")


def test_progress_makes_room_for_an_answer() -> None:
    out, now = Terminal(), iter(range(100))
    wrapped = OutputWrapper(out)
    progress = Progress(wrapped, ["-"], clock=lambda: float(next(now)))
    progress.call_done()
    Above(wrapped, progress).write("answer")
    shown = "0/1 files  1 calls  1 calls/s"
    assert out.getvalue() == f"\r{shown}\r{' ' * len(shown)}\ranswer\n"


def test_progress_is_silent_without_a_terminal() -> None:
    out = io.StringIO()
    progress = Progress(OutputWrapper(out), ["absent"])
    progress.call_done()
    progress.file_done()
    progress.clear()
    assert out.getvalue() == ""


def test_a_reader_that_goes_away_ends_the_run_quietly(tmp_path: Path) -> None:
    file = tmp_path / "many.jsonl.gz"
    file.write_bytes(gzip.compress(b"\n".join([b'{"id": "x", "text": "a refund"}'] * 3_000)))
    command = [sys.executable, "manage.py", "query", "refund", str(file), "--json"]
    with subprocess.Popen(
        command, cwd=ROOT, env={}, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("empty.json", b"", "an empty file"),
        (
            "broken.jsonl.gz",
            gzip.compress(b'{"id": "a", "text": "x"}\n' * 9)[:-12],
            "a broken gzip",
        ),
        ("lines.jsonl", b'{"id": "a", "text": "Jo Secret"}\n{"text": Jo Secret\n', ":2: "),
    ],
    ids=["empty", "cut off", "a broken line"],
)
def test_a_broken_file_is_refused_without_its_text(
    name: str, data: bytes, message: str, run: Run, tmp_path: Path, worked: str
) -> None:
    file = tmp_path / name
    file.write_bytes(data)
    ran = run("query", "refund", str(file), str(tmp_path), worked, "--json")
    assert (ran.code, ran.json[-1]["outcome"]) == (2, "found")
    assert f"{file}" in ran.err
    assert message in ran.err
    assert f"{tmp_path}: The file is refused: Is a directory. Name a file" in ran.err
    assert "Secret" not in ran.err
