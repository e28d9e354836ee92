"""Receipt to committed findings, transcripts/s/core, beside the script a user would write.

    python -m bench.pipeline [--data DIR] [--calls N] [--rounds N] [--peer-python PATH]

The embedded PostgreSQL with fsync on in a temporary directory, its server and the measured process
all on one core. The peers run in a process of their own, by this interpreter or by `--peer-python`.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from bench import installation
from bench.calls import bodies
from bench.rubric import LISTS, document
from compliance_app.run.postgres import Server

PEERS = installation.ROOT / "bench" / "requirements-peers.txt"
Rounds = list[dict[str, Any]]


def main() -> None:
    asked = _arguments()
    payloads = bodies(asked.calls, asked.data)
    core = installation.pinned()
    with installation.server() as server:
        file = server.base / "payloads.jsonl"
        file.write_bytes(b"\n".join(payloads))
        ours = _measured(server, [sys.executable, "-m", "bench.measure"], file, asked.rounds)
        has_peers = _has_peers(asked.peer_python)
        command = [asked.peer_python, "-m", "bench.peers"]
        theirs = _measured(server, command, file, asked.rounds) if has_peers else None
    _print(payloads, core, ours, theirs)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.pipeline", description=__doc__)
    parser.add_argument("--data", type=Path, help="directory of calls in JSON lines, else the demo")
    parser.add_argument("--calls", type=int, default=40, help="calls a round")
    parser.add_argument("--rounds", type=int, default=7, help="rounds, after one to warm up")
    parser.add_argument("--peer-python", default=sys.executable, help="interpreter with the peers")
    return parser.parse_args()


def _measured(server: Server, command: list[str], file: Path, rounds: int) -> Rounds:
    if server.process is None:
        raise RuntimeError("the measurement was refused: no server runs. Start it first.")
    arguments = [str(file), str(server.process.pid), str(rounds)]
    made: Rounds = json.loads(installation.run(server, [*command, *arguments]))
    return made


def _has_peers(python: str) -> bool:
    probe = [python, "-c", "import presidio_analyzer, spacy, django, psycopg"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def _print(payloads: list[bytes], core: int | None, ours: Rounds, theirs: Rounds | None) -> None:
    words = median(len(json.loads(body)["words"]) for body in payloads)
    size = median(map(len, payloads)) / 1024
    phrases = sum(map(len, LISTS.values()))
    where = "one core for client and server" if core is not None else "not pinned: read the CPU"
    print(
        f"{len(ours)} rounds x {len(payloads)} calls, median {words:.0f} words and {size:.0f} KB; "
        f"{len(document()['rules'])} rules, {phrases} phrases; PostgreSQL with fsync; {where}"
    )
    print(
        f"{sum(each['findings'] for each in ours) / len(ours) / len(payloads):.1f} findings a call"
    )
    print("\nmedian (quartiles)           transcripts/s/core       of CPU time")
    _print_rates("verbatim", ours)
    if theirs is None:
        print(f"a user's script     not installed: pip install -r bench/{PEERS.name}")
    else:
        _print_rates("a user's script", theirs)
        ratio = median(_rates(ours, "wall_s")) / median(_rates(theirs, "wall_s"))
        of_cpu = median(_rates(ours, "cpu_s")) / median(_rates(theirs, "cpu_s"))
        print(f"{'ratio':18} {ratio:9.1f} x {of_cpu:26.1f} x")
    _print_stages("verbatim", ours)
    if theirs is not None:
        _print_stages("a user's script", theirs)


def _print_rates(name: str, rounds: Rounds) -> None:
    wall, cpu = (_spread(_rates(rounds, clock)) for clock in ("wall_s", "cpu_s"))
    client = sum(each["client_s"] for each in rounds) / sum(each["cpu_s"] for each in rounds)
    print(f"{name:18} {wall:>24} {cpu:>26}   {client:.0%} of it the client")


def _rates(rounds: Rounds, clock: str) -> list[float]:
    return [each["calls"] / each[clock] for each in rounds]


def _print_stages(name: str, rounds: Rounds) -> None:
    print(f"\n{name}: ms a call by stage, median (quartiles)")
    for stage, spent in _stages(rounds).items():
        print(f"  {stage:10} {_spread(spent, digits=2):>24}")


def _stages(rounds: Rounds) -> Mapping[str, list[float]]:
    """Stage → ms of every call of every round."""
    return {
        stage: [ms for each in rounds for ms in each["stages"][stage]]
        for stage in rounds[0]["stages"]
    }


def _spread(values: list[float], *, digits: int = 1) -> str:
    low, middle, high = quantiles(values, n=4)
    return f"{middle:.{digits}f} ({low:.{digits}f}-{high:.{digits}f})"


if __name__ == "__main__":
    main()
