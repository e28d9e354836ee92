"""A long run: `python -m tests.reference --cases 100000 --seed 1`. Exit 1 at a disagreement."""

import argparse
import sys

from tests.reference.compare import disagreements


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=3, help="how many disagreements to print")
    asked = parser.parse_args()
    found = list(disagreements(asked.cases, asked.seed))
    for each in sorted(found, key=lambda shown: len(str(shown)))[: asked.show]:
        print(each, end="\n\n")
    print(f"{asked.cases} cases from seed {asked.seed}: {len(found)} disagreements")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
