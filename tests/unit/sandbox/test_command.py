"""`manage.py sandbox` serves the demo calls and says where."""

import io
import json
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command

from reviews.sandbox.server import Sandbox


def test_sandbox_serves_the_demo_calls_until_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[dict[str, int]] = []

    def interrupt(sandbox: Sandbox) -> None:
        lists = {
            key: json.loads(sandbox.answer("GET", "/v2/transcript", key, b"").body)
            for key in sandbox.accounts
        }
        served.append({key: len(value["transcripts"]) for key, value in lists.items()})
        raise KeyboardInterrupt

    monkeypatch.setattr(Sandbox, "wait", interrupt)
    said = io.StringIO()
    call_command("sandbox", port=0, calls=6, seed=3, stdout=said)
    first, *keys, last = said.getvalue().splitlines()
    assert urlsplit(first.split()[2].rstrip(";")).hostname == "127.0.0.1"
    assert sum(served[0].values()) == 6
    assert len(keys) == len(served[0])
    assert last == "Stopped."
