"""The API over HTTP: a feed of a million findings walked, and a call sent and evaluated.

    python -m bench.api [--data DIRECTORY] [--utterances N] [--findings N] [--calls N]

On the tenant of bench/data.py, by a web server of one process; nothing is pinned to a core. A call
of some 1,500 words goes by POST /v1/runs, whose answer comes after its evaluation is committed.
"""

import json
import sys
from statistics import median, quantiles

from bench import data, installation

ROWS_A_SECOND = 5_000
MOST_GROWN_MB = 32
"""Of what the web process holds, between the first tenth of the walk and its end."""
P95_MS = 400


def main() -> None:
    parser = data.arguments(__doc__ or "", "bench.api")
    parser.add_argument("--calls", type=int, default=100)
    asked = parser.parse_args()
    with data.served(asked.data, asked.utterances, asked.findings) as server:
        command = [sys.executable, "-m", "bench.measure_api", str(asked.calls)]
        measured = json.loads(installation.run(server, command))
    walk, calls = measured["walk"], measured["calls_ms"]
    rate, p95 = walk["rows"] / walk["seconds"], quantiles(calls, n=20)[-1]
    print(
        f"findings, pages of {walk['limit']}: {walk['rows']:,} rows, {rate:,.0f} a second "
        f"(≥ {ROWS_A_SECOND:,}), {walk['grown_mb']:+.1f} MB (≤ {MOST_GROWN_MB})"
    )
    print(
        f"a call of {measured['words']:,} words by POST to its committed evaluation: "
        f"median {median(calls):.0f} ms, p95 {p95:.0f} ms (≤ {P95_MS}), {len(calls)} calls"
    )
    if rate < ROWS_A_SECOND or walk["grown_mb"] > MOST_GROWN_MB or p95 > P95_MS:
        raise SystemExit("a target was missed")


if __name__ == "__main__":
    main()
