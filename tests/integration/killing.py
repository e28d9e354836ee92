"""A worker under test: started as people start it, its processes told apart, its jobs watched."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from django.utils import timezone

from compliance_app.run.processes import die_with_parent
from reviews.models import Job, JobState
from reviews.models.tenancy import tenant_context

ROOT = Path(__file__).parent.parent.parent
FAST = {"JOB_TIMEOUT_S": "2", "JOB_LEASE_S": "3", "JOB_STALL_S": "3", "LOG_LEVEL": "ERROR"}
PATIENCE_S = 60.0
T = TypeVar("T")


class Worker:
    """`manage.py worker` in a session of its own."""

    process: "subprocess.Popen[bytes]"

    def start(self) -> "Worker":
        environment = {k: v for k, v in os.environ.items() if k != "DATABASE_OWNER_URL"}
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "worker"],
            cwd=ROOT,
            env=environment | FAST | {"VERBATIM_PROCESS": "worker"},
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGKILL),  # an aborted test run leaves no worker
        )
        return self

    def guard(self) -> int:
        """The pid of the cluster's main process, which leads the cluster's group."""
        return until(lambda: next(iter(children(self.process.pid)), 0))

    def named(self, name: str) -> list[int]:
        """Pids of the cluster's processes by what they do: queue-worker, queue-pusher …"""
        return [pid for pid in children(self.guard()) if comm(pid) == name]

    def family(self) -> list[int]:
        found = [self.process.pid]
        for pid in found:
            found += children(pid)
        return found

    def stop(self, *, signals: int = 1) -> float:
        """Send SIGTERM `signals` times; seconds to the end of every process."""
        family, began = self.family(), time.monotonic()
        for _ in range(signals):
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGTERM)
            time.sleep(0.1)
        self.process.wait(PATIENCE_S)
        until(lambda: not any(alive(pid) for pid in family))
        return time.monotonic() - began

    def kill(self) -> None:
        for pid in self.family():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()


def children(pid: int) -> list[int]:
    try:
        return [int(text) for text in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def comm(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def until(found: Callable[[], T], seconds: float = PATIENCE_S) -> T:
    """Ask again until the answer is true; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        answer = found()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.01)


@contextlib.contextmanager
def stopped(pid: int) -> Iterator[None]:
    """The process frozen, so that what it holds can be looked at before it is killed."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def leases(tenants: list[UUID], pid: int | None = None) -> int:
    """Jobs under a lease that has not ended; of one process, or of all."""
    count = 0
    for tenant in tenants:
        with tenant_context(tenant):
            held = Job.objects.filter(
                state=JobState.RUNNING, due_at__gt=timezone.now() + timedelta(milliseconds=100)
            )
            count += held.filter(holder__endswith=f":{pid}").count() if pid else held.count()
    return count


def done(tenants: list[UUID]) -> int:
    count = 0
    for tenant in tenants:
        with tenant_context(tenant):
            count += Job.objects.filter(state=JobState.DONE).count()
    return count
