"""The caller of bench.api: `CALLS`; starts the web server, and says in a JSON line what it took."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

import httpx
from django.utils import timezone

import bench.ready  # noqa: F401 # models can be imported only after it
from bench.calls import bodies
from bench.people import SLUG
from reviews.accounts import keys
from reviews.accounts.keys import Scope
from reviews.models import Tenant

LIMIT = 200
REQUESTS_A_MINUTE = 1_000_000
"""It measures the server, not how often a key may ask."""
PATIENCE_S = 60
WARM = 5
"""Calls before those that are timed: the rubric is compiled once in a process."""


def main() -> None:
    tenant = Tenant.objects.get(slug=SLUG)
    wanted = keys.Wanted("bench", [Scope.FINDINGS, Scope.RUNS], 1)
    key = keys.create(tenant_id=tenant.pk, wanted=wanted, by=None, now=timezone.now()).token
    headers = {"Authorization": f"Bearer {key}"}
    with _served() as (base, process), httpx.Client(headers=headers, timeout=PATIENCE_S) as client:
        walked = _walked(client, f"{base}/api/v1/findings?limit={LIMIT}", process)
        words, took = _sent(client, base, int(sys.argv[1]))
    sys.stdout.write(json.dumps({"walk": walked, "words": words, "calls_ms": took}))


@contextmanager
def _served() -> Iterator[tuple[str, int]]:
    """The address of a web server with one process, and the process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"API_REQUESTS_A_MINUTE": str(REQUESTS_A_MINUTE)}
    command = [
        *(sys.executable, "-m", "gunicorn", "compliance_app.wsgi", "--worker-class", "gthread"),
        *("--threads", "2", "--bind", f"127.0.0.1:{port}", "--log-level", "warning"),
    ]
    with subprocess.Popen(command, env=environment) as server:
        try:
            base = f"http://127.0.0.1:{port}"
            _await(f"{base}/healthz")
            children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text()
            yield base, int(children.split()[0])
        finally:
            server.terminate()


def _await(address: str) -> None:
    """Raises SystemExit."""
    until = perf_counter() + PATIENCE_S
    while perf_counter() < until:
        try:
            if httpx.get(address).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise SystemExit(f"{address} was refused: no answer. See what the server wrote above.")


def _walked(client: httpx.Client, address: str | None, process: int) -> dict[str, Any]:
    rows, began, held, pages = 0, perf_counter(), 0.0, 0
    while address is not None:
        body = client.get(address).raise_for_status().json()
        rows, address, pages = rows + len(body["results"]), body["next"], pages + 1
        if pages == 500:
            held = _held_mb(process)
    grown = _held_mb(process) - held if held else 0.0
    return {"rows": rows, "seconds": perf_counter() - began, "grown_mb": grown, "limit": LIMIT}


def _sent(client: httpx.Client, base: str, count: int) -> tuple[int, list[float]]:
    """Words of a call, and milliseconds of each that is sent to be evaluated at once."""
    (kit, *_) = client.get(f"{base}/v1/kits/schema").raise_for_status().json()["kits"]
    took, words = [], 0
    for body in bodies(WARM + count, None):
        turns = _turns(json.loads(body))
        words = sum(len(each["text"].split()) for each in turns)
        sent = {"kit_code": kit["kit_code"], "mode": "sync", "input": {"transcript": turns}}
        began = perf_counter()
        answer = client.post(f"{base}/v1/runs", json=sent)
        took.append((perf_counter() - began) * 1000)
        if answer.status_code != 200:
            raise SystemExit(f"a run was refused: {answer.status_code}, {answer.text[:300]}")
    return words, took[WARM:]


def _turns(payload: dict[str, Any]) -> list[dict[str, str]]:
    return [{"speaker": each["speaker"], "text": each["text"]} for each in payload["utterances"]]


def _held_mb(process: int) -> float:
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    main()
