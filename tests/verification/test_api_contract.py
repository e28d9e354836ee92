"""The API held to its own schema by requests that nobody thought of, as two tenants at once.

Schemathesis runs in a process of its own against the live server, with all its checks: one of them
reads as each caller what the other may see alone. `make contract` runs it long, every phase.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from reviews.models import Tenant
from reviews.queries import feeds
from tests.factories import api, demo

pytestmark = pytest.mark.django_db(transaction=True)
SEED = int(os.environ.get("CONTRACT_SEED", "1"))
EXAMPLES = int(os.environ.get("CONTRACT_EXAMPLES", "0"))
"""Of each operation and phase, of a long run; 0: the short one, without the phase of coverage."""
CONFIG = Path(__file__).with_name("schemathesis.toml")
HOOKS = Path(__file__).with_name("contract_hooks.py")
PHASES = "examples,coverage,fuzzing,stateful" if EXAMPLES else "examples,fuzzing,stateful"
_COUNT = re.compile(r"(\d+) generated, (\d+) passed")


@pytest.fixture
def tenants(settings: Any) -> dict[str, Tenant]:
    settings.API_REQUESTS_A_MINUTE = 1_000_000
    return demo.evaluated(24)


def peers(tenants: dict[str, Tenant]) -> str:
    """Two callers, neither of whom may see what is the other's, as Web Fuzzing Commons has it."""
    callers = [
        {
            "name": slug,
            "fixedHeaders": [
                {"name": "Authorization", "value": f"Bearer {api.token(tenants[slug])}"}
            ],
        }
        for slug in ("meridian-care", "harbor-wealth")
    ]
    return json.dumps({"auth": callers})


def run(
    server: LiveServer, auth: str, tmp_path: Path, *more: str, examples: int = EXAMPLES or 4
) -> tuple[int, str]:
    """Exit code and what was said."""
    file = tmp_path / "auth.json"
    file.write_text(auth)
    command = [
        *(str(Path(sys.executable).with_name("st")), "--config-file", str(CONFIG), "run"),
        *(f"{server.url}/api/schema/", "--auth-wfc", str(file), "--checks", "all"),
        *("--seed", str(SEED), "--phases", PHASES, "--max-examples", str(examples)),
        *("--continue-on-failure", "--warnings", "off", *more),
    ]
    environment = os.environ | {"SCHEMATHESIS_HOOKS": str(HOOKS)}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=tmp_path, env=environment
    )
    return done.returncode, done.stdout[-20_000:] + done.stderr[-2_000:]


@pytest.mark.timeout(7200)
def test_the_api_holds_to_its_schema(
    live_server: LiveServer, tenants: dict[str, Tenant], tmp_path: Path
) -> None:
    code, said = run(live_server, peers(tenants), tmp_path)
    counted = _COUNT.search(said)
    assert counted, said
    print(f"seed {SEED}: {counted[0]} of {PHASES}")
    assert code == 0, said
    assert int(counted[1]) > 100


def test_a_fault_that_is_planted_is_found(
    live_server: LiveServer,
    tenants: dict[str, Tenant],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_given: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(feeds, "settled", broken)
    only = ("--include-operation-id", "list_findings")
    code, said = run(live_server, peers(tenants), tmp_path, *only)
    assert code == 1
    assert "Server error" in said
