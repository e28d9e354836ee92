"""The walls between the layers, and that each of them stops what it is for."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
LINT = str(Path(sys.executable).parent / "lint-imports")

PLANTED = {
    "reviews imports the composition root": ("reviews/audit.py", "import compliance_app.env"),
    "a stage imports its sibling": ("reviews/ingest/store.py", "import reviews.evaluation.run"),
    "a lower layer imports a higher": ("reviews/models/job.py", "import reviews.access"),
    "the core imports Django": ("reviews/detection/packing.py", "import django"),
    "HTTP beside egress": ("reviews/ingest/pacer.py", "import httpx"),
    "the queue beside its three places": ("reviews/access.py", "import django_q"),
    "the API's framework beside the API": ("reviews/web/calls.py", "import rest_framework"),
    "one check knows another": (
        "reviews/detection/checks/pii.py",
        "import reviews.detection.checks.query",
    ),
    "an import hidden in a function": (
        "reviews/models/job.py",
        "def hidden() -> None:\n    import reviews.tasks",
    ),
}


def lint(folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [LINT, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tree")
    for package in ("compliance_app", "reviews"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("*.pyc"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_the_contracts_hold(copy: Path) -> None:
    done = lint(copy)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_import_is_found(name: str, copy: Path) -> None:
    path, statement = PLANTED[name]
    file = copy / path
    before = file.read_text()
    file.write_text(f"{before}\n{statement}\n")
    try:
        assert lint(copy).returncode == 1
    finally:
        file.write_text(before)
