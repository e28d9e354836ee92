"""A tenant of a million findings and a million utterances, made once in a directory that stays.

    python -m bench.data [--data DIRECTORY] [--utterances N] [--findings N]

A second run finds it done, and brings its tables to this version's. `manage.py up` serves it with
COMPLIANCE_DATA_DIR set to the directory; people sign in as bench/people.py names them.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from bench import installation
from compliance_app.run.binaries import is_open
from compliance_app.run.postgres import Server

UTTERANCES = FINDINGS = 1_000_000
_MARK = "big-tenant"
"""Names the directory as ours, and holds what was made once it is whole."""


def main() -> None:
    asked = arguments(__doc__ or "", "bench.data").parse_args()
    began = perf_counter()
    with served(asked.data, asked.utterances, asked.findings):
        size = sum(file.stat().st_size for file in asked.data.rglob("*") if file.is_file())
    print(
        f"{asked.data}: {_wanted(asked.utterances, asked.findings)}, {size / 2**30:.1f} GB", end=""
    )
    print(f", ready after {perf_counter() - began:,.0f} s")


def arguments(doc: str, name: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=name, description=doc, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=_place(), help="a directory that stays")
    parser.add_argument("--utterances", type=int, default=UTTERANCES)
    parser.add_argument("--findings", type=int, default=FINDINGS)
    return parser


@contextmanager
def served(base: Path, utterances: int, findings: int) -> Iterator[Server]:
    """The database with the tenant, made where it is not there yet."""
    wanted, mark = _wanted(utterances, findings), base / _MARK
    there = mark.read_text() if mark.exists() else None
    if there != wanted and base.exists() and any(base.iterdir()):
        raise SystemExit(
            f"{base} was refused: it holds {there or 'something else, or half of the tenant'!r} "
            f"and not {wanted!r}. Remove it, or name another with --data."
        )
    with installation.server(base) as server:
        if there != wanted:
            print(f"Making {wanted} in {base} …", flush=True)
            numbers = [str(utterances), str(findings)]
            installation.run(server, [sys.executable, "-m", "bench.fill", *numbers])
            mark.write_text(wanted)
        yield server


def _wanted(utterances: int, findings: int) -> str:
    return f"{findings:,} findings and {utterances:,} utterances"


def _place() -> Path:
    """As root not below a directory that others may not enter: the database's user is another."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home())
    if os.geteuid() == 0 and not is_open(home):
        home = Path("/var/tmp")  # noqa: S108 # kept over restarts, its parts are 0700
    return home / ".cache" / "verbatim-bench"


if __name__ == "__main__":
    main()
