"""Search for phrases over a million utterances of one tenant, under row-level security.

    python -m bench.search [--utterances N] [--searches N]

The embedded PostgreSQL and the measured process on one core. `index` is the function that finds
the calls, `page` the list of calls as a browser gets it, lines and scores with it.
"""

import argparse
import json
import sys

from bench import installation


def main() -> None:
    asked = _arguments()
    installation.pinned()
    with installation.server() as server:
        numbers = [str(asked.utterances), str(asked.searches)]
        made = json.loads(
            installation.run(server, [sys.executable, "-m", "bench.search_requests", *numbers])
        )
    print(f"{made['utterances']:,} utterances in {made['calls']:,} calls", end=", ")
    print(f"the index {made['index_mb']:,} MB, its rows {made['rows_mb']:,} MB")
    heads = ("in calls", "index p50", "p95 ms", "page p50", "p95 ms")
    print(f"{'phrase':34}" + "".join(f"{head:>11}" for head in heads))
    for row in made["phrases"]:
        print(
            f"{row['name']:34}{row['calls']:11,}"
            + "".join(f"{row[each]:11.1f}" for each in ("p50", "p95", "page_p50", "page_p95"))
        )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.search", description=__doc__)
    parser.add_argument("--utterances", type=int, default=1_000_000)
    parser.add_argument("--searches", type=int, default=100, help="for each phrase")
    return parser.parse_args()


if __name__ == "__main__":
    main()
