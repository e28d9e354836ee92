"""The django-q2 wrapper: a supervised cluster that cannot hang unseen.

`serve` is the parent: it starts the cluster in a process group of its own, restarts it when it
ends, kills it when jobs are due and none gets done, and nudges due jobs whose nudge was lost.
`cluster` is the child. Three faults of the queue are closed here: a worker that dies may take the
queue's lock with it (so the whole group goes and starts anew), children outlive a killed parent (so
the kernel ends them), and a hung cluster looks alive (so progress is what counts, not processes).
"""

import os
import signal
import tempfile
import time
import uuid
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import structlog
from django import db
from django.conf import settings
from django_q.cluster import Sentinel, get_mp_context
from django_q.models import OrmQ
from django_q.signals import post_execute_in_worker
from django_q.worker import worker as work

from compliance_app.run.processes import Service, StopSignal, die_with_parent, kill_group, manage
from reviews.jobs import ledger
from reviews.jobs.nudge import nudge

SWEEP_EVERY_S = 0.5
OVERDUE_S = 1.0
START_S = 60.0
"""Within which a cluster has loaded its code, however busy the machine is."""
NUDGE_AGAIN_S = 5.0
SWEEP_LIMIT = 200
QUEUE_LIMIT = 2 * SWEEP_LIMIT
PROGRESS = "VERBATIM_PROGRESS_FD"
log = structlog.get_logger("verbatim.worker")


class _Flag:
    """An event whose `set` is safe in a signal handler; multiprocessing's may deadlock there."""

    def __init__(self) -> None:
        self._is_set = False

    def set(self) -> None:
        self._is_set = True

    def is_set(self) -> bool:
        return self._is_set

    def wait(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while not self._is_set and time.monotonic() < end:
            time.sleep(0.05)
        return self._is_set


class _Guard(Sentinel):  # type: ignore[misc] # django-q2 has no types
    """django-q2's guard in the main process, with children that die with it."""

    def start(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop_event.set())
        super().start()

    def spawn_process(self, target: Callable[..., Any], *args: Any) -> BaseProcess:
        process: Any = get_mp_context().Process(target=_armed, args=(target, *args), daemon=True)
        if target is work:
            process.timer = args[2]
            self.pool.append(process)
        process.start()
        return process  # type: ignore[no-any-return] # a forked Process

    def reincarnate(self, process: Any) -> None:
        """Replace a worker that was recycled or timed out; any other death ends the whole group."""
        if process in (self.monitor, self.pusher) or process.timer.value not in (0, -2):
            log.warning("queue_process_died", pid=process.pid)
            kill_group(os.getpgrp())
        super().reincarnate(process)


def _armed(target: Callable[..., Any], *args: Any) -> None:
    Path("/proc/self/comm").write_text(f"queue-{target.__name__}")  # so that `ps` tells them apart
    die_with_parent(signal.SIGKILL)()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    target(*args)


def cluster() -> None:
    """Run the queue's processes until SIGTERM. Blocks."""
    progress = int(os.environ[PROGRESS])
    post_execute_in_worker.connect(lambda **_: os.utime(progress), weak=False)
    db.connections.close_all()
    os.utime(progress)
    _Guard(_Flag(), _Flag(), uuid.uuid4())


def serve() -> None:
    """Keep a cluster up until SIGTERM or SIGINT; a second signal kills it at once. Blocks."""
    # A file without a name cannot outlive us; the time of its change is the cluster's pulse.
    with tempfile.TemporaryFile() as file, StopSignal() as stop:
        progress = file.fileno()
        environment = dict(os.environ) | {PROGRESS: str(progress)}
        child = Service("cluster", manage("worker", "--cluster"), environment, (progress,))
        child.start()
        watch = _Watch(progress)
        while not stop:
            stop.pause(SWEEP_EVERY_S)
            _tend(child, watch, stop)
        _end(child, stop)


def _tend(child: Service, watch: "_Watch", stop: StopSignal) -> None:
    if child.is_down() and child.process:
        kill_group(child.process.pid)
        log.warning("cluster_ended", status=child.process.returncode)
        stop.pause(child.wait_before_restart())
        child.start()
        watch.begin()
    elif watch.sweep() and child.process:
        log.warning("cluster_stalled", seconds=settings.JOB_STALL_S)
        kill_group(child.process.pid)


def _end(child: Service, stop: StopSignal) -> None:
    child.ask_to_stop()
    deadline = time.monotonic() + settings.JOB_TIMEOUT_S + 5
    while stop.count < 2 and not child.is_down() and time.monotonic() < deadline:
        time.sleep(0.05)
    child.end(0.05)


class _Watch:
    """Nudges due jobs whose nudge was lost; says when work is due and none gets done."""

    def __init__(self, progress: int) -> None:
        self._progress = progress
        self._nudged: dict[uuid.UUID, float] = {}
        self.begin()

    def begin(self) -> None:
        """A cluster has just started: it has START_S until its first sign, then JOB_STALL_S."""
        os.utime(self._progress)
        self._began = os.fstat(self._progress).st_mtime

    def sweep(self) -> bool:
        """True where the cluster has stalled. A database that is away is no stall.

        Nor is a cluster that had nothing to do: a job that waits counts from when it was due.
        """
        try:
            overdue = self._overdue()
            self._nudge(overdue)
        except db.Error:
            db.connections.close_all()
            self.begin()
            return False
        pulse = os.fstat(self._progress).st_mtime
        patience_s = START_S if pulse == self._began else settings.JOB_STALL_S
        waits_since = min((due.due_at.timestamp() for due in overdue), default=time.time())
        return time.time() - max(pulse, waits_since) > patience_s

    def _overdue(self) -> list[ledger.Due]:
        latest = time.time() - OVERDUE_S
        return [
            due for due in ledger.due_jobs(limit=SWEEP_LIMIT) if due.due_at.timestamp() < latest
        ]

    def _nudge(self, overdue: list[ledger.Due]) -> None:
        """Nudge in the order given, tenants in turn, as far as the queue has room.

        A long queue is no lost nudge: each worker takes whatever job's turn it is.
        """
        now = time.monotonic()
        recent = {job: at for job, at in self._nudged.items() if now - at < NUDGE_AGAIN_S}
        silent = [due for due in overdue if due.job_id not in recent]
        room = max(0, QUEUE_LIMIT - OrmQ.objects.count()) if silent else 0
        for due in silent[:room]:
            nudge(tenant_id=due.tenant_id, job_id=due.job_id)
            recent[due.job_id] = now
        self._nudged = recent
