"""The rule language measured, with peers side by side in one process on one core.

    python -m bench.language [--rounds N] [--peer-python PATH] [--data DIR]

`--peer-python` is an interpreter with this project's requirements and those of
bench/requirements-peers.txt; without it the peers are left out.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from bench import installation

_NEEDED = "import ahocorasick, re2, spacy, lark, rapidfuzz, yaml"


def main() -> None:
    asked = _arguments()
    installation.pinned()
    command = [_python(asked.peer_python), "-m", "bench.language.measured"]
    command += ["--rounds", str(asked.rounds)]
    command += ["--data", str(asked.data.resolve())] if asked.data else []
    raise SystemExit(subprocess.run(command, cwd=installation.ROOT, check=False).returncode)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.language", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--peer-python", default=sys.executable, help="interpreter with the peers")
    parser.add_argument("--data", type=Path, help="directory of calls in JSON lines, else the demo")
    return parser.parse_args()


def _python(peers: str) -> str:
    """That with the peers, where it has them all and what this project needs."""
    probe = subprocess.run([peers, "-c", _NEEDED], capture_output=True, check=False)
    return peers if probe.returncode == 0 else sys.executable


if __name__ == "__main__":
    main()
