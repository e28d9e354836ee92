"""Child processes in the foreground, each in its own group; none outlives its owner."""

import ctypes
import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

GRACE_S = 25.0
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(number: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn`: the kernel sends `number` when the parent dies, however it dies."""

    def arm() -> None:
        if _libc.prctl(_PR_SET_PDEATHSIG, number) != 0:
            raise OSError(errno.EPERM, "prctl")

    return arm


def manage(*arguments: str) -> list[str]:
    """The command line of one of our own commands."""
    return [sys.executable, str(Path(sys.argv[0]).resolve()), *arguments]


@dataclass(slots=True)
class Service:
    """One child process that is to be up. `start`, `is_down`, `stop`."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    descriptors: tuple[int, ...] = ()
    """Open files the child inherits."""
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    failures: int = 0

    def start(self) -> None:
        self.started = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 # our own command
            self.command,
            env=dict(self.environment),
            start_new_session=True,
            pass_fds=self.descriptors,
            preexec_fn=die_with_parent(signal.SIGTERM),  # main thread only
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # what they have to say goes to stderr, as JSON lines
        )

    def is_down(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def ask_to_stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def end(self, seconds: float) -> None:
        """Wait for the end; after `seconds` kill the whole group."""
        if self.process is None:
            return
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            kill_group(self.process.pid)
            self.process.wait()
        kill_group(self.process.pid)

    def wait_before_restart(self) -> float:
        """Seconds: 0 after a good run, then doubling to 10: a broken start must not spin."""
        ran = time.monotonic() - self.started
        self.failures = 0 if ran > 30 else self.failures + 1
        return 0.0 if self.failures < 2 else min(10.0, 0.5 * 2.0**self.failures)


@dataclass(slots=True)
class StopSignal:
    """SIGTERM and SIGINT as a count; a second one means at once."""

    count: int = 0
    _before: dict[int, object] = field(default_factory=dict)

    def __enter__(self) -> "StopSignal":
        for number in (signal.SIGTERM, signal.SIGINT):
            self._before[number] = signal.signal(number, self._take)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type] # what signal.signal returned

    def _take(self, number: int, frame: FrameType | None) -> None:
        self.count += 1

    def __bool__(self) -> bool:
        return self.count > 0

    def pause(self, seconds: float) -> None:
        """Sleep, but no longer than until the next signal."""
        end, seen = time.monotonic() + seconds, self.count
        while self.count == seen and time.monotonic() < end:
            time.sleep(min(0.05, seconds))


def stop_all(services: Sequence[Service]) -> None:
    """Ask all, the last started first, and wait; whoever does not end is killed with its group."""
    for service in reversed(services):
        service.ask_to_stop()
    end = time.monotonic() + GRACE_S
    for service in reversed(services):
        service.end(max(0.1, end - time.monotonic()))


def kill_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return
