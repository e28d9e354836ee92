"""The safety layer measured, with word lists and a classifier side by side in one run.

    python -m bench.safety --data DIR [--rounds N] [--every N] [--peer-python PATH]

DIR holds safety/hatecheck.jsonl.gz, safety/toxic_spans.jsonl.gz and calls/*.jsonl.gz.
`--peer-python` is an interpreter with this project's requirements and those of
bench/requirements-peers.txt; without it the peers are left out. `--every 10` takes one comment and
one call of ten: a word list needs minutes for all of them. No text of the data is printed.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from bench import installation

_NEEDED = "import better_profanity, profanity_check, msgspec, lark, yaml"


def main() -> None:
    asked = _arguments()
    installation.pinned()
    command = [_python(asked.peer_python), "-m", "bench.safety.measured"]
    command += ["--rounds", str(asked.rounds), "--every", str(asked.every)]
    command += ["--data", str(asked.data.resolve())]
    raise SystemExit(subprocess.run(command, cwd=installation.ROOT, check=False).returncode)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.safety", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--every", type=int, default=10)
    parser.add_argument("--peer-python", default=sys.executable, help="interpreter with the peers")
    parser.add_argument("--data", type=Path, required=True)
    return parser.parse_args()


def _python(peers: str) -> str:
    """That with the peers, where it has them all and what this project needs."""
    probe = subprocess.run([peers, "-c", _NEEDED], capture_output=True, check=False)
    return peers if probe.returncode == 0 else sys.executable


if __name__ == "__main__":
    main()
