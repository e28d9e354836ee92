"""Fifty reviewers at one action a second against the web server as `manage.py up` starts it.

    python -m bench.load --locust PYTHON [--data DIRECTORY] [--seconds N]

`PYTHON` is the interpreter of a virtual environment of its own with bench/requirements-load.txt.
The database is the one of bench/data.py; what is decided stays decided. The reviewers take a share
of the same cores.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import data, installation
from bench.people import PASSWORD, REVIEWERS, SLUG, email_of

P95_MS = 300
A_SECOND = 1
"""So many sign in at once: each password takes a core a third of a second."""
START_S = 60
Stats = Mapping[str, Any]


def main() -> None:
    parser = data.arguments(__doc__ or "", "bench.load")
    parser.add_argument("--locust", type=Path, required=True, help="a Python with locust")
    parser.add_argument("--seconds", type=int, default=120, help="the signing in included")
    parser.add_argument("--port", type=int, default=8765)
    asked = parser.parse_args()
    with data.served(asked.data, asked.utterances, asked.findings):
        pass
    host = f"http://127.0.0.1:{asked.port}"
    with _up(asked.data, asked.port, host):
        rows = _driven(asked, host)
    if not _report(rows):
        raise SystemExit(1)


@contextmanager
def _up(base: Path, port: int, host: str) -> Iterator[None]:
    environment = os.environ | {"COMPLIANCE_DATA_DIR": str(base), "HTTPS": "0"}
    environment.pop("DATABASE_URL", None)  # it would be served in the place of ours
    command = [sys.executable, "manage.py", "up", "--port", str(port)]
    process = subprocess.Popen(
        command, cwd=installation.ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        _wait(f"{host}/readyz")
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def _wait(address: str) -> None:
    deadline = time.monotonic() + START_S
    while True:
        try:
            urllib.request.urlopen(address, timeout=2).close()  # noqa: S310 # our own server
        except (urllib.error.URLError, TimeoutError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return


def _driven(asked: argparse.Namespace, host: str) -> Sequence[Stats]:
    command = [
        str(asked.locust), "-m", "locust", "-f", "bench/reviewers.py", "--headless", "--json",
        "--host", host, "--users", str(REVIEWERS), "--spawn-rate", str(A_SECOND),
        "--run-time", f"{asked.seconds}s", "--stop-timeout", "10", "--loglevel", "ERROR",
    ]  # fmt: skip
    people = {"BENCH_SLUG": SLUG, "BENCH_PASSWORD": PASSWORD, "BENCH_EMAIL": email_of("{}")}
    done = subprocess.run(
        command, cwd=installation.ROOT, env=os.environ | people, stdout=subprocess.PIPE, text=True,
        check=False,
    )  # fmt: skip
    rows: Sequence[Stats] = json.loads(done.stdout)
    return rows


def _report(rows: Sequence[Stats]) -> bool:
    """Whether the targets are met."""
    print(f"{'action':24}{'requests':>10}{'p50 ms':>10}{'p95 ms':>10}{'errors':>10}")
    for row in sorted(rows, key=lambda each: str(each["name"])):
        _line(row["name"], [row])
    _line("all", rows)
    seconds = max(row["last_request_timestamp"] for row in rows) - min(
        row["start_time"] for row in rows
    )
    errors = sum(row["num_failures"] for row in rows)
    p95, count = _part(rows, 0.95), sum(row["num_requests"] for row in rows)
    is_met = p95 <= P95_MS and not errors
    print(
        f"{count / seconds:.1f} a second over {seconds:.0f} s; p95 {p95:.0f} ms (≤ {P95_MS}), "
        f"{errors} errors (0): {'met' if is_met else 'missed'}"
    )
    return is_met


def _line(name: str, rows: Sequence[Stats]) -> None:
    count, errors = (sum(row[of] for row in rows) for of in ("num_requests", "num_failures"))
    print(f"{name:24}{count:10,}{_part(rows, 0.5):10.0f}{_part(rows, 0.95):10.0f}{errors:10,}")


def _part(rows: Sequence[Stats], share: float) -> float:
    """The milliseconds within which that share was answered, as locust rounds them."""
    times: Counter[float] = Counter()
    for row in rows:
        times.update({float(ms): count for ms, count in row["response_times"].items()})
    left = share * times.total()
    for ms in sorted(times):
        left -= times[ms]
        if left <= 0:
            return ms
    return 0.0


if __name__ == "__main__":
    main()
