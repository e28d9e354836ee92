"""Server time of the reviewers' pages over a million findings and a million utterances.

    python -m bench.web [--data DIRECTORY] [--requests N]

The database of bench/data.py and the measured process on one core; requests come from Django's own
test client, so that what is timed is the product from the first middleware to the last byte, under
row-level security. `index` is the search's function in the database; its page is timed beside it.
Where others use the core, the times hold their work too; the CPU's mean does so less.
"""

import json
import sys
from typing import Any

from bench import data, installation

_HEADS = (
    "CPU ms",
    "p50 ms",
    "p95 ms",
    "target",
    "queries",
    "target",
    "KB gz",
    "target",
    "nodes",
    "target",
)
_MEASURES = ("p95", "queries", "kb", "nodes")


def main() -> None:
    parser = data.arguments(__doc__ or "", "bench.web")
    parser.add_argument("--requests", type=int, default=200, help="of each page")
    asked = parser.parse_args()
    installation.pinned()
    with data.served(asked.data, asked.utterances, asked.findings) as server:
        command = [sys.executable, "-m", "bench.requests", str(asked.requests)]
        rows = json.loads(installation.run(server, command))
    print(f"{'page':46}" + "".join(f"{head:>9}" for head in _HEADS))
    for row in rows:
        print(_line(row))


def _line(row: dict[str, Any]) -> str:
    line = f"{row['page']:46}{row['cpu']:9.1f}{row['p50']:9.1f}"
    for name in _MEASURES:
        digits, target = 0 if name in ("queries", "nodes") else 1, row["targets"].get(name)
        line += f"{row[name]:9,.{digits}f}{f'≤ {target:,}' if target else '':>9}"
    missed = [name for name, target in row["targets"].items() if row[name] > target]
    return line + (
        "  missed: " + ", ".join(missed) if missed else "  met" if row["targets"] else ""
    )


if __name__ == "__main__":
    main()
