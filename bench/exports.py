"""Whole tables for a warehouse: rows a second through the API's own view, and as files of a drop;
and whether memory grows.

    python -m bench.exports [--data DIRECTORY] [--utterances N] [--findings N]

On the tenant of bench/data.py, in one process beside its database, all on one core.
"""

import json
import os
import sys
import tempfile
from typing import Any

from bench import data, installation

TARGET = 5_000
"""Rows a second."""
JUDGED = 10_000
"""Of a table with fewer rows the seconds are those of the request."""
MOST_GROWN_MB = 32
"""Of what the process holds, between the first tenth of a table and its end."""


def main() -> None:
    asked = data.arguments(__doc__ or "", "bench.exports").parse_args()
    installation.pinned()
    with (
        tempfile.TemporaryDirectory() as folder,
        data.served(asked.data, asked.utterances, asked.findings) as server,
    ):
        os.environ["EXPORT_DIR"] = folder
        written = installation.run(server, [sys.executable, "-m", "bench.measure_exports"])
    tables = json.loads(written)
    for each in tables:
        print(
            f"{each['table']:13} {each['form']:8} {each['rows']:9,} rows"
            f" {_rate(each):9,.0f} a second {each['grown_mb']:6.1f} MB grown{_files(each)}"
        )
    judged = [each for each in tables if each["rows"] >= JUDGED]
    if any(_rate(each) < TARGET for each in judged):
        raise SystemExit("under its target")
    if any(each["grown_mb"] > MOST_GROWN_MB for each in judged):
        raise SystemExit("memory grows with the rows")


def _rate(each: dict[str, Any]) -> float:
    return float(each["rows"] / each["seconds"])


def _files(each: dict[str, Any]) -> str:
    return f", {each['files']} files of a drop" if "files" in each else ""


if __name__ == "__main__":
    main()
