"""What the page on webhooks says is what is sent; its code accepts a true signature."""

import json
import re
import shutil
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from reviews.export import signing
from reviews.outbox import SHAPES

PAGE = Path(__file__).parents[3].joinpath("docs/integrator/webhooks.md").read_text()
ROW = re.compile(r"^\| `([a-z.]+)` \| (.*) \|$", re.MULTILINE)
BODY = b'{"type":"ping"}'


def code(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


def signed(secret: str, at: float) -> dict[str, str]:
    return signing.headers([secret], "msg_1", BODY, now=datetime.fromtimestamp(at, UTC))


def test_the_page_names_every_event_with_its_data() -> None:
    said = {kind: set(re.findall(r"`(\w+)`", data)) for kind, data in ROW.findall(PAGE)}
    assert said == {str(kind.value): set(shape) for kind, shape in SHAPES.items()}


def test_the_python_of_the_page_tells_ours_from_others() -> None:
    given: dict[str, Any] = {}
    exec(code("python"), given)  # noqa: S102 # our own page
    secret, other = signing.new_secret(), signing.new_secret()
    now = time.time()
    assert given["is_ours"](secret, signed(secret, now), BODY)
    assert not given["is_ours"](secret, signed(other, now), BODY)
    assert not given["is_ours"](secret, signed(secret, now), BODY + b" ")
    assert not given["is_ours"](secret, signed(secret, now - 400), BODY)


@pytest.mark.skipif(not shutil.which("node"), reason="no node on this machine")
def test_the_javascript_of_the_page_tells_ours_from_others() -> None:
    secret, other = signing.new_secret(), signing.new_secret()
    tries = [(secret, time.time()), (other, time.time()), (secret, time.time() - 400)]
    calls = [
        f"isOurs({json.dumps(secret)}, {json.dumps(signed(by, at))}, {json.dumps(BODY.decode())})"
        for by, at in tries
    ]
    script = f"{code('javascript')}\nconsole.log(JSON.stringify([{', '.join(calls)}]))"
    done = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [True, False, False]
