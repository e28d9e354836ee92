"""A database of the tests' own: an embedded PostgreSQL in a temporary directory, loaded by `-p`.

Created and migrated as owner, run as app, truncated as owner: what passes here passes under forced
row-level security. The environment is set when this module is imported, before Django's settings.
The migrated server is kept in `var/tests` for the next run with the same migrations: to make it
takes longer than most runs.
"""

import atexit
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from compliance_app.run import roles
from compliance_app.run.binaries import find_binaries
from compliance_app.run.postgres import Server, read_secrets

ROOT = Path(__file__).parent.parent
MADE_FROM = ("reviews/migrations/*.py", "compliance_app/run/*.py", "requirements-dev.lock")


def _digest() -> str:
    digest = hashlib.sha256(str(find_binaries()).encode())
    for path in sorted(path for pattern in MADE_FROM for path in ROOT.glob(pattern)):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _copy(path: Path, into: Path) -> None:
    """With owners and rights."""
    subprocess.run(["cp", "-a", path, into], check=True)  # paths of our own


def keep() -> None:
    """Keep the migrated server, which is stopped meanwhile; those of other migrations go."""
    SERVER.stop()
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    for old in set(KEPT.parent.glob(KEPT_NAME)) - {KEPT}:
        shutil.rmtree(old, ignore_errors=True)
    made = Path(tempfile.mkdtemp(dir=KEPT.parent))
    _copy(BASE / "pgdata", made)
    _copy(BASE / "secrets", made)
    try:
        made.rename(KEPT)
    except OSError:  # another worker was first
        shutil.rmtree(made)
    SERVER.start()


KEPT_NAME = "kept-*"
KEPT = ROOT / "var/tests" / f"kept-{_digest()}"
IS_KEPT = KEPT.exists()
BASE = Path(tempfile.mkdtemp(prefix="vb-test-"))
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
atexit.register(shutil.rmtree, BASE, ignore_errors=True)
SERVER = Server(BASE, options=FAST)
if IS_KEPT:
    _copy(KEPT / "secrets", BASE)
SERVER.secrets = read_secrets(BASE / "secrets")
BASE.chmod(0o755)  # as root the server's user passes through; what lies inside is 0700 or 0600

os.environ |= {
    "DATABASE_URL": SERVER.url(roles.APP),
    "DATABASE_OWNER_URL": SERVER.url(roles.OWNER),
    "SECRET_KEY": SERVER.secrets["secret_key"],
    "FIELD_KEYS": SERVER.secrets["field_key"],
    "HASH_KEY": SERVER.secrets["hash_key"],
    "HTTPS": "0",
    "AUDIO_DIR": str(BASE / "audio"),
}


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The running test server."""
    try:
        if IS_KEPT:
            _copy(KEPT / "pgdata", BASE)
        SERVER.start()
        yield SERVER
    finally:
        SERVER.stop()
