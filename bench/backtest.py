"""A rubric tried on stored calls: calls a second, and how that grows with rules and calls.

    python -m bench.backtest [--calls N] [--rules N]

Two workers, as an installation on two cores has them; half of the rules and half of the calls are
measured beside the whole.
"""

import argparse
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from bench import installation
from compliance_app.run.postgres import Server

WORKERS = 2


def main() -> None:
    asked = _arguments()
    print(f"{'calls':>7}{'rules':>7}{'seconds':>9}{'calls/s':>9}{'ms a call and core':>20}")
    with installation.server() as server:
        stored = 0
        for calls in (asked.calls // 2, asked.calls):
            _run(server, "store", stored, calls)
            stored = calls
            for rules in (asked.rules // 2, asked.rules):
                _measure(server, calls, rules)


def _measure(server: Server, calls: int, rules: int) -> None:
    begun = json.loads(_run(server, "begin", rules))
    with ThreadPoolExecutor(WORKERS) as pool:
        worked = [
            json.loads(each) for each in pool.map(lambda _: _run(server, "work"), range(WORKERS))
        ]
    seconds = max(each["s"] for each in worked)
    done = json.loads(_run(server, "done"))
    if done != {"done": calls, "is_over": True} or begun["calls"] != calls:
        raise SystemExit(f"the backtest did not end whole: {begun}, {done}")
    each = 1000 * seconds * WORKERS / calls
    print(f"{calls:7,}{rules:7}{seconds:9.1f}{calls / seconds:9.0f}{each:20.1f}")


def _run(server: Server, *given: object) -> str:
    words = [str(each) for each in given]
    try:
        return installation.run(server, [sys.executable, "-m", "bench.measure_backtest", *words])
    except subprocess.CalledProcessError as error:
        raise SystemExit(f"bench.measure_backtest {words} failed: {error.returncode}") from None


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.backtest", description=__doc__)
    parser.add_argument("--calls", type=int, default=600)
    parser.add_argument("--rules", type=int, default=50)
    return parser.parse_args()


if __name__ == "__main__":
    main()
