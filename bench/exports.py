"""Whole tables for a warehouse: rows a second through the API's own view, and whether memory grows.

    python -m bench.exports [--data DIRECTORY] [--utterances N] [--findings N]

On the tenant of bench/data.py, in one process beside its database, all on one core.
"""

import json
import sys

from bench import data, installation

TARGET = 5_000
"""Rows a second."""
MOST_GROWN_MB = 32
"""Of what the process holds, between the first tenth of a table and its end."""


def main() -> None:
    asked = data.arguments(__doc__ or "", "bench.exports").parse_args()
    installation.pinned()
    with data.served(asked.data, asked.utterances, asked.findings) as server:
        written = installation.run(server, [sys.executable, "-m", "bench.measure_exports"])
    tables = json.loads(written)
    for each in tables:
        rate = each["rows"] / each["seconds"]
        print(
            f"{each['table']:13} {each['form']:8} {each['rows']:9,} rows {rate:9,.0f} a second"
            f" {each['grown_mb']:6.1f} MB grown"
        )
    if any(each["rows"] / each["seconds"] < TARGET for each in tables):
        raise SystemExit("under its target")
    if any(each["grown_mb"] > MOST_GROWN_MB for each in tables):
        raise SystemExit("memory grows with the rows")


if __name__ == "__main__":
    main()
