"""A database of the tests' own: an embedded PostgreSQL in a temporary directory, loaded by `-p`.

Created and migrated as owner, run as app, truncated as owner: what passes here passes under forced
row-level security. The environment is set when this module is imported, before Django's settings.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from compliance_app.run import roles
from compliance_app.run.postgres import Server, read_secrets

BASE = Path(tempfile.mkdtemp(prefix="vb-test-"))
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
atexit.register(shutil.rmtree, BASE, ignore_errors=True)
SERVER = Server(BASE, options=FAST)
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
        SERVER.start()
        yield SERVER
    finally:
        SERVER.stop()
