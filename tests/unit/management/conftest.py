"""A worked call as a file, and the commands run within this process or with no environment."""

import io
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

ROOT = Path(__file__).parent.parent.parent.parent
WORKED = (
    ("A", "Thanks for calling, this call is being recorded."),
    ("B", "Hi, I uh I want a refund."),
    ("A", "Sure. We can't guarantee a refund after thirty days."),
)


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Ran]
Write = Callable[..., str]


def transcript(id_: str = "c1", turns: tuple[tuple[str, str], ...] = WORKED) -> dict[str, Any]:
    """A transcript as the vendor gives it, half a second a word."""
    at, utterances = 0, []
    for speaker, text in turns:
        words = [
            {"text": word, "start": at + n * 500, "end": at + n * 500 + 400, "confidence": 0.9}
            for n, word in enumerate(text.split())
        ]
        at += len(words) * 500
        utterances.append({"speaker": speaker, "text": text, "words": words})
    return {"id": id_, "status": "completed", "utterances": utterances}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file of transcripts (or of any text) and give its name."""

    def write(name: str, *documents: dict[str, Any] | str) -> str:
        path = tmp_path / name
        lines = [each if isinstance(each, str) else json.dumps(each) for each in documents]
        path.write_text("\n".join(lines))
        return str(path)

    return write


@pytest.fixture
def run() -> Run:
    def run(*arguments: str) -> Ran:
        out, err = io.StringIO(), io.StringIO()
        try:
            call_command(*arguments, stdout=out, stderr=err)
        except SystemExit as ended:
            return Ran(int(ended.code or 0), out.getvalue(), err.getvalue())
        return Ran(0, out.getvalue(), err.getvalue())

    return run


@pytest.fixture
def run_bare() -> Run:
    """In a process of its own with an empty environment; `stdin` is given as text."""

    def run(*arguments: str, stdin: str = "") -> Ran:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env={}, input=stdin, capture_output=True, text=True, check=False
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def worked(write: Write) -> str:
    return write("worked.json", transcript())
