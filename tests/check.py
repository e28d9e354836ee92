"""`make check`: every static check in turn; all run, the first failure decides the exit."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
PYTHON = sys.executable
BIN = Path(PYTHON).parent
EXCUSE = re.compile(r"#\s*(noqa|type:\s*ignore)\b[^#\n]*(#.*)?")

STEPS = {
    "format": [str(BIN / "ruff"), "format", "--check", "--quiet", "."],
    "lint": [str(BIN / "ruff"), "check", "--quiet", "."],
    "types": [str(BIN / "mypy"), "compliance_app", "reviews", "tests", "bench", "manage.py"],
    "imports": [str(BIN / "lint-imports")],
    "architecture": [PYTHON, "-m", "pytest", "-q", "tests/architecture"],
    "migrations": [PYTHON, "-W", "ignore::RuntimeWarning", "manage.py", "makemigrations",
                   "--check", "--dry-run"],
    "deployment": [PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
}  # fmt: skip


def main() -> int:
    environment = os.environ | _example()
    failed = [name for name, command in STEPS.items() if not _passes(name, command, environment)]
    bare = _excuses()
    if bare:
        failed.append("excuses")
        print("without a reason:", *bare, sep="\n  ")
    print(f"check: {'failed: ' + ', '.join(failed) if failed else 'clean'}")
    return 1 if failed else 0


def _passes(name: str, command: list[str], environment: dict[str, str]) -> bool:
    began = time.monotonic()
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    print(
        f"{name:13} {'ok' if done.returncode == 0 else 'FAILED'} {time.monotonic() - began:.1f} s"
    )
    if done.returncode:
        print(done.stdout, done.stderr, sep="\n")
    return done.returncode == 0


def _example() -> dict[str, str]:
    """.env.example: Django's plugin of mypy and `check --deploy` need a secret key to look at."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def _excuses() -> list[str]:
    """Count noqa and type-ignores; return those that give no reason."""
    bare, count = [], 0
    for folder in ("compliance_app", "reviews", "tests", "bench"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for number, line in enumerate(path.read_text().splitlines(), 1):
                found = EXCUSE.search(line)
                if found and "EXCUSE" not in line and "`" not in line:
                    count += 1
                    if not found.group(2):
                        bare.append(f"{path.relative_to(ROOT)}:{number}")
    print(f"excuses       {count} noqa and type-ignores, {len(bare)} without a reason")
    return bare


if __name__ == "__main__":
    sys.exit(main())
