"""Server time of the reviewers' pages: a queue of many findings, a call of an hour.

    python -m bench.pages [--findings N] [--requests N]

The embedded PostgreSQL and the measured process on one core; requests come from Django's own test
client, so that what is timed is the product from the first middleware to the last byte.
"""

import argparse
import json
import sys

from bench import installation


def main() -> None:
    asked = _arguments()
    installation.pinned()
    with installation.server() as server:
        numbers = [str(asked.findings), str(asked.requests)]
        rows = json.loads(
            installation.run(server, [sys.executable, "-m", "bench.requests", *numbers])
        )
    heads = ("p50 ms", "p95 ms", "queries", "KB", "KB gz", "nodes")
    print(f"{'page':34}" + "".join(f"{head:>9}" for head in heads))
    for row in rows:
        print(
            f"{row['page']:34}{row['p50']:9.1f}{row['p95']:9.1f}{row['queries']:9}"
            f"{row['bytes'] / 1024:9.1f}{row['gzipped'] / 1024:9.1f}{row['nodes']:9}"
        )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.pages", description=__doc__)
    parser.add_argument("--findings", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=200, help="of each page")
    return parser.parse_args()


if __name__ == "__main__":
    main()
