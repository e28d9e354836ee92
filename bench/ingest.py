"""Calls fetched from a vendor on the loopback and committed with their utterances, calls/s/core.

    python -m bench.ingest [--calls N] [--data DIR]

List, fetch, parse, mask, store: all of ingest, no evaluation. Worker and database server share one
core, the vendor has another; fsync is on. Memory is that of the worker at its highest.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from bench import installation
from bench.calls import bodies

KINDS = 40
"""Payloads that differ; each is served under many ids."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.ingest", description=__doc__)
    parser.add_argument("--calls", type=int, default=600)
    parser.add_argument("--data", type=Path, help="directory of calls in JSON lines, else the demo")
    asked = parser.parse_args()
    payloads = bodies(KINDS, asked.data)
    cores = sorted(os.sched_getaffinity(0))
    with installation.server() as server:
        file = server.base / "payloads.jsonl"
        file.write_bytes(b"\n".join(payloads))
        with _vendor(file, asked.calls, {cores[0]}) as address:
            os.sched_setaffinity(0, {cores[-1]})
            if server.process is None:
                raise RuntimeError("the measurement was refused: no server runs.")
            os.sched_setaffinity(server.process.pid, {cores[-1]})
            arguments = [address, str(server.process.pid), str(asked.calls)]
            made = installation.run(
                server, [sys.executable, "-m", "bench.measure_ingest", *arguments]
            )
    _print(payloads, json.loads(made))


@contextmanager
def _vendor(file: Path, calls: int, cores: set[int]) -> Iterator[str]:
    """The vendor in a process of its own; gives its address."""
    command = [sys.executable, "-m", "bench.vendor", str(file), str(calls)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        os.sched_setaffinity(process.pid, cores)
        if process.stdout is None:
            raise RuntimeError("the measurement was refused: the vendor says nothing.")
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def _print(payloads: list[bytes], made: dict[str, Any]) -> None:
    words = median(len(json.loads(body)["words"]) for body in payloads)
    size = median(map(len, payloads)) / 1024
    calls = made["calls"]
    share = made["client_s"] / made["cpu_s"]
    stored, payload = (made[name] / calls / 1024 for name in ("stored_bytes", "payload_bytes"))
    print(f"{calls} calls, median {words:.0f} words and {size:.0f} KB; fsync on")
    print(f"{calls / made['wall_s']:8.1f} calls/s, worker and server on one core")
    print(f"{calls / made['cpu_s']:8.1f} calls/s/core of CPU time, {share:.0%} of it the worker")
    print(f"{stored:8.1f} KB a call in tables, beside {payload:.1f} KB of compressed payload")
    print(f"{made['rss_mb']:8.0f} MB of the worker at most, {made['rss_half_mb']:.0f} halfway")


if __name__ == "__main__":
    main()
