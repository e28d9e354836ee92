"""The foreground owner: one at a time, nothing half-started, nothing left behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from compliance_app.run.binaries import Account, CannotStart, is_open, readable
from compliance_app.run.postgres import Server, read_secrets
from compliance_app.run.processes import die_with_parent
from tests.integration.killing import alive, children, until

ROOT = Path(__file__).parent.parent.parent
# PYTHONUNBUFFERED would hide a line that stays in a buffer when the output is a pipe.
DROPPED = {
    "PYTHONUNBUFFERED",
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "SECRET_KEY",
    "FIELD_KEYS",
    "HASH_KEY",
}


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(base: Path, **extra: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in DROPPED}
    return kept | {"COMPLIANCE_DATA_DIR": str(base), "HTTPS": "0", "LOG_LEVEL": "ERROR"} | extra


def family(pid: int) -> list[int]:
    found = [pid]
    for one in found:
        found += children(one)
    return found


@contextmanager
def open_directory() -> Iterator[Path]:
    """A directory any user may enter; not pytest's, which another run of pytest closes."""
    with tempfile.TemporaryDirectory(prefix="vb-owner-", ignore_cleanup_errors=True) as made:
        Path(made).chmod(0o755)
        yield Path(made)


@pytest.fixture
def base() -> Iterator[Path]:
    with open_directory() as made:
        yield made


Owner = tuple["subprocess.Popen[str]", int]


@pytest.fixture(scope="session")
def migrated() -> Iterator[Path]:
    """A directory in which `manage.py up` has served once: what is copied from it starts soon."""
    with open_directory() as made:
        with serving(made) as (process, _):
            process.terminate()
            process.wait(30)
        yield made


@pytest.fixture
def owner(base: Path, migrated: Path) -> Iterator[Owner]:
    """`manage.py up`, serving."""
    subprocess.run(["cp", "-a", f"{migrated}/.", base], check=True)
    with serving(base) as owner:
        yield owner


@contextmanager
def serving(base: Path) -> Iterator[Owner]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "up", "--port", str(port)],
        cwd=ROOT, env=environment(base), text=True, start_new_session=True,
        preexec_fn=die_with_parent(signal.SIGKILL),
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    until(lambda: is_ready(port) or process.poll() is not None, 120)
    try:
        yield process, port
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
    assert process.stdout is not None
    process.stdout.close()


def is_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_no_process_is_left_when_the_owner_ends(
    number: signal.Signals, owner: Owner, base: Path
) -> None:
    process, _ = owner
    everyone = family(process.pid)
    assert len(everyone) > 8, "database, web and worker are up"
    process.send_signal(number)
    process.wait(30)
    until(lambda: not any(alive(pid) for pid in everyone))
    if number != signal.SIGKILL:
        assert process.returncode == 0
        assert not (base / "socket").exists()


def test_a_second_owner_and_a_taken_port_are_refused_and_said(
    owner: Owner, base: Path, tmp_path: Path
) -> None:
    _, port = owner
    other = manage("up", "--port", str(free_port()), env=environment(base))
    assert other.returncode == 1
    assert "another process owns it" in other.stderr
    taken = manage("up", "--port", str(port), env=environment(tmp_path))
    assert taken.returncode == 1
    assert f"127.0.0.1:{port} was refused" in taken.stderr
    assert list(tmp_path.iterdir()) == [], "nothing half-started"
    assert is_ready(port)


def test_the_database_is_started_again_when_it_dies(
    owner: Owner,
) -> None:
    process, port = owner
    database = next(pid for pid in children(process.pid) if b"postgres" in command(pid))
    os.kill(database, signal.SIGKILL)
    until(lambda: not alive(database))
    until(lambda: is_ready(port))


def command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def manage(*arguments: str, env: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


REFUSED = [
    ({"WORKERS": "many"}, "WORKERS='many' was refused. Allowed: a whole number from 1 to 64."),
    ({"LOG_LEVEL": "loud"}, "LOG_LEVEL='loud' was refused. Allowed: DEBUG, INFO"),
    ({"HTTPS": "perhaps"}, "HTTPS='perhaps' was refused. Allowed: 1, true"),
    ({"JOB_TIMEOUT_S": "9", "JOB_LEASE_S": "9"}, "JOB_LEASE_S='9' was refused"),
    ({"JOB_TIMEOUT_S": "9", "JOB_STALL_S": "9"}, "JOB_STALL_S='9' was refused"),
    ({"FIELD_KEYS": "not-a-key"}, "FIELD_KEYS with 1 usable entries was refused"),
    ({"DATABASE_URL": "postgresql://u:p@h/n?tls=1"}, "option tls='…' was refused"),
]


@pytest.mark.parametrize(("values", "message"), REFUSED)
def test_a_wrong_value_stops_the_start_in_one_line(
    values: dict[str, str], message: str, tmp_path: Path
) -> None:
    done = manage("up", "--port", str(free_port()), env=environment(tmp_path, **values))
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


FIELD_KEY = "Zm9yIHRlc3RzIGFsb25lLCBubyBzZWNyZXQgYXQgYWw="
OWNED = {"SECRET_KEY": "k" * 60, "FIELD_KEYS": FIELD_KEY, "HASH_KEY": "h" * 40}
UNSAFE = [
    ({}, "SECRET_KEY was refused"),
    (OWNED | {"FIELD_KEYS": ""}, "FIELD_KEYS='' was refused"),
    (OWNED | {"FIELD_KEYS": "not-a-key"}, "FIELD_KEYS with 1 usable entries was refused"),
    (OWNED | {"HASH_KEY": ""}, "HASH_KEY='' was refused"),
    (OWNED, "DATABASE_URL='' was refused"),
    (OWNED | {"DATABASE_OWNER_URL": "postgresql://o:p@/n"}, "DATABASE_OWNER_URL='…' was refused"),
    (OWNED | {"SECRET_KEY": "example-key-refused-outside-check-1"}, "SECRET_KEY was refused"),
]


@pytest.mark.parametrize("process", ["web", "worker"])
@pytest.mark.parametrize(("values", "message"), UNSAFE)
def test_web_and_worker_refuse_what_is_unsafe(
    values: dict[str, str], message: str, process: str, tmp_path: Path
) -> None:
    done = manage(process, env=environment(tmp_path, **values))
    assert done.returncode == 1
    assert message in done.stderr


STARTS = ["web", "worker", "up"]


@pytest.fixture
def free_roles(server: Server) -> Iterator[None]:
    """Roles past row-level security: by attribute, and as a member of one that owns functions."""
    made = {"bypasses": "BYPASSRLS", "reaches": "NOBYPASSRLS IN ROLE verbatim_reach"}
    with server.connect("verbatim") as admin:
        for role, attributes in made.items():
            admin.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'x' {attributes}")
            admin.execute(f"GRANT CONNECT ON DATABASE verbatim TO {role}")
        admin.execute("CREATE TABLE held (id int)")
        admin.execute("CREATE ROLE owns LOGIN PASSWORD 'x'")
        admin.execute("GRANT CONNECT ON DATABASE verbatim TO owns")
        admin.execute("ALTER TABLE held OWNER TO owns")
    yield
    with server.connect("verbatim") as admin:
        for role in ("bypasses", "reaches", "owns"):
            admin.execute(f"DROP OWNED BY {role} CASCADE")
            admin.execute(f"DROP ROLE {role}")


@pytest.mark.usefixtures("free_roles")
@pytest.mark.parametrize(
    ("role", "start"),
    [
        ("postgres", "web"),
        ("verbatim_owner", "worker"),
        ("bypasses", "up"),
        ("reaches", "web"),
        ("owns", "worker"),
    ],
)
def test_a_role_past_row_level_security_stops_the_start(
    role: str, start: str, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each role at one of them: all ask the same check."""
    monkeypatch.setattr(server, "secrets", {role: "x"} | server.secrets)
    values = OWNED | {"DATABASE_URL": server.url(role)}
    done = manage(start, *port_of(start), env=environment(tmp_path, **values))
    assert done.returncode == 1
    assert f"{role!r} was refused: it is not bound by row-level security" in done.stderr
    assert "Serving" not in done.stdout


def port_of(start: str) -> tuple[str, ...]:
    return () if start == "worker" else ("--port", str(free_port()))


@pytest.mark.parametrize("start", STARTS)
def test_a_database_that_is_away_or_refuses_the_password_is_said_in_one_line(
    start: str, server: Server, tmp_path: Path
) -> None:
    away = f"postgresql://verbatim_app:canary@127.0.0.1:{free_port()}/verbatim"
    wrong = server.url("verbatim_app").replace(server.secrets["verbatim_app"], "canary")
    for url in (away, wrong):
        done = manage(start, *port_of(start), env=environment(tmp_path, **OWNED, DATABASE_URL=url))
        assert done.returncode == 1
        assert "no session as 'verbatim_app'" in done.stderr
        assert done.stderr.count("\n") == 1
        assert "canary" not in done.stderr


def test_a_restarted_database_costs_no_request(owner: Owner, base: Path) -> None:
    _, port = owner
    for _ in range(10):
        assert is_ready(port)
    database = Server(base)
    database.secrets = read_secrets(base / "secrets")
    with database.connect() as admin:
        ended = admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'verbatim-web'"
        ).fetchall()
    assert ended
    assert [is_ready(port) for _ in range(10)] == [True] * 10


def test_a_full_disk_is_said_before_anything_is_made(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("compliance_app.run.postgres.LEAST_FREE_BYTES", 1 << 60)
    with pytest.raises(CannotStart, match="MB are free"):
        Server(base / "x").start()
    assert not (base / "x" / "pgdata").exists()


def test_a_closed_directory_of_our_own_serves_under_a_closed_umask(base: Path) -> None:
    before = os.umask(0o077)
    made = Server(base / "a" / "b", options={"fsync": "off"})
    made.base.mkdir(parents=True)
    made.base.parent.chmod(0o711)
    try:
        made.start()
        with made.connect() as admin:
            assert admin.execute("SELECT 1").fetchone() == (1,)
        deeper = Server(made.base / "c" / "d", options={"fsync": "off"})
        deeper.start()
        deeper.stop()
    finally:
        os.umask(before)
        made.stop()


def test_initdb_says_why_it_was_refused(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tools = base / "tools"
    tools.mkdir()
    tools.chmod(0o755)
    for name in ("initdb", "postgres"):
        (tools / name).write_text("#!/bin/sh\necho 'initdb: error: no room' >&2\nexit 1\n")
        (tools / name).chmod(0o755)
    monkeypatch.setenv("COMPLIANCE_PG_BIN", str(tools))
    with pytest.raises(CannotStart, match="initdb: error: no room"):
        Server(base / "x").start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs as another user")
def test_named_binaries_in_a_closed_directory_are_refused_not_copied(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = base / "tools"
    tools.mkdir(mode=0o700)
    for name in ("initdb", "postgres"):
        (tools / name).touch()
    monkeypatch.setenv("COMPLIANCE_PG_BIN", str(tools))
    with pytest.raises(CannotStart, match="may not enter it"):
        Server(base / "x").start()
    assert not (base / "x" / "pginstall").exists()


def test_a_copy_of_closed_binaries_is_open(base: Path) -> None:
    binaries = base / "made" / "pginstall" / "bin"
    binaries.mkdir(parents=True)
    (binaries / "initdb").touch(mode=0o700)
    (binaries.parent / "share").touch(mode=0o600)
    for closed in (binaries, binaries.parent, base / "made"):
        closed.chmod(0o700)
    copied = readable(binaries, base, Account(uid=65534, gid=65534))
    assert (copied / "initdb").stat().st_mode & 0o777 == 0o755
    assert (copied.parent / "share").stat().st_mode & 0o777 == 0o644
    assert is_open(copied)


def test_a_deep_directory_gets_a_short_socket_path(tmp_path: Path) -> None:
    deep = Server(tmp_path / ("d" * 100))
    assert len(str(deep.socket_directory)) < 90
    assert deep.socket_directory == Server(tmp_path / ("d" * 100)).socket_directory


def test_setup_finds_the_database_that_up_has_started(
    owner: Owner, base: Path, tmp_path: Path
) -> None:
    given = {
        "SETUP_EMAIL": "alice@example.test",
        "SETUP_PASSWORD": "correct horse battery",
        "SETUP_TENANT": "North",
    }
    done = manage("setup", "--no-input", env=environment(base, **given))
    assert "alice@example.test is the admin of North: /t/north/queue" in done.stdout, done.stderr
    _, port = owner
    page = httpx.get(f"http://127.0.0.1:{port}/login", trust_env=False)
    assert page.status_code == 200
    (style,) = set(re.findall(r'href="(/static/css/base\.[0-9a-f]+\.css)"', page.text))
    served = httpx.get(f"http://127.0.0.1:{port}{style}", trust_env=False)
    assert (served.status_code, "immutable" in served.headers["Cache-Control"]) == (200, True)
    alone = manage("setup", "--no-input", env=environment(tmp_path, **given))
    assert "`manage.py up` does not run here" in alone.stderr
