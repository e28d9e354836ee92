"""Personal data found by this product and by its peers, side by side in one process.

    python -m bench.pii [--data DIR] [--peer-python PATH]

Without DIR only our own sentences are read; without an interpreter that has the peers (see
bench/requirements-peers.txt) `re` alone stands beside us.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from bench import installation


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.pii", description=__doc__)
    parser.add_argument("--data", type=Path, help="directory with pii/ and calls/")
    parser.add_argument("--peer-python", default=sys.executable, help="interpreter with the peers")
    asked = parser.parse_args()
    installation.pinned()
    command = [asked.peer_python, "-m", "bench.pii.measured"]
    command += ["--data", str(asked.data.resolve())] if asked.data else []
    raise SystemExit(subprocess.run(command, cwd=installation.ROOT, check=False).returncode)


if __name__ == "__main__":
    main()
